package wire

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/cention-sany/utf7"
	"github.com/gogs/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// aliases are names that mail uses and the standards' tables do not know, and all names of the older Chinese sets of
// the mainland: what calls itself gb2312 is often GB18030, which holds them all.
var aliases = map[string]encoding.Encoding{
	"x-big5": traditionalchinese.Big5, "cp950": traditionalchinese.Big5, "ms950": traditionalchinese.Big5,
	"windows-950": traditionalchinese.Big5, "x-windows-950": traditionalchinese.Big5, "950": traditionalchinese.Big5,
	"big-5": traditionalchinese.Big5, "big5-eten": traditionalchinese.Big5, "big5-hkscs": traditionalchinese.Big5, "136": traditionalchinese.Big5,
	"gb2312": simplifiedchinese.GB18030, "gb_2312": simplifiedchinese.GB18030, "gb_2312-80": simplifiedchinese.GB18030,
	"x-gbk": simplifiedchinese.GB18030, "gbk": simplifiedchinese.GB18030, "cp936": simplifiedchinese.GB18030, "936": simplifiedchinese.GB18030,
	"euc-cn": simplifiedchinese.GB18030, "gb-2312": simplifiedchinese.GB18030, "chinese": simplifiedchinese.GB18030, "gb18030": simplifiedchinese.GB18030,
	"utf-7": utf7.UTF7, "utf7": utf7.UTF7, "unicode-1-1-utf-7": utf7.UTF7,
	"cp932": japanese.ShiftJIS, "iso-2022-jp-ms": japanese.ISO2022JP, "iso-2022-jp-1": japanese.ISO2022JP, "_iso-2022-jp$esc": japanese.ISO2022JP,
	"cp949": korean.EUCKR, "ms949": korean.EUCKR, "ks_c_5601": korean.EUCKR,
	"cp1250": charmap.Windows1250, "cp1251": charmap.Windows1251, "cp1252": charmap.Windows1252, "cp850": charmap.CodePage850,
	"8859-1": charmap.Windows1252, "iso8859_1": charmap.Windows1252, "latin-1": charmap.Windows1252,
}

// unsaid are names that say nothing.
var unsaid = map[string]bool{
	"": true, "us-ascii": true, "ascii": true, "ansi_x3.4-1968": true, "iso646-us": true, "646": true, "unknown": true,
	"unknown-8bit": true, "x-unknown": true, "default": true, "8bit": true, "7bit": true, "binary": true, "none": true, "x-user-defined": true,
}

// Known reports whether a charset's name says something that Decode understands, or nothing at all.
func Known(name string) bool {
	name = cleanName(name)
	return unsaid[name] || isUTF8(name) || lookup(name) != nil
}

// Decode turns bytes of a charset into UTF-8. A charset that is missing, unknown or evidently wrong is guessed; exact is
// false if characters were lost.
func Decode(b []byte, charset string) (text string, exact bool) {
	name := cleanName(charset)
	if unsaid[name] || isUTF8(name) {
		return decodeUnsaid(b)
	}
	e := lookup(name)
	if e == nil {
		return decodeUnsaid(b)
	}
	if e == charmap.Windows1252 && hasHigh(b) && utf8.Valid(b) {
		return clean(b), true // UTF-8 under a western label; the reverse practically never happens by chance
	}
	text, lost := decodeAs(b, e)
	if lost == 0 {
		return text, true
	}
	if utf8.Valid(b) && hasHigh(b) {
		return clean(b), true
	}
	if lost*20 > utf8.RuneCountInString(text) {
		if guessed, n := guess(b); n < lost {
			return guessed, n == 0
		}
	}
	return text, false
}

func decodeUnsaid(b []byte) (string, bool) {
	if utf8.Valid(b) && !bytes.Contains(b, []byte("\x1b$")) {
		return clean(b), true
	}
	// Mostly UTF-8 with a cut or stray character is still UTF-8.
	valid := strings.ToValidUTF8(string(b), "\uFFFD")
	if high, lost := highRunes(valid), strings.Count(valid, "\uFFFD"); high > 4*lost {
		return valid, false
	}
	text, lost := guess(b)
	return text, lost == 0
}

// guess takes the likeliest charset that fits. Detection by statistics needs some text: for little of it the two
// Chinese encodings are told apart by where their common characters lie.
func guess(b []byte) (text string, lost int) {
	if bytes.Contains(b, []byte("\x1b$")) {
		return decodeAs(b, japanese.ISO2022JP)
	}
	sample := b[:min(len(b), 16<<10)]
	big5, gb := chineseScores(sample)
	found, err := chardet.NewTextDetector().DetectBest(sample)
	if err != nil || found.Confidence < 50 || len(sample) < 60 {
		e := traditionalchinese.Big5
		if gb > big5 {
			e = simplifiedchinese.GB18030
		}
		if text, lost = decodeAs(b, e); max(big5, gb) >= 0.85 && lost == 0 {
			return text, 0
		}
	}
	if err == nil {
		if e := lookup(cleanName(found.Charset)); e != nil {
			if text, lost = decodeAs(b, e); lost == 0 {
				return text, 0
			}
		}
	}
	return decodeAs(b, charmap.Windows1252)
}

// chineseScores is how much of the text is common characters of Big5 and of GB2312, from 0 to 1; rare ones count half.
func chineseScores(b []byte) (big5, gb float64) {
	count := func(leadLow, leadHigh byte, lowTrail bool) float64 {
		high, good := 0, 0.0
		for i := 0; i < len(b); i++ {
			if b[i] < 0x80 {
				continue
			}
			high++
			if i+1 == len(b) {
				continue
			}
			trail := b[i+1]
			fits := trail >= 0xa1 || lowTrail && trail >= 0x40 && trail <= 0x7e
			switch {
			case !fits || b[i] < 0xa1:
				continue
			case b[i] <= 0xa3 || b[i] >= leadLow && b[i] <= leadHigh: // punctuation lies in the rows before the characters
				good++
			case b[i] > leadHigh:
				good += 0.5 // a rare character
			}
			i++
		}
		if high < 2 {
			return 0
		}
		return good / float64(high)
	}
	return count(0xa4, 0xc6, true), count(0xb0, 0xd7, false)
}

func decodeAs(b []byte, e encoding.Encoding) (text string, lost int) {
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD"), len(b)
	}
	text = clean(out)
	return text, strings.Count(text, "\uFFFD")
}

func lookup(name string) encoding.Encoding {
	if e, ok := aliases[name]; ok {
		return e
	}
	if e, err := htmlindex.Get(name); err == nil && e != encoding.Replacement {
		return e
	}
	if e, err := ianaindex.MIME.Encoding(name); err == nil && e != nil && e != encoding.Replacement {
		return e
	}
	return nil
}

func cleanName(name string) string {
	name = strings.ToLower(strings.Trim(name, " \t\"';"))
	if _, after, ok := strings.Cut(name, "charset="); ok {
		name = after
	}
	return name
}

func isUTF8(name string) bool {
	switch name {
	case "utf-8", "utf8", "utf_8", "utf8mb4", "unicode-1-1-utf-8", "utf-8-sig", "x-utf-8":
		return true
	}
	return false
}

// clean drops a byte order mark and NULs, which no reader shows.
func clean(b []byte) string {
	s := strings.TrimPrefix(string(b), "\uFEFF")
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return s
}

func hasHigh(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return true
		}
	}
	return false
}

func highRunes(s string) int {
	n := 0
	for _, r := range s {
		if r >= 0x80 && r != utf8.RuneError {
			n++
		}
	}
	return n
}
