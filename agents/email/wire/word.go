package wire

import (
	"strings"
	"unicode/utf8"
)

// DecodeWords decodes a field's encoded words (RFC 2047) and its raw 8-bit text, which is taken to be in the charset if
// it is not UTF-8. The bytes of neighbouring words are joined before decoding, since many programs cut characters in two.
func DecodeWords(s, charset string) string {
	if !strings.Contains(s, "=?") {
		return rawText(s, charset)
	}
	var out strings.Builder
	var pending []byte // decoded bytes of the words so far, in the charset of
	var of string
	flush := func() {
		if len(pending) > 0 {
			text, _ := Decode(pending, of)
			out.WriteString(text)
			pending = pending[:0]
		}
	}
	for s != "" {
		start := strings.Index(s, "=?")
		if start < 0 {
			break
		}
		word, ok := cutWord(s[start:])
		if !ok {
			flush()
			out.WriteString(rawText(s[:start+2], charset))
			s = s[start+2:]
			continue
		}
		between := s[:start]
		if strings.TrimLeft(between, " \t\r\n") != "" || len(pending) == 0 {
			flush()
			out.WriteString(rawText(between, charset))
		}
		if len(pending) > 0 && !strings.EqualFold(of, word.charset) {
			flush()
		}
		of = word.charset
		pending = append(pending, word.content...)
		s = s[start+word.length:]
	}
	flush()
	out.WriteString(rawText(s, charset))
	return out.String()
}

const maxWord = 8 << 10 // bytes; the standard says 75, programs exceed it

type encodedWord struct {
	charset string
	content []byte // transfer encoding undone, still in the charset
	length  int    // of the whole word, in the field
}

// cutWord reads the encoded word that s begins with. Blanks inside it are tolerated.
func cutWord(s string) (encodedWord, bool) {
	rest := s[2:]
	charset, rest, ok := strings.Cut(rest, "?")
	if !ok || charset == "" || len(charset) > 60 || strings.ContainsAny(charset, " \t=") {
		return encodedWord{}, false
	}
	if len(rest) < 2 || rest[1] != '?' {
		return encodedWord{}, false
	}
	encoding, rest := rest[0], rest[2:]
	text, _, ok := strings.Cut(rest[:min(len(rest), maxWord)], "?=")
	if !ok {
		return encodedWord{}, false
	}
	word := encodedWord{length: len(s) - len(rest) + len(text) + 2}
	word.charset, _, _ = strings.Cut(charset, "*") // RFC 2231 allows a language after it
	switch encoding {
	case 'b', 'B':
		word.content, _ = decodeBase64([]byte(text), len(text))
	case 'q', 'Q':
		word.content, _ = decodeQuoted([]byte(strings.ReplaceAll(text, "_", " ")), len(text))
	default:
		return encodedWord{}, false
	}
	return word, true
}

func rawText(s, charset string) string {
	if utf8.ValidString(s) && !strings.Contains(s, "\x1b") {
		return s
	}
	text, _ := Decode([]byte(s), charset)
	return text
}
