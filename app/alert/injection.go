package alert

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/capability"
)

// What in a text makes it look like an attempt to steer an assistant.
const (
	SignOrder    = "order"    // speaks to an assistant and gives it an order
	SignOverride = "override" // says that earlier instructions no longer count
	SignRole     = "role"     // imitates a message of the system
	SignHidden   = "hidden"   // holds characters that nobody sees
)

const mostRead = 64 << 10 // characters of one text that are looked at

// signs are looked for in this order, in text that is folded: lower case, compatibility forms, single spaces, nothing
// that is not seen.
var signs = []struct {
	sign    string
	pattern *regexp.Regexp
}{
	{SignOverride, regexp.MustCompile(
		`\b(?:ignore|disregard|forget|override|bypass)\b (?:(?:all|any|every|the|your|of|these|those|my|everything) ){0,4}(?:previous|prior|earlier|above|preceding|former|existing|original|system|safety)(?: \w+)? (?:instructions?|prompts?|rules|directions|guidelines|commands|context|policies)` +
			`|\b(?:ignore|disregard|forget) (?:everything|all|anything) (?:above|before this|you (?:were|have been) told)` +
			`|\byour (?:new|real|actual|updated) (?:instructions?|task|orders|system prompt)(?: is| are|:)` +
			`|(?:忽略|無視|无视|忘記|忘记|忘掉|不要理會|不要理会|取代|覆蓋|覆盖)[^。！？.!?\n]{0,8}(?:先前|之前|以前|以上|上述|前面|所有|原本|原有|系統|系统)[^。！？.!?\n]{0,6}(?:指令|指示|命令|提示詞|提示词|規則|规则|設定|设定)` +
			`|你(?:的|現在的|现在的)(?:新|真正的?)(?:指令|任務|任务|指示)(?:是|為|为|:)`)},
	{SignRole, regexp.MustCompile(
		`<\|(?:im_start|im_end|system|user|assistant|endoftext)\|?>|\[/?inst\]|<</?sys>>|</?(?:system|assistant|tool_call|function_call|instructions?_for_(?:the_)?(?:ai|assistant))>` +
			`|(?:^|\n) ?(?:#+ ?)?(?:system|system prompt|developer)(?: message| prompt| override| note)? ?: ?(?:you are|you must|ignore|override|new instruction|the (?:user|assistant))` +
			`|\byou are (?:now |from now on )?(?:dan\b|an? (?:unrestricted|jailbroken|unfiltered) )`)},
	{SignOrder, regexp.MustCompile(
		`\b(?:ai|a\.i\.|llm|language model|chatbot|gpt|claude|copilot|gemini|steward)(?:[ -](?:assistant|agent|model|bot|system)s?)?\b[^.!?\n]{0,24}(?:[,:]|\b(?:must|should|shall|please|now|reading this|processing this|is to|are to|needs? to|you)\b)[^.!?\n]{0,60}\b` + orders +
			`|\b(?:dear|hey|hello|hi|attention|note to|message (?:to|for)|instructions? (?:to|for)|to) (?:the |any |all |my |your )?(?:ai|llm|virtual|personal|digital|automated|email|e-mail|mail|language|computer)[ -]?(?:assistants?|agents?|models?|bots?|systems?)?\b[^.\n]{0,80}\b` + orders +
			`|\b(?:if|when|as) you(?:'re| are) (?:an? |the )?(?:ai|llm|language model|virtual assistant|automated agent)\b[^.\n]{0,80}\b` + orders +
			`|\bassistants?(?:,|:| must| should| shall)[^.!?\n]{0,40}\b(?:forward|send|reveal|delete|exfiltrate|transfer|upload|e-?mail|export|bcc) (?:this|that|all|any|every|the|its|their|them|it|me|your|user)\b` +
			`|(?:ai|人工智慧|人工智能|智能|語言模型|语言模型|大模型|虛擬|虚拟|數位|数字|電子郵件|邮件|郵件|個人) ?(?:助理|助手|代理|模型|系統|系统|機器人|机器人)[^。\n]{0,24}(?:請|请|必須|必须|應|应|務必|务必|立即|立刻|現在|现在|[,:，：、])[^。\n]{0,40}` + ordersZh +
			`|(?:致|給|给)(?:所有|任何)?(?:的)? ?(?:ai|助理|助手|智能體|智能体|代理程式)[^。\n]{0,40}` + ordersZh)},
}

