package store

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// answerPrefix is what mail programs put before the subject of an answer or a forwarded message, in their languages, with
// a count at times: "Re[2]:".
var answerPrefix = regexp.MustCompile(`^(?:re|aw|antw|sv|vs|odp|rif|ref|res|fw|fwd|wg|tr|vl|rv|enc|i|` +
	`回覆|回复|答覆|答复|回信|轉寄|轉發|转发|转寄|返信|転送|회신|전달)\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\*\d{1,3})?\s*[:：]\s*`)

// baseSubject is a subject without its answer prefixes, lower-cased and with single spaces, and whether it had any.
func baseSubject(subject string) (base string, answer bool) {
	base = strings.ToLower(strings.Join(strings.Fields(norm.NFC.String(subject)), " "))
	for {
		prefix := answerPrefix.FindString(base)
		if prefix == "" {
			return base, answer
		}
		base, answer = strings.TrimSpace(base[len(prefix):]), true
	}
}
