package wire

import "strings"

// Content undoes a transfer encoding, up to a limit of decoded bytes. whole is false if something was beyond the limit;
// damaged is true if the encoding does not check out.
func Content(body []byte, encoding string, limit int) (content []byte, whole, damaged bool) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		content, damaged = decodeBase64(body, limit)
		return content, len(content) < limit || DecodedSize(body, encoding) <= int64(limit), damaged
	case "quoted-printable":
		content, damaged = decodeQuoted(body, limit)
		return content, len(content) < limit || DecodedSize(body, encoding) <= int64(limit), damaged
	default:
		if len(body) > limit {
			return body[:limit], false, false
		}
		return body, true, false
	}
}

// DecodedSize is about the number of bytes that a body has once its encoding is undone; nothing is decoded.
func DecodedSize(body []byte, encoding string) int64 {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		var digits int64
		for _, c := range body {
			if base64Value[c] < 64 {
				digits++
			}
		}
		return digits * 3 / 4
	case "quoted-printable":
		size := int64(len(body))
		for i, c := range body {
			if c != '=' {
				continue
			}
			switch {
			case i+2 < len(body) && body[i+1] == '\r' && body[i+2] == '\n':
				size -= 3
			case i+1 < len(body) && body[i+1] == '\n':
				size -= 2
			default:
				size -= 2
			}
		}
		return max(size, 0)
	default:
		return int64(len(body))
	}
}

const notBase64 = 0xff

var base64Value = func() (table [256]byte) {
	for i := range table {
		table[i] = notBase64
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i, c := range []byte(alphabet) {
		table[c] = byte(i)
	}
	return table
}()

// decodeBase64 passes over whatever is not base64, and over padding in the middle, where texts were encoded apart.
func decodeBase64(body []byte, limit int) (out []byte, damaged bool) {
	out = make([]byte, 0, min(limit, len(body)*3/4+3))
	var group uint32
	n := 0
	tail := func() {
		switch n {
		case 1:
			damaged = true
		case 2:
			out = append(out, byte(group>>4))
		case 3:
			out = append(out, byte(group>>10), byte(group>>2))
		}
		group, n = 0, 0
	}
	for _, c := range body {
		v := base64Value[c]
		switch {
		case v < 64:
			group = group<<6 | uint32(v)
			if n++; n == 4 {
				out = append(out, byte(group>>16), byte(group>>8), byte(group))
				group, n = 0, 0
			}
			if len(out) >= limit {
				return out[:limit], damaged
			}
		case c == '=':
			tail()
		case c != '\r' && c != '\n' && c != ' ' && c != '\t':
			damaged = true
		}
	}
	tail()
	if len(out) > limit {
		out = out[:limit]
	}
	return out, damaged
}

// decodeQuoted leaves as it is what only looks like an escape.
func decodeQuoted(body []byte, limit int) (out []byte, damaged bool) {
	out = make([]byte, 0, min(limit, len(body)))
	for i := 0; i < len(body) && len(out) < limit; i++ {
		c := body[i]
		if c != '=' {
			out = append(out, c)
			continue
		}
		if n := softBreak(body[i+1:]); n > 0 {
			i += n
			continue
		}
		if i+2 < len(body) {
			hi, lo := hexValue(body[i+1]), hexValue(body[i+2])
			if hi < 16 && lo < 16 {
				out = append(out, hi<<4|lo)
				i += 2
				continue
			}
		}
		if i+1 < len(body) {
			damaged = true
			out = append(out, c)
		}
	}
	return out, damaged
}

// softBreak is the length of a soft line break after its equals sign, blanks included; 0 if there is none.
func softBreak(s []byte) int {
	i := 0
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	if i < len(s) && s[i] == '\r' {
		i++
	}
	if i < len(s) && s[i] == '\n' {
		return i + 1
	}
	return 0
}

func hexValue(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	default:
		return 0xff
	}
}
