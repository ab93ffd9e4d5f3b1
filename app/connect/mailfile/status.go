package mailfile

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/agents/email/wire"
)

// status is what the fields that mail programs add to a message in a file say of it.
type status struct {
	known    bool // a program kept track at all
	flags    email.Flags
	deleted  bool // still in the file, no longer in the mailbox
	internal bool // not a message: a server's notes
}

func (s status) join(f email.Flags) email.Flags {
	return email.Flags{
		Seen: f.Seen && !s.known || s.flags.Seen, Flagged: f.Flagged || s.flags.Flagged, Answered: f.Answered || s.flags.Answered,
		Draft: f.Draft || s.flags.Draft, Sent: f.Sent || s.flags.Sent,
	}
}

// readStatus looks for Status and X-Status (mutt, Dovecot), X-Mozilla-Status (Thunderbird) and X-Gmail-Labels (Takeout).
func readStatus(raw []byte) status {
	var s status
	header, _, _ := wire.ReadHeader(raw)
	for _, f := range header.Fields {
		switch f.Name {
		case "Status":
			s.known = true
			s.flags.Seen = s.flags.Seen || strings.Contains(f.Value, "R")
			s.deleted = s.deleted || strings.Contains(f.Value, "D")
		case "X-Status":
			s.known = true
			s.flags.Flagged = s.flags.Flagged || strings.Contains(f.Value, "F")
			s.flags.Answered = s.flags.Answered || strings.Contains(f.Value, "A")
			s.flags.Draft = s.flags.Draft || strings.Contains(f.Value, "T")
			s.deleted = s.deleted || strings.Contains(f.Value, "D")
		case "X-Mozilla-Status":
			s.mozilla(f.Value)
		case "X-Gmail-Labels":
			s.gmail(wire.DecodeWords(f.Value, ""))
		case "Subject":
			s.internal = s.internal || strings.Contains(f.Value, "FOLDER INTERNAL DATA") && (header.Has("X-Imap") || header.Has("X-Imapbase"))
		}
	}
	return s
}

func (s *status) mozilla(value string) {
	const read, replied, marked, expunged = 0x1, 0x2, 0x4, 0x8
	n, err := strconv.ParseUint(strings.TrimSpace(value), 16, 32)
	if err != nil {
		return
	}
	s.known = true
	s.flags.Seen = s.flags.Seen || n&read != 0
	s.flags.Answered = s.flags.Answered || n&replied != 0
	s.flags.Flagged = s.flags.Flagged || n&marked != 0
	s.deleted = s.deleted || n&expunged != 0
}

func (s *status) gmail(labels string) {
	s.known = true
	s.flags.Seen = true
	for label := range strings.SplitSeq(labels, ",") {
		switch strings.ToLower(strings.Trim(label, ` "`)) {
		case "unread", "未讀", "未读":
			s.flags.Seen = false
		case "starred", "已加星號", "已加星标":
			s.flags.Flagged = true
		case "sent", "寄件備份", "已发邮件":
			s.flags.Sent = true
		case "draft", "drafts", "草稿":
			s.flags.Draft = true
		}
	}
}

// decodeName reads a folder's name in the UTF-7 of IMAP, which Maildir++ uses on disk. A name that is not in it stays.
func decodeName(name string) string {
	if !strings.Contains(name, "&") {
		return name
	}
	var out strings.Builder
	for name != "" {
		before, rest, ok := strings.Cut(name, "&")
		out.WriteString(before)
		if !ok {
			break
		}
		coded, after, closed := strings.Cut(rest, "-")
		if !closed {
			out.WriteString("&" + rest)
			break
		}
		name = after
		if coded == "" {
			out.WriteByte('&')
			continue
		}
		b, err := base64.RawStdEncoding.DecodeString(strings.ReplaceAll(coded, ",", "/"))
		if err != nil {
			out.WriteString("&" + coded + "-")
			continue
		}
		units := make([]uint16, 0, len(b)/2)
		for ; len(b) >= 2; b = b[2:] {
			units = append(units, uint16(b[0])<<8|uint16(b[1]))
		}
		out.WriteString(string(utf16.Decode(units)))
	}
	return string(bytes.ToValidUTF8([]byte(out.String()), []byte("?")))
}
