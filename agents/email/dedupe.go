package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/stewardhq/steward/agents/email/wire"
)

// dedupeKey is the same for the same message from another export, and for no other. Exports differ in line endings, in
// the quoting of lines that begin with "From ", in blank lines at the end, and in the fields that they add; so the key is
// made of what they leave alone: the sender's own fields and the body. A Message-ID alone would let whoever writes first
// under an id that they foresee make a later message vanish.
func dedupeKey(h *wire.Header, m *Message, root *wire.Part, raw []byte) string {
	sum := sha256.New()
	for _, field := range [...]string{m.MessageID, m.From.Address, oneLine(h.Get("Date")), m.Subject, oneLine(h.Get("Content-Type")), root.Encoding} {
		fmt.Fprintf(sum, "%d:%s,", len(field), field)
	}
	_, at, _ := wire.ReadHeader(raw)
	body := bytes.TrimRight(raw[min(at, len(raw)):], "\r\n")
	for len(body) > 0 {
		line, rest, _ := bytes.Cut(body, []byte{'\n'})
		body = rest
		line = bytes.TrimSuffix(line, []byte{'\r'})
		if bare := bytes.TrimLeft(line, ">"); bytes.HasPrefix(bare, []byte("From ")) {
			line = bare
		}
		sum.Write(line)
		sum.Write([]byte{'\n'})
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
