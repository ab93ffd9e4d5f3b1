package sandbox_test

import (
	"strings"
	"testing"

	"github.com/stewardhq/steward/app/sandbox"
)

// BenchmarkStart is the time from nothing to a script's first idle, with the engine compiled before.
func BenchmarkStart(b *testing.B) {
	s, err := box()
	if err != nil {
		b.Fatal(err)
	}
	p := world{functions: apiEcho}.program(b, "await api.echo(1)")
	for b.Loop() {
		c, err := s.Start(b.Context(), p)
		if err != nil {
			b.Fatal(err)
		}
		for {
			e, err := c.Next(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			if e.Kind == sandbox.Idle {
				break
			}
		}
		c.Close()
	}
}

// BenchmarkRoundTrip is one call of a script, from its issue to the next.
func BenchmarkRoundTrip(b *testing.B) {
	s, err := box()
	if err != nil {
		b.Fatal(err)
	}
	w := world{functions: apiEcho, limits: sandbox.Limits{Calls: 1 << 30, Output: 256 << 20, CPU: 1 << 40, Wall: 1 << 40}}
	c, err := s.Start(b.Context(), w.program(b, "for (;;) await api.echo({ query: 'newer_than:1d', limit: 50 })"))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	result := []byte(`{"$o":"m1","k":"mail","f":{"id":"m1","subject":{"$h":"s1"},"received":{"$d":1795338300000},"unread":true}}`)
	seq := 0
	next := func() {
		for {
			e, err := c.Next(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			if e.Kind == sandbox.Idle {
				return
			}
			seq = e.Seq
		}
	}
	next()
	for b.Loop() {
		if err := c.Deliver(sandbox.Delivery{Seq: seq, Value: result, Now: epoch}); err != nil {
			b.Fatal(err)
		}
		next()
	}
}

// BenchmarkList is a search that gives a thousand mails, handed to the script and read there.
func BenchmarkList(b *testing.B) {
	one := `{"$o":"m1","k":"mail","f":{"id":"m1","subject":{"$h":"s1"},"received":{"$d":1795338300000},"unread":true}}`
	w := world{globals: map[string]string{"list": "[" + strings.Repeat(one+",", 999) + one + "]"}}
	for b.Loop() {
		if o := w.run(b, "return list.filter((m: any) => m.unread).length"); o.value != "1000" {
			b.Fatal(o.value, o.err)
		}
	}
}
