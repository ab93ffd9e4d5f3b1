package markup

import (
	"math"
	"strconv"
	"strings"
)

// look is how an element is shown, as far as that decides whether its text can be seen.
type look struct {
	gone      bool // and with it everything inside
	invisible bool // visibility; children may turn it back
	tiny      bool // font size; children may enlarge it
	ink       rgb
	paper     rgb
	unknown   bool // the paper is a picture or something else that has no one colour
}

type rgb struct{ r, g, b uint8 }

var (
	black = rgb{}
	white = rgb{255, 255, 255}
)

// seen reports whether text of that look can be read.
func (l *look) seen() bool {
	return !l.gone && !l.invisible && !l.tiny && (l.unknown || !alike(l.ink, l.paper))
}

func alike(a, b rgb) bool {
	const near = 14 // of 255 in every channel: no eye tells them apart in running text
	d := func(x, y uint8) bool { return math.Abs(float64(x)-float64(y)) <= near }
	return d(a.r, b.r) && d(a.g, b.g) && d(a.b, b.b)
}

// apply reads declarations of one rule or style attribute.
func (l *look) apply(css string) {
	var clipped, flat, away bool
	for len(css) > 0 {
		var declaration string
		declaration, css, _ = strings.Cut(css, ";")
		name, value, ok := strings.Cut(declaration, ":")
		if !ok {
			continue
		}
		name = strings.TrimSpace(strings.ToLower(name))
		value, _, _ = strings.Cut(strings.ToLower(value), "!")
		value = strings.TrimSpace(value)
		switch name {
		case "display":
			l.gone = l.gone || value == "none"
		case "visibility":
			l.invisible = value == "hidden" || value == "collapse"
		case "opacity":
			n, err := strconv.ParseFloat(strings.TrimSuffix(value, "%"), 64)
			l.gone = l.gone || err == nil && n < 0.05
		case "font-size":
			l.size(value)
		case "font":
			for word := range strings.FieldsSeq(value) {
				if word != "" && (word[0] >= '0' && word[0] <= '9' || word[0] == '.') {
					size, _, _ := strings.Cut(word, "/")
					l.size(size)
					break
				}
			}
		case "color":
			l.setInk(value)
		case "background", "background-color", "background-image":
			l.setPaper(value)
		case "overflow", "overflow-y", "overflow-x":
			clipped = clipped || value == "hidden"
		case "max-height", "max-width", "height", "width":
			n, unit := length(value)
			flat = flat || unit && n < 2
		case "left", "top", "right", "text-indent", "margin-left", "margin-top":
			n, unit := length(value)
			away = away || unit && n <= -500
		case "clip", "clip-path":
			l.gone = l.gone || strings.Contains(value, "rect(0") || strings.Contains(value, "inset(50%") || strings.Contains(value, "inset(100%")
		case "transform":
			l.gone = l.gone || strings.Contains(value, "scale(0)")
		}
	}
	l.gone = l.gone || clipped && flat || away
}

func (l *look) size(value string) {
	switch {
	case strings.HasSuffix(value, "%"):
		n, err := strconv.ParseFloat(strings.TrimSuffix(value, "%"), 64)
		if err == nil {
			l.tiny = n < 15
		}
	default:
		if n, ok := length(value); ok {
			l.tiny = n < 3
		} else if value != "inherit" {
			l.tiny = false
		}
	}
}

// length reads a CSS length in pixels, roughly.
func length(value string) (pixels float64, ok bool) {
	i := 0
	for i < len(value) && (value[i] >= '0' && value[i] <= '9' || strings.IndexByte("+-.", value[i]) >= 0) {
		i++
	}
	n, err := strconv.ParseFloat(value[:i], 64)
	if err != nil {
		return 0, false
	}
	switch strings.TrimSpace(value[i:]) {
	case "", "px":
		return n, true
	case "pt":
		return n * 4 / 3, true
	case "em", "rem":
		return n * 16, true
	case "ex", "ch":
		return n * 8, true
	case "in":
		return n * 96, true
	case "cm":
		return n * 38, true
	case "mm":
		return n * 3.8, true
	default:
		return 0, false
	}
}

func (l *look) setInk(value string) {
	if value == "transparent" || strings.HasPrefix(value, "rgba(") && strings.HasSuffix(strings.ReplaceAll(value, " ", ""), ",0)") {
		l.ink, l.unknown = l.paper, false
		return
	}
	if c, ok := colour(value); ok {
		l.ink = c
	}
}

func (l *look) setPaper(value string) {
	if value == "none" || value == "transparent" || value == "inherit" || value == "initial" || value == "" {
		return
	}
	if strings.Contains(value, "url(") || strings.Contains(value, "gradient(") {
		l.unknown = true
		return
	}
	if c, ok := colour(value); ok {
		l.paper, l.unknown = c, false
		return
	}
	for word := range strings.FieldsSeq(value) {
		if c, ok := colour(word); ok {
			l.paper, l.unknown = c, false
			return
		}
	}
	l.unknown = true
}

var names = map[string]rgb{
	"black": black, "white": white, "snow": {255, 250, 250}, "ivory": {255, 255, 240}, "ghostwhite": {248, 248, 255},
	"whitesmoke": {245, 245, 245}, "floralwhite": {255, 250, 240}, "red": {255, 0, 0}, "green": {0, 128, 0}, "blue": {0, 0, 255},
	"gray": {128, 128, 128}, "grey": {128, 128, 128}, "silver": {192, 192, 192}, "yellow": {255, 255, 0}, "orange": {255, 165, 0},
	"navy": {0, 0, 128}, "maroon": {128, 0, 0}, "purple": {128, 0, 128}, "teal": {0, 128, 128}, "lightgray": {211, 211, 211}, "lightgrey": {211, 211, 211},
}

func colour(value string) (rgb, bool) {
	if c, ok := names[value]; ok {
		return c, true
	}
	if hex, ok := strings.CutPrefix(value, "#"); ok {
		return hexColour(hex)
	}
	inside, ok := strings.CutPrefix(value, "rgb(")
	if !ok {
		if inside, ok = strings.CutPrefix(value, "rgba("); !ok {
			return hexColour(value) // bgcolor without its hash sign
		}
	}
	parts := strings.FieldsFunc(inside, func(r rune) bool { return r == ',' || r == ' ' || r == ')' || r == '/' })
	if len(parts) < 3 {
		return rgb{}, false
	}
	var v [3]uint8
	for i := range v {
		n, err := strconv.Atoi(parts[i])
		if err != nil {
			return rgb{}, false
		}
		v[i] = uint8(min(max(n, 0), 255))
	}
	return rgb{v[0], v[1], v[2]}, true
}

func hexColour(hex string) (rgb, bool) {
	if len(hex) == 3 || len(hex) == 4 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	if len(hex) == 8 {
		hex = hex[:6]
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		return rgb{}, false
	}
	return rgb{uint8(n >> 16), uint8(n >> 8), uint8(n)}, true
}
