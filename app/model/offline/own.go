package offline

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	quoteHead = regexp.MustCompile(`(?i)^(-{2,} ?(original message|forwarded message|原始郵件|轉寄的郵件)|_{10,}$|on .+ wrote:$|[^。]+寫道[:：]$|begin forwarded message)`)
	greeting  = regexp.MustCompile(`(?i)^((hi|hello|hey|dear|good (morning|afternoon|evening))( [\pL.'’-]+){0,4}|[\pL.]{1,12} ?(先生|小姐|女士|老師|經理|您好|你好|好)+|親愛的.{0,12}|您好|你好|各位.{0,6}|hi|大家好)[ ,，:：!！~]*$`)
	closing   = regexp.MustCompile(`(?i)^(best|kind|warm|many)?[ ]?(regards|wishes|thanks|cheers|sincerely|yours( sincerely| truly| faithfully)?|best|love|thank you|thx|敬祝|順頌|祝好|此致|敬上|謹啟|祝您?.{1,8}|感謝您?|謝謝)[ ,，.!！]*$`)
	footer    = regexp.MustCompile(`(?i)(unsubscribe|view (this|it) (email )?in (your )?browser|sent from my |this (e-?mail|message) (and any attachments )?(is|may be) confidential|取消訂閱|退訂|從我的 ?(iphone|android|ipad)|傳送自我的|all rights reserved|版權所有|privacy policy|隱私權政策)`)
)

// own is what the writer of a mail says himself: without greeting, signature, quoted replies and footers. Where nothing is
// left of it, the text is given as it was.
func own(text string) string {
	var kept []string
	signing := 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		trimmed := strings.TrimSpace(line)
		probe := trimmed
		if utf8.RuneCountInString(probe) > 300 {
			probe = ""
		}
		switch {
		case line == "--" || trimmed == "-- " || quoteHead.MatchString(probe):
			return orAll(kept, text)
		case strings.HasPrefix(trimmed, ">") || strings.HasPrefix(trimmed, "|") || footer.MatchString(probe):
			continue
		case signing > 0 && trimmed != "" && len(probe) > 0 && len(probe) < 60:
			signing--
			continue
		case closing.MatchString(probe):
			signing = 4
			continue
		case len(kept) < 3 && greeting.MatchString(probe):
			continue
		}
		if trimmed != "" {
			signing = 0
		}
		kept = append(kept, line)
	}
	return orAll(kept, text)
}

func orAll(kept []string, text string) string {
	s := strings.TrimSpace(strings.Join(kept, "\n"))
	if s == "" {
		return text
	}
	return s
}
