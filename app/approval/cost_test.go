package approval_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/approval"
)

// BenchmarkFields is a mail to a stranger, with a long body full of links, for somebody who knows 2,000 domains.
func BenchmarkFields(b *testing.B) {
	o := approval.Options{KnownNames: map[string]string{}}
	for i := range 2000 {
		o.KnownDomains = append(o.KnownDomains, fmt.Sprintf("company-%d.com", i*7919))
		o.KnownNames[fmt.Sprintf("person %d", i)] = fmt.Sprintf("p%d@company-%d.com", i, i*7919)
	}
	var body strings.Builder
	for i := range 300 {
		fmt.Fprintf(&body, "Item %d: see https://shop-%d.example.net/path/%d\n", i, i, i)
	}
	in := sendIn{draft{To: []agents.Person{{ID: "x", Name: agents.Plain("X"), Address: "x@some-where.org"}}, Body: from("mail:1", body.String())}}
	for b.Loop() {
		approval.Fields(in, o)
	}
}

func BenchmarkPieces(b *testing.B) {
	text := from("mail:1", strings.Repeat("Ein längerer Text, 中文 auch, mit Zeilen.\n", 20000))
	b.SetBytes(int64(len(text.Raw())))
	for b.Loop() {
		approval.Pieces(text)
	}
}
