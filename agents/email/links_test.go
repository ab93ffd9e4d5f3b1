package email_test

import (
	"testing"

	"github.com/stewardhq/steward/agents/email"
)

func TestLinks(t *testing.T) {
	raw := message(plainHeader + "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nSee https://A.example/x?y=1. And (http://b.example/), 請看https://c.example/路，謝謝 javascript:alert(1) https://\n--b\nContent-Type: text/html\n\n<p>See <a href='https://a.example/x?y=1'>the plan</a> and <a href='http://b.example/'>b</a> and 請看 謝謝 <a href='mailto:x@y.example'>m</a> <a href='https://user:pw@d.example:8080/'>d</a>\n--b--")
	got := email.Links(raw)
	want := []email.Link{
		{"the plan", "a.example", "https://a.example/x?y=1"}, {"b", "b.example", "http://b.example/"}, {"d", "d.example", "https://user:pw@d.example:8080/"},
	}
	if len(got) != len(want) {
		t.Fatalf("links = %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("link %d = %+v, want %+v", i, got[i], want[i])
		}
	}
	plain := email.Links(message(plainHeader + "\nSee https://A.example/x?y=1. And (http://b.example/), 請看https://c.example/a，謝謝 javascript:alert(1) https://\n"))
	if len(plain) != 3 || plain[0].Host != "a.example" || plain[1].URL != "http://b.example/" || plain[2].URL != "https://c.example/a" {
		t.Errorf("links of plain text = %+v", plain)
	}
}
