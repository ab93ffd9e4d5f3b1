package sample

import (
	"encoding/base64"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// part is a MIME part: with children a multipart, without one a leaf whose data is not yet encoded.
type part struct {
	kind     string // media type with parameters
	headers  []string
	encoding string
	data     []byte
	children []part
	boundary string
}

// render is the part with its headers.
func (p part) render() string {
	var b strings.Builder
	kind := p.kind
	if p.children != nil {
		kind += fmt.Sprintf("; boundary=%q", p.boundary)
	}
	if kind != "" {
		fmt.Fprintf(&b, "Content-Type: %s\r\n", kind)
	}
	if p.children == nil && p.encoding != "" {
		encoding := p.encoding
		if encoding == "qp" {
			encoding = "quoted-printable"
		}
		fmt.Fprintf(&b, "Content-Transfer-Encoding: %s\r\n", encoding)
	}
	for _, h := range p.headers {
		b.WriteString(h + "\r\n")
	}
	b.WriteString("\r\n")
	if p.children == nil {
		b.WriteString(transfer(p.data, p.encoding))
		return b.String()
	}
	for _, child := range p.children {
		b.WriteString("--" + p.boundary + "\r\n" + child.render() + "\r\n")
	}
	b.WriteString("--" + p.boundary + "--\r\n")
	return b.String()
}

func transfer(data []byte, encoding string) string {
	switch encoding {
	case "base64":
		text := base64.StdEncoding.EncodeToString(data)
		var b strings.Builder
		for len(text) > 76 {
			b.WriteString(text[:76] + "\r\n")
			text = text[76:]
		}
		return b.String() + text + "\r\n"
	case "qp":
		var b strings.Builder
		w := quotedprintable.NewWriter(&b)
		// A strings.Builder takes every write.
		_, _ = w.Write(data)
		_ = w.Close()
		return b.String() + "\r\n"
	}
	return strings.ReplaceAll(string(data), "\n", "\r\n") + "\r\n"
}

func (l *letter) charset() string {
	if c := l.field["charset"]; c != "" {
		return c
	}
	return "utf-8"
}

// encodeCharset writes a text in a charset. What calls itself gb2312 holds GB18030, as much real mail does.
func encodeCharset(text, charset string) []byte {
	var encoded string
	var err error
	switch charset {
	case "big5", "none":
		encoded, err = traditionalchinese.Big5.NewEncoder().String(text)
	case "gb2312":
		encoded, err = simplifiedchinese.GB18030.NewEncoder().String(text)
	default:
		encoded = text
	}
	if err != nil {
		panic("the embedded sample has a text that its charset " + charset + " cannot write: " + err.Error())
	}
	return []byte(encoded)
}

// textPart is a text in the letter's charset and encoding.
func (l *letter) textPart(kind, text string) part {
	p := part{kind: kind, encoding: l.field["encode"], data: encodeCharset(text, l.charset())}
	if c := l.charset(); c != "none" {
		p.kind += "; charset=" + c
	}
	ascii := isASCII(text)
	switch {
	case p.encoding == "flowed":
		p.kind, p.encoding = p.kind+"; format=flowed", "8bit"
		p.data = encodeCharset(wrap(text, 72, " \n"), l.charset())
	case p.encoding != "":
	case l.charset() == "none":
		p.encoding = "8bit"
	case ascii:
		p.encoding = "7bit"
		p.data = []byte(wrap(text, 76, "\n"))
	case l.field["lang"] == "zh":
		p.encoding = "base64"
	default:
		p.encoding = "qp"
	}
	return p
}

// wrap breaks the lines of a text at spaces; the end is put where a line was broken. Quoted lines are left alone.
func wrap(text string, limit int, end string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		var b strings.Builder
		width := 0
		for i, word := range strings.Split(line, " ") {
			if i > 0 && width+1+len(word) > limit && !strings.HasPrefix(line, ">") {
				b.WriteString(end)
				width = 0
			} else if i > 0 {
				b.WriteByte(' ')
				width++
			}
			b.WriteString(word)
			width += len(word)
		}
		lines = append(lines, b.String())
	}
	return strings.Join(lines, "\n")
}

// attachment is a file as a part, its name written the way of RFC 2231 where it is not plain ASCII.
func attachment(f file) part {
	kind, data := makeFile(f)
	name := fmt.Sprintf("filename=%q", f.name)
	if !isASCII(f.name) {
		name = parameter("filename", f.name)
		kind += fmt.Sprintf(";\r\n\tname=%q", mime.BEncoding.Encode("utf-8", f.name))
	} else {
		kind += fmt.Sprintf("; name=%q", f.name)
	}
	return part{kind: kind, encoding: "base64", data: data, headers: []string{"Content-Disposition: attachment;\r\n\t" + name}}
}

// parameter is a value as RFC 2231 has it, in pieces if it is long.
func parameter(name, value string) string {
	var encoded []string
	for _, r := range value {
		s := string(r)
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_') {
			s = percent(s)
		}
		encoded = append(encoded, s)
	}
	whole := strings.Join(encoded, "")
	if len(whole) <= 60 {
		return name + "*=UTF-8''" + whole
	}
	var pieces []string
	piece := "UTF-8''"
	for _, e := range encoded {
		if len(piece)+len(e) > 60 {
			pieces = append(pieces, piece)
			piece = ""
		}
		piece += e
	}
	pieces = append(pieces, piece)
	for i := range pieces {
		pieces[i] = fmt.Sprintf("%s*%d*=%s", name, i, pieces[i])
	}
	return strings.Join(pieces, ";\r\n\t")
}

func percent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}
