// Package letter writes mail: what it is given as values becomes the bytes of a message (RFC 5322). The same values give
// the same bytes, at every attempt and on every machine, and no value can become a header, an address or a line that was
// not meant: what cannot be written as it is is refused.
package letter

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-message"

	"github.com/stewardhq/steward/agents"
)

// Letter is a mail before it is written.
type Letter struct {
	From       Address
	To, Cc     []Address
	Subject    string // one line
	Body       string // lines end in \n
	Answers    string // the Message-ID of the mail that it answers, without brackets; "" for none
	References []string
}

// Limits of one letter.
const (
	MaxBody       = 2 << 20 // bytes
	MaxSubject    = 4_000   // bytes
	MaxRecipients = 100
	maxReferences = 12 // the thread's first and the nearest; more would only repeat the conversation
)

// Write gives the bytes of a letter. Its Message-ID comes from the key, so that a second attempt sends the same mail and
// a server that has it already can tell.
func Write(l Letter, key string, at time.Time) ([]byte, error) {
	header, err := l.header(key, at)
	if err != nil {
		return nil, err
	}
	if len(l.Body) > MaxBody {
		return nil, &agents.Error{Code: agents.CodeLimit, Message: fmt.Sprintf("the text of a mail has at most %d MB", MaxBody>>20), Hint: "send less of it"}
	}
	if !utf8.ValidString(l.Body) {
		return nil, invalid("the text is not valid Unicode")
	}
	var b bytes.Buffer
	w, err := message.CreateWriter(&b, header)
	if err == nil {
		_, err = w.Write([]byte(strings.ReplaceAll(Lines(l.Body), "\n", "\r\n")))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("write a mail: %w", err)
	}
	if !bytes.HasSuffix(b.Bytes(), []byte("\r\n")) {
		b.WriteString("\r\n")
	}
	return b.Bytes(), nil
}

// header makes the fields. The library writes the one that was set last first.
func (l Letter) header(key string, at time.Time) (message.Header, error) {
	var h message.Header
	h.Set("Content-Transfer-Encoding", encoding(l.Body))
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Mime-Version", "1.0")
	if err := l.thread(&h); err != nil {
		return h, err
	}
	subject, err := unstructured(l.Subject)
	if err != nil {
		return h, err
	}
	if subject != "" {
		h.Set("Subject", subject)
	}
	if len(l.To)+len(l.Cc) == 0 || len(l.To)+len(l.Cc) > MaxRecipients {
		return h, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("a mail goes to 1 to %d people", MaxRecipients), Hint: "send several mails"}
	}
	from, err := Canonical(l.From.Address)
	if err != nil {
		return h, err
	}
	for _, field := range []struct {
		name string
		list []Address
	}{{"Cc", l.Cc}, {"To", l.To}, {"From", []Address{l.From}}} {
		if len(field.list) == 0 {
			continue
		}
		value, err := addressList(field.list)
		if err != nil {
			return h, err
		}
		h.Set(field.name, value)
	}
	if at.Year() < 1971 || at.Year() > 2199 {
		return h, invalid("its date makes no sense")
	}
	h.Set("Date", at.UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	h.Set("Message-Id", "<"+MessageID(key, from)+">")
	return h, nil
}

func (l Letter) thread(h *message.Header) error {
	if l.Answers == "" {
		return nil
	}
	ids := append(append([]string{}, l.References...), l.Answers)
	for _, id := range ids {
		if !ValidID(id) {
			return invalid("it answers something that is no Message-ID")
		}
	}
	if n := len(ids); n >= 2 && ids[n-2] == l.Answers {
		ids = ids[:n-1]
	}
	if len(ids) > maxReferences {
		ids = append(ids[:1:1], ids[len(ids)-maxReferences+1:]...)
	}
	h.Set("References", "<"+strings.Join(ids, "> <")+">")
	h.Set("In-Reply-To", "<"+l.Answers+">")
	return nil
}

// MessageID is the id, without brackets, of the letter that is written with a key from an address.
func MessageID(key, from string) string {
	sum := sha256.Sum256([]byte("message-id\x00" + key))
	return hex.EncodeToString(sum[:16]) + "@" + from[strings.LastIndexByte(from, '@')+1:]
}

// ValidID reports whether a Message-ID, without brackets, can be written as one.
func ValidID(id string) bool {
	at := strings.IndexByte(id, '@')
	if at <= 0 || at == len(id)-1 || len(id) > 250 || strings.Count(id, "@") != 1 {
		return false
	}
	for _, c := range []byte(id) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`<>()[]\,;:"`, c) >= 0 {
			return false
		}
	}
	return true
}

// Lines is a text with \n at the end of each line, however its lines ended before.
func Lines(text string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
}

// encoding chooses how a text travels: readable where most of it is ASCII. Neither needs anything of the servers.
func encoding(text string) string {
	other := 0
	for i := range len(text) {
		if text[i] >= 0x80 {
			other++
		}
	}
	if other*4 > len(text) {
		return "base64"
	}
	return "quoted-printable"
}

func invalid(what string) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: "this mail cannot be written: " + what, Hint: "change it and send it again"}
}
