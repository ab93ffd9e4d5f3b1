// Package dmarc reads what the receiving server found out about the sender.
package dmarc

import (
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email/wire"
)

// Verdict is what the receiving server found about the sender's domain (DMARC, RFC 8601). Only the topmost results
// count, with further ones of the very same server: a sender may write such fields too, but they stand further down, and
// a server that writes results strips those in its own name. Results must be about the domain that From shows and come
// from a server that the message passed through.
func Verdict(h *wire.Header, from string) (passed, failed bool) {
	_, domain, ok := strings.Cut(from, "@")
	if !ok || len(h.Addresses("From")) != 1 {
		return false, false
	}
	results := h.All("Authentication-Results")
	if len(results) == 0 {
		return false, false
	}
	server, _ := authServer(results[0])
	if !passedThrough(h, server) {
		return false, false
	}
	for i, result := range results {
		s, rest := authServer(result)
		if i > 0 && s != server {
			break
		}
		outcome, about := outcomeOf(rest)
		if outcome == "" {
			continue
		}
		if about != "" && about != domain {
			return false, outcome == "fail"
		}
		return outcome == "pass", outcome == "fail"
	}
	return false, false
}

// authServer splits a field into the server that speaks and its results. Microsoft's leaves its name out.
func authServer(field string) (server, results string) {
	field = agents.FoldASCII(dropComments(field)) // it names domains
	server, results, _ = strings.Cut(field, ";")
	if strings.Contains(server, "=") {
		return "", field
	}
	server, _, _ = strings.Cut(strings.TrimSpace(server), " ") // a version may follow
	return server, results
}

func outcomeOf(results string) (outcome, about string) {
	for result := range strings.SplitSeq(results, ";") {
		rest, ok := strings.CutPrefix(strings.TrimSpace(result), "dmarc=")
		if !ok {
			continue
		}
		words := strings.Fields(rest)
		if len(words) == 0 {
			return "", ""
		}
		for _, word := range words[1:] {
			if d, ok := strings.CutPrefix(word, "header.from="); ok {
				about = strings.Trim(d, `"`)
				if _, after, ok := strings.Cut(about, "@"); ok {
					about = after
				}
			}
		}
		return words[0], about
	}
	return "", ""
}

// passedThrough reports whether a hop of the message was at the server, or at one of the same organisation.
func passedThrough(h *wire.Header, server string) bool {
	for _, hop := range h.All("Received") {
		_, after, ok := strings.Cut(" "+strings.ToLower(hop), " by ")
		if !ok {
			continue
		}
		host, _, _ := strings.Cut(strings.TrimSpace(after), " ")
		host = strings.Trim(host, "[]();")
		if server == "" {
			return strings.HasSuffix(host, ".outlook.com")
		}
		if sameOrganisation(host, server) {
			return true
		}
	}
	return false
}

func sameOrganisation(a, b string) bool {
	if a == b {
		return true
	}
	ending := func(s string) string {
		labels := strings.Split(s, ".")
		n := 2
		if len(labels) >= 3 && len(labels[len(labels)-1]) == 2 && len(labels[len(labels)-2]) <= 3 {
			n = 3 // .com.tw
		}
		if len(labels) < n {
			return s
		}
		return strings.Join(labels[len(labels)-n:], ".")
	}
	return strings.Contains(a, ".") && ending(a) == ending(b)
}

func dropComments(s string) string {
	if !strings.Contains(s, "(") {
		return s
	}
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}
