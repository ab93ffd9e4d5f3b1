package content

import "strings"

// Fold takes the quoted replies and the signature off a readable text. Forwarded text stays: it is what the message is
// about. If nothing of the sender's own would remain, the text is left as it is.
func Fold(text string) string {
	lines := strings.Split(text, "\n")
	if cut := history(lines); cut >= 0 {
		lines = lines[:cut]
	}
	lines = dropQuotes(lines)
	lines = dropSignature(lines)
	own := strings.TrimSpace(squeeze(lines))
	if own == "" {
		return text
	}
	return own
}

// history is the line at which a program appended the whole message that is answered, unquoted; -1 if there is none.
func history(lines []string) int {
	for i, line := range lines {
		l := strings.ToLower(strings.TrimSpace(line))
		if strings.HasPrefix(l, "-----") && (strings.Contains(l, "original message") || strings.Contains(l, "原始郵件") || strings.Contains(l, "原郵件") || strings.Contains(l, "原始邮件")) {
			return i
		}
		if fieldLine(l, "from", "寄件者", "寄件人", "发件人") && i > 0 && !forwarded(lines[:i]) {
			fields := 1
			for j := i + 1; j < len(lines) && j < i+6; j++ {
				if fieldLine(strings.ToLower(strings.TrimSpace(lines[j])), "sent", "date", "to", "cc", "subject", "寄件日期", "日期", "傳送時間", "收件者", "收件人", "副本", "主旨", "主題") {
					fields++
				}
			}
			if fields >= 3 {
				if i > 0 && strings.Trim(lines[i-1], "_- \t") == "" && lines[i-1] != "" {
					return i - 1
				}
				return i
			}
		}
	}
	return -1
}

func fieldLine(line string, names ...string) bool {
	line = strings.TrimLeft(line, "*> ")
	for _, n := range names {
		if rest, ok := strings.CutPrefix(line, n); ok {
			rest = strings.TrimLeft(rest, "* ")
			return strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：")
		}
	}
	return false
}

// forwarded reports whether the lines end with the mark of a forwarded message.
func forwarded(lines []string) bool {
	for i := len(lines) - 1; i >= 0 && i > len(lines)-4; i-- {
		l := strings.ToLower(lines[i])
		if strings.Contains(l, "forwarded message") || strings.Contains(l, "轉寄的郵件") || strings.Contains(l, "轉寄郵件") || strings.Contains(l, "已轉寄") {
			return true
		}
	}
	return false
}

// dropQuotes takes quoted lines out, and the line that introduces them.
func dropQuotes(lines []string) []string {
	if forwarded(lines[:min(len(lines), 3)]) {
		return lines
	}
	var kept []string
	for i := 0; i < len(lines); i++ {
		if strings.HasPrefix(strings.TrimSpace(lines[i]), ">") {
			for len(kept) > 0 && strings.TrimSpace(kept[len(kept)-1]) == "" {
				kept = kept[:len(kept)-1]
			}
			kept = dropAttribution(kept)
			for i+1 < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[i+1]), ">") {
				i++
			}
			continue
		}
		kept = append(kept, lines[i])
	}
	return cutAtAttribution(kept)
}

// dropAttribution takes "On …, … wrote:" off the end, which programs break over up to three lines.
func dropAttribution(lines []string) []string {
	for n := 1; n <= 3 && n <= len(lines); n++ {
		if attribution(strings.Join(lines[len(lines)-n:], " ")) {
			return lines[:len(lines)-n]
		}
	}
	return lines
}

// cutAtAttribution cuts where HTML mail, whose quotes lost their marks, introduces what it answers.
func cutAtAttribution(lines []string) []string {
	for i := 1; i < len(lines); i++ {
		if attribution(lines[i]) || i+1 < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[i]), "On ") && attribution(lines[i]+" "+lines[i+1]) {
			return lines[:i]
		}
	}
	return lines
}

func attribution(line string) bool {
	line = strings.TrimSpace(line)
	if len(line) > 400 {
		return false
	}
	ends := func(suffixes ...string) bool {
		for _, s := range suffixes {
			if strings.HasSuffix(line, s) {
				return true
			}
		}
		return false
	}
	if strings.HasPrefix(line, "On ") && ends("wrote:", "writes:") {
		return true
	}
	return ends("寫道：", "寫道:", "写道：", "写道:", "寫了：") && strings.ContainsAny(line, "0123456789")
}

// dropSignature cuts at the signature mark, if what follows is short enough to be one, and at what phones append.
func dropSignature(lines []string) []string {
	for i, line := range lines {
		if (line == "-- " || line == "--") && len(lines)-i <= 30 {
			return lines[:i]
		}
		l := strings.ToLower(strings.TrimSpace(line))
		if len(lines)-i <= 4 && i > 0 && (strings.HasPrefix(l, "sent from my ") || strings.HasPrefix(l, "從我的 ") || strings.HasPrefix(l, "get outlook for ") || strings.HasPrefix(l, "從我的iphone")) {
			return lines[:i]
		}
	}
	return lines
}

// squeeze joins lines with no more than one free line in a row.
func squeeze(lines []string) string {
	var b strings.Builder
	free := 0
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			free++
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n"[:min(free, 1)+1])
		}
		free = 0
		b.WriteString(strings.TrimRight(line, " \t"))
	}
	return b.String()
}
