package approval

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// confusable is what letters of other writing systems, and some of the Latin one, look like. It is a selection from
// Unicode's confusables (UTS 39, https://www.unicode.org/Public/security/latest/confusables.txt): those that occur in
// names of hosts and persons, in both cases where their small letters look alike too, and a few that only nearly do.
var confusable = func() map[rune]string {
	table := map[rune]string{}
	for latin, others := range map[string]string{
		"a": "аɑαаᴀａạ", "b": "ЬьвВβƅʙᏴᖯ", "c": "сϲᴄⅽϹᏟꮯ", "d": "ԁᏧᴅⅾժᎠ", "e": "еєҽεᴇℯᎬ", "f": "ƒꜰғք", "g": "ɡɢցᏀ", "h": "һհнНʜᏂᎻ",
		"i": "іıɩɪιίӀɨїᎥ", "j": "јϳյᴊʝ", "k": "кκᴋқҝᏦ", "l": "ӏⅼǀ∣ןꞁᒪʟłᏞ|", "m": "мᴍⅿᎷ", "n": "пηոɴռ", "o": "оοօσᴏøӨөძഠ๐໐०০੦૦୦௦౦೦ⲟ",
		"p": "рρᴘþᏢ", "q": "ԛզգ", "r": "гᴦʀɼᏒ", "s": "ѕςꜱꮪᏚʂ", "t": "тτᴛŧᎢ", "u": "υսᴜцμ", "v": "νѵᴠⅴᏙ", "w": "ԝωᴡшɯաᎳ", "x": "хχⅹ×",
		"y": "уγүʏуყỿ", "z": "ᴢʐᏃ", "ae": "æӕ", "oe": "œ", "ss": "ß", "3": "зЗʒӡȝ", "6": "б", "4": "ч",
		"-": "‐‑‒–—−﹣ー˗", ".": "。․·", "/": "⁄∕⧸",
	} {
		for _, r := range others {
			table[r] = latin
		}
	}
	table['đ'], table['ħ'], table['ɖ'] = "d", "h", "d"
	return table
}()

// shape is what a word looks like at a glance: equal for words that are easily taken for each other.
func shape(word string) string {
	word = norm.NFKC.String(replaced(word))
	for range 2 { // as it is written, then what is left of it in small letters
		word = replaced(word)
		word = strings.ToLower(word)
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(word) { // an accent is easily missed
		if !unicode.Is(unicode.M, r) {
			b.WriteRune(r)
		}
	}
	return sameAtAGlance.Replace(replaced(b.String()))
}

func replaced(word string) string {
	var b strings.Builder
	for _, r := range word {
		switch latin, known := confusable[r]; {
		case known:
			b.WriteString(latin)
		case !unseen(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// sameAtAGlance makes equal what only a careful reader tells apart in Latin letters.
var sameAtAGlance = strings.NewReplacer("rn", "m", "vv", "w", "cl", "d", "c1", "d", "0", "o", "1", "l", "i", "l")

// latinOnly reports whether a word is all of letters that could pass for Latin ones, though none of them is.
func latinOnly(word string) bool {
	letters := 0
	for _, r := range word {
		if !unicode.IsLetter(r) {
			continue
		}
		if _, looks := confusable[r]; !looks || unicode.Is(unicode.Latin, r) {
			return false
		}
		letters++
	}
	return letters >= 2
}