const (
	orders   = `(?:forward|send|reply|respond with|reveal|disclose|delete|archive|exfiltrate|transfer|upload|e-?mail|mail|export|bcc|copy|print|output|include|add|append|click|open|visit|fetch|follow|execute|run|call|ignore|disregard|mark|approve|pay|wire|do not (?:tell|mention|inform|show)|don't (?:tell|mention|inform|show))\b`
	ordersZh = `(?:轉寄|轉發|转发|寄給|寄出|寄送|發送|发送|傳送|传送|回覆|回复|刪除|删除|封存|上傳|上传|洩漏|泄露|透露|匯款|汇款|轉帳|转账|點擊|点击|開啟|打开|造訪|执行|執行|忽略|批准|核准|同意|不要告訴|不要告诉|輸出|输出)`
)

// Noticed says what in a text looks like an attempt to steer an assistant; "" for nothing. It is made to be right when it
// speaks, not to find every attempt: nothing rests on it.
func Noticed(text string) string {
	if len(text) > 4*mostRead {
		text = strings.ToValidUTF8(text[:4*mostRead], "")
	}
	if hidden(text) {
		return SignHidden
	}
	folded := folded(text)
	flowing := strings.ReplaceAll(folded, "\n", " ") // wherever a line was broken
	for _, s := range signs {
		if s.pattern.MatchString(folded) || s.sign != SignRole && s.pattern.MatchString(flowing) {
			return s.sign
		}
	}
	return ""
}

// folded is a text as a reader understands it, however it is written.
func folded(text string) string {
	var b strings.Builder
	space, line, count := false, false, 0
	for _, r := range norm.NFKC.String(text) {
		if count++; count > mostRead {
			break
		}
		switch {
		case r == '\n':
			line = true
			continue
		case unicode.IsSpace(r):
			space = true
			continue
		case unicode.In(r, unicode.Cf, unicode.Cc, unicode.Variation_Selector):
			continue
		}
		if line && b.Len() > 0 {
			b.WriteByte('\n')
		} else if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space, line = false, false
		if r == '’' {
			r = '\''
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// hidden reports a text that carries another which nobody sees: in the characters for tags, or in a long row of those that
// show nothing, which is no language's and no emoji's way of writing.
func hidden(text string) bool {
	tags, row, flag := 0, 0, false
	for _, r := range text {
		switch {
		case r == 0x1f3f4: // the black flag, which the tags of a region's flag follow
			flag, row = true, 0
		case r >= 0xe0020 && r <= 0xe007f:
			if tags++; !flag && tags > 3 {
				return true
			}
			if r == 0xe007f {
				flag, tags = false, 0
			}
		case r == 0x200b || r == 0x2060 || r >= 0x2061 && r <= 0x2064 || r == 0x180e || r >= 0xe0100 && r <= 0xe01ef:
			flag = false
			if row++; row >= 16 {
				return true
			}
		default:
			flag, row, tags = false, 0, 0
		}
	}
	return false
}

// texts calls f for the texts from outside in a value.
func texts(v capability.Value, f func(agents.Span)) {
	switch v := v.(type) {
	case agents.Text:
		for _, s := range v.Spans {
			if s.Label.Outside() {
				f(s)
			}
		}
	case []capability.Value:
		for _, e := range v {
			texts(e, f)
		}
	case *capability.Record:
		for _, field := range v.Fields {
			texts(field.Value, f)
		}
	case *capability.Object:
		texts(v.Title, f)
		for _, field := range v.Fields {
			texts(field.Value, f)
		}
	}
}
