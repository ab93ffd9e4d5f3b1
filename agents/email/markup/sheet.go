package markup

import "strings"

// sheet is what a style element says of classes, ids and elements, as far as that can hide text. Selectors of more than
// one step are left out: they would need a tree.
type sheet struct {
	rules map[string]string // ".class", "#id", "tag", "tag.class" → declarations
	spent int               // bytes of declarations read so far
}

// Limits that keep a hostile sheet from costing more than the document is long.
const (
	maxRules = 5_000
	maxRule  = 1 << 10 // bytes of declarations kept for one selector
	maxSpent = 8 << 20 // bytes read while applying rules; beyond it only style attributes count
)

// add reads the rules of a style element. What stands in an at-rule (print, narrow screens) is not for every reader.
func (s *sheet) add(css string) {
	css = strings.ToLower(dropComments(css))
	for css != "" && len(s.rules) < maxRules {
		head, rest, ok := strings.Cut(css, "{")
		if !ok {
			return
		}
		head = strings.TrimSpace(head)
		if i := strings.LastIndexByte(head, ';'); i >= 0 { // @import and @charset
			head = strings.TrimSpace(head[i+1:])
		}
		if strings.HasPrefix(head, "@") {
			css = skipBlock(rest)
			continue
		}
		var body string
		body, css, _ = strings.Cut(rest, "}")
		if !decides(body) {
			continue
		}
		for selector := range strings.SplitSeq(head, ",") {
			selector = strings.TrimPrefix(strings.TrimSpace(selector), "*")
			if selector != "" && !strings.ContainsAny(selector, " >+~:[*") {
				if old := s.rules[selector]; len(old)+len(body) < maxRule {
					s.rules[selector] = old + ";" + body
				}
			}
		}
	}
}

// decides reports whether declarations can make text seen or unseen.
func decides(css string) bool {
	for _, property := range [...]string{"display", "visibility", "opacity", "font", "color", "background", "overflow", "height", "width", "left", "top", "right", "indent", "margin", "clip", "transform"} {
		if strings.Contains(css, property) {
			return true
		}
	}
	return false
}

// skipBlock passes over a block whose opening brace was read.
func skipBlock(css string) string {
	depth := 1
	for i := range len(css) {
		switch css[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return css[i+1:]
			}
		}
	}
	return ""
}

func dropComments(css string) string {
	if !strings.Contains(css, "/*") {
		return strings.NewReplacer("<!--", "", "-->", "").Replace(css)
	}
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(css, "/*")
		b.WriteString(before)
		if !ok {
			break
		}
		if _, css, ok = strings.Cut(after, "*/"); !ok {
			break
		}
	}
	return strings.NewReplacer("<!--", "", "-->", "").Replace(b.String())
}

// apply gives an element the looks of its rules, the least specific first.
func (s *sheet) apply(l *look, tag, id, classes string) {
	if len(s.rules) == 0 || s.spent > maxSpent {
		return
	}
	s.use(l, tag)
	n := 0
	for class := range strings.FieldsSeq(strings.ToLower(classes)) {
		if n++; n > 50 {
			break
		}
		s.use(l, "."+class)
		s.use(l, tag+"."+class)
	}
	if id != "" {
		s.use(l, "#"+strings.ToLower(id))
	}
}

func (s *sheet) use(l *look, selector string) {
	if rule, ok := s.rules[selector]; ok {
		s.spent += len(rule)
		l.apply(rule)
	}
}
