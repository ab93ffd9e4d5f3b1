package sample

import (
	"fmt"
	"hash/fnv"
	"mime"
	"strings"
	"time"
)

const (
	rfcDate = "Mon, 02 Jan 2006 15:04:05 -0700"
	server  = "mx.mail.example"
)

// composer makes messages out of letters for one moment of import.
type composer struct {
	now     time.Time
	letters map[string]*letter
}

func hash(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	return h.Sum32()
}

// compose is the whole message.
func (c *composer) compose(l *letter) []byte {
	root := c.body(l)
	var b strings.Builder
	if !l.mine() {
		c.writeTrace(&b, l)
	}
	c.writeHead(&b, l)
	raw := b.String() + "MIME-Version: 1.0\r\n" + root.render()
	if l.field["damage"] == "cut" {
		raw = raw[:len(raw)-len(raw)/3]
	}
	return []byte(raw)
}

// writeTrace is what the servers on the way write, the last one first.
func (c *composer) writeTrace(b *strings.Builder, l *letter) {
	from := domain(l.from.address)
	sender := "mail." + from
	envelope := l.from.address
	verdict := l.from.dmarc
	if v := l.field["dmarc"]; v != "" {
		verdict = v
	}
	if verdict == "fail" {
		sender, envelope = "host-"+fmt.Sprint(hash(l.key)%900+100)+".dialup.test", "bounce@dialup.test"
	}
	id := strings.ToUpper(fmt.Sprintf("4%07x", hash(l.key+c.now.Format(time.DateOnly))))
	ip := fmt.Sprintf("198.51.100.%d", hash(sender)%250+2)
	at := c.arrived(l).Format(rfcDate)
	fmt.Fprintf(b, "Return-Path: <%s>\r\nDelivered-To: %s\r\n", envelope, Me)
	fmt.Fprintf(b, "Received: from %s (%s [%s])\r\n\tby %s (Postfix) with ESMTPS id %s\r\n\tfor <%s>; %s\r\n", sender, sender, ip, server, id, Me, at)
	fmt.Fprintf(b, "Authentication-Results: %s;\r\n\t%s\r\n", server, authentication(verdict, from, domain(envelope)))
	if verdict == "pass" {
		fmt.Fprintf(b, "Received: from [10.0.%d.%d] by %s with ESMTPSA id %x;\r\n\t%s\r\n",
			hash(from)%9, hash(l.key)%250+2, sender, hash(sender+l.key), c.sent(l).Format(rfcDate))
	}
}

func authentication(verdict, from, envelope string) string {
	switch verdict {
	case "pass":
		return fmt.Sprintf("dkim=pass (2048-bit key) header.d=%s header.s=s1;\r\n\tspf=pass smtp.mailfrom=%s;\r\n\tdmarc=pass (p=quarantine dis=none) header.from=%s", from, envelope, from)
	case "fail":
		return fmt.Sprintf("dkim=none;\r\n\tspf=fail smtp.mailfrom=%s;\r\n\tdmarc=fail (p=none dis=none) header.from=%s", envelope, from)
	}
	return fmt.Sprintf("dkim=none;\r\n\tspf=none smtp.mailfrom=%s;\r\n\tdmarc=none header.from=%s", envelope, from)
}

// writeHead is what the sender's program writes.
func (c *composer) writeHead(b *strings.Builder, l *letter) {
	header := func(name, value string) { b.WriteString(fold(name+": "+value) + "\r\n") }
	header("Date", c.sent(l).Format(rfcDate))
	header("From", l.write(l.from))
	header("To", l.writeAll(l.to))
	if len(l.cc) > 0 {
		header("Cc", l.writeAll(l.cc))
	}
	header("Subject", l.encode(c.subject(l)))
	header("Message-ID", c.messageID(l))
	if parent := c.parent(l); parent != nil {
		header("In-Reply-To", c.messageID(parent))
		var chain string
		for p := parent; p != nil; p = c.parent(p) {
			chain = c.messageID(p) + " " + chain
		}
		header("References", strings.TrimSpace(chain))
	}
	if list := l.field["list"]; list != "" {
		f := fields(list)
		header("List-Id", "<"+f[0]+">")
		header("List-Unsubscribe", "<"+f[1]+">")
		header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
		header("Precedence", "bulk")
	}
	if auto := l.field["auto"]; auto != "" {
		header("Auto-Submitted", auto)
	}
	for _, h := range l.headers {
		b.WriteString(fold(expand(h, l.field["lang"], c.day(l))) + "\r\n")
	}
}

func (c *composer) parent(l *letter) *letter { return c.letters[l.field["re"]] }

// messageID changes with the day of import and nothing else.
func (c *composer) messageID(l *letter) string {
	return fmt.Sprintf("<%s.%s@%s>", l.key, c.now.Format("20060102"), domain(l.from.address))
}

// subject is the letter's own, or that of the first of its thread, whose dates count from its day.
func (c *composer) subject(l *letter) string {
	if s := l.field["subject"]; s != "" {
		return expand(s, l.field["lang"], c.day(l))
	}
	root := l
	for c.parent(root) != nil {
		root = c.parent(root)
	}
	return "Re: " + expand(root.field["subject"], root.field["lang"], c.day(root))
}

func domain(address string) string {
	_, d, _ := strings.Cut(address, "@")
	return d
}

func (l *letter) write(p person) string {
	if p.name == "" {
		return p.address
	}
	name := l.encode(p.name)
	if name == p.name && strings.ContainsAny(name, `.,()<>@:;"\`) {
		name = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return name + " <" + p.address + ">"
}

func (l *letter) writeAll(people []person) string {
	all := make([]string, len(people))
	for i, p := range people {
		all[i] = l.write(p)
	}
	return strings.Join(all, ", ")
}

// encode is a header's text in the letter's charset: as encoded words, or as bare bytes as some old programs send it.
func (l *letter) encode(text string) string {
	if isASCII(text) {
		return text
	}
	charset := l.charset()
	if charset == "none" {
		return string(encodeCharset(text, "big5"))
	}
	encoded := string(encodeCharset(text, charset))
	if l.field["encode"] == "qp" || charset == "utf-8" && l.field["lang"] != "zh" {
		return mime.QEncoding.Encode(charset, encoded)
	}
	return mime.BEncoding.Encode(charset, encoded)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] < ' ' && s[i] != '\n' {
			return false
		}
	}
	return true
}

// fold breaks a header into lines at its spaces.
func fold(line string) string {
	if strings.Contains(line, "\r\n") || len(line) <= 78 {
		return line
	}
	var b strings.Builder
	width := 0
	for i, word := range strings.Split(line, " ") {
		if i > 1 && width+1+len(word) > 76 {
			b.WriteString("\r\n ")
			width = 1
		} else if i > 0 {
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += len(word)
	}
	return b.String()
}
