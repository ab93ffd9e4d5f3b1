// Package sample is a mailbox to try Steward with: about two hundred made-up messages of three weeks, in English and
// Traditional Chinese, that belong to Sam Lin (林聖), who lives in Taipei and designs exhibitions.
//
// It has what a real mailbox has: threads with Sam's own answers, newsletters, notices, invitations, bills, deliveries,
// attachments, old encodings, a damaged message, and mail that tries to command whoever reads it. All addresses and
// hosts are under the reserved names .example and .test. The words are in content/, in the format that letter.go reads.
package sample

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Me is the address of the mailbox's owner.
const Me = "sam@lin.example"

// Message is one message of the sample.
type Message struct {
	Raw     []byte // RFC 5322, lines ended by CRLF
	Seen    bool
	Flagged bool
	Mine    bool // written by the owner
}

// letters are read once; that the embedded ones can be read is tested.
var letters = sync.OnceValues(readContent)

// Messages is the sample as it stands at a moment: three weeks that end on its day, in its time zone, oldest first, none
// of them in the future. Message-IDs, dates and texts depend on the day alone, so that importing again on the same day
// adds nothing. Only when the messages of the day itself arrived, which their Received header says, follows the hour:
// they are spread over what has passed of the day, and their Date is its first minute.
func Messages(now time.Time) []Message {
	all, err := letters()
	if err != nil {
		panic("the embedded sample mailbox is broken: " + err.Error())
	}
	c := composer{now: now.Truncate(time.Second), letters: map[string]*letter{}}
	for _, l := range all {
		c.letters[l.key] = l
	}
	type dated struct {
		Message
		at time.Time
	}
	made := make([]dated, 0, len(all))
	for _, l := range all {
		at := c.arrived(l)
		made = append(made, dated{at: at, Message: Message{
			Raw:     c.compose(l),
			Seen:    l.mine() || l.when.unit != today && !l.has("unread"),
			Flagged: l.has("flagged"),
			Mine:    l.mine(),
		}})
	}
	slices.SortStableFunc(made, func(a, b dated) int { return a.at.Compare(b.at) })
	messages := make([]Message, len(made))
	for i, m := range made {
		messages[i] = m.Message
	}
	return messages
}

func (l *letter) mine() bool { return l.from.address == Me }

func (l *letter) has(flag string) bool {
	return slices.Contains(strings.Fields(l.field["flags"]), flag)
}
