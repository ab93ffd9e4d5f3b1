package content

import (
	"strings"
	"unicode"

	"github.com/stewardhq/steward/agents/email/wire"
)

// attach notes a part that is not text of the message.
func (b *Body) attach(p *wire.Part, related bool) {
	calendar := p.Type == "text/calendar" || p.Type == "application/ics"
	if calendar && b.calendar == "" {
		b.calendar = b.content(p, maxCalendar, false)
	}
	if p.Type == "application/pkcs7-mime" || p.Type == "application/x-pkcs7-mime" {
		b.problem("it is encrypted or sealed in S/MIME, which Steward cannot open", true)
	}
	name := fileName(p.Name)
	if calendar && name == "" || p.Type == "application/pgp-signature" || p.Type == "application/pkcs7-signature" || p.Type == "text/x-amp-html" {
		return
	}
	if len(b.Attachments) >= maxAttachments {
		b.problem("it has too many attachments; only the first are listed", true)
		return
	}
	if name == "" && p.Type == "message/rfc822" {
		inner, _, _ := wire.ReadHeader(p.Body)
		name = fileName(inner.Text("Subject"))
	}
	b.Attachments = append(b.Attachments, Attachment{
		Name: name, Type: p.Type, Size: wire.DecodedSize(p.Body, p.Encoding),
		Inline: p.Disposition == "inline" || related && p.Disposition != "attachment",
	})
}

// fileName is the last element of a name, on one line and of a length that file systems take.
func fileName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, name)
	return Clip(strings.Join(strings.Fields(name), " "), 240)
}
