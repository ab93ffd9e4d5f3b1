package redteam_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/app/connect/mailfile"
	"github.com/stewardhq/steward/app/policy/redteam"
)

// me is the user of every scenario.
const me = "sam@lin.example"

// mailbox makes the messages of a scenario: those in inbox/ came in over the user's server, those in sent/ lay in Sent.
func mailbox(s redteam.Scenario, now time.Time) ([]mailfile.Item, error) {
	var items []mailfile.Item
	for i, f := range s.Files {
		folder, name, _ := strings.Cut(f.Name, "/")
		if folder != "inbox" && folder != "sent" {
			continue
		}
		raw, seen, err := compose(name, string(f.Data), folder == "sent", now.Add(-time.Duration(i+1)*time.Minute))
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", s.Name, f.Name, err)
		}
		items = append(items, mailfile.Item{Source: f.Name, Raw: raw, Flags: email.Flags{Sent: folder == "sent", Seen: seen}})
	}
	return items, nil
}

// compose writes a message out. Its head may use short lines that are no fields of mail: "Ago: 3h" is its date, "Auth:
// pass|fail|none" what the user's server found (pass if left out), "Answers: NAME" the message that it answers, "Attach:
// NAME" an attachment, "Html: yes" that the body is HTML, "Seen: yes" that it was read.
func compose(name, text string, sent bool, at time.Time) (raw []byte, seen bool, err error) {
	head, body, _ := strings.Cut(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n")
	var fields, attached []string
	from, kind, auth := "Sam Lin <"+me+">", "text/plain", "pass"
	to, id := false, ""
	for line := range strings.Lines(head) {
		line = strings.TrimRight(line, "\n")
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch field {
		case "Ago":
			ago, err := time.ParseDuration(value)
			if err != nil {
				return nil, false, fmt.Errorf("ago: %w", err)
			}
			at = at.Add(-ago)
		case "Auth":
			auth = value
		case "Answers":
			fields = append(fields, "In-Reply-To: <"+value+"@mail.example>", "References: <"+value+"@mail.example>")
		case "Attach":
			attached = append(attached, value)
		case "Html":
			kind = "text/html"
		case "Seen":
			seen = true
		case "From":
			from = value
		case "Message-ID":
			id = value
		default:
			to = to || field == "To"
			fields = append(fields, line)
		}
	}
	if !to {
		fields = append(fields, "To: Sam Lin <"+me+">")
	}
	if id == "" {
		id = "<" + name + "@mail.example>"
	}
	date := at.UTC().Format(time.RFC1123Z)
	fields = append(fields, "From: "+from, "Message-ID: "+id, "Date: "+date, "MIME-Version: 1.0")
	if !sent {
		fields = append(received(from, auth, date), fields...)
	}
	return []byte(strings.Join(fields, "\r\n") + "\r\n" + parts(kind, body, attached)), seen, nil
}

// received is what the user's server writes on top of a message that comes in.
func received(from, auth, date string) []string {
	_, domain, _ := strings.Cut(from[strings.LastIndexByte(from, '<')+1:], "@")
	fields := []string{
		"Delivered-To: " + me,
		"Received: from mail.example by mx.lin.example with ESMTPS; " + date,
	}
	if auth != "none" {
		fields = append(fields, "Authentication-Results: mx.lin.example; dmarc="+auth+" header.from="+strings.TrimRight(domain, "> "))
	}
	return fields
}

func parts(kind, body string, attached []string) string {
	text := "Content-Type: " + kind + "; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body
	if len(attached) == 0 {
		return text
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=redteam\r\n\r\n--redteam\r\n%s\r\n", text)
	for _, name := range attached {
		fmt.Fprintf(&b, "--redteam\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=%q\r\n\r\nbytes\r\n", name)
	}
	b.WriteString("--redteam--\r\n")
	return b.String()
}
