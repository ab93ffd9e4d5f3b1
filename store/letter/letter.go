// Package letter reads off a mail what the store files it by: its subject without what answers put before it, and
// whether a server has delivered it.
package letter

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// answerPrefix is what mail programs put before the subject of an answer or a forwarded message, in their languages, with
// a count at times: "Re[2]:".
var answerPrefix = regexp.MustCompile(`^(?:re|aw|antw|sv|vs|odp|rif|ref|res|fw|fwd|wg|tr|vl|rv|enc|i|` +
	`回覆|回复|答覆|答复|回信|轉寄|轉發|转发|转寄|返信|転送|회신|전달)\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\*\d{1,3})?\s*[:：]\s*`)

// BaseSubject is a subject without its answer prefixes, lower-cased and with single spaces, and whether it had any.
func BaseSubject(subject string) (base string, answer bool) {
	base = strings.ToLower(strings.Join(strings.Fields(norm.NFC.String(subject)), " "))
	for {
		prefix := answerPrefix.FindString(base)
		if prefix == "" {
			return base, answer
		}
		base, answer = strings.TrimSpace(base[len(prefix):]), true
	}
}

const headerScan = 256 << 10 // bytes of a message in which its header is looked for

// onDelivery are header fields that receiving servers add.
var onDelivery = []string{"return-path", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "authentication-results", "received-spf"}

// Delivered reports whether a receiving server has handled the message. A stranger may write the user's address into
// From; mail that came in and was not checked is therefore not the user's own, and tells nothing about whom the user
// knows.
func Delivered(raw []byte) bool {
	raw = raw[:min(len(raw), headerScan)]
	for len(raw) > 0 {
		line, rest, _ := bytes.Cut(raw, []byte("\n"))
		if len(bytes.TrimSpace(line)) == 0 {
			return false
		}
		name, _, _ := bytes.Cut(line[:min(len(line), 100)], []byte(":"))
		if slices.Contains(onDelivery, strings.ToLower(string(bytes.TrimRight(name, " \t")))) {
			return true
		}
		raw = rest
	}
	return false
}
