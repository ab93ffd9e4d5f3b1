package agents

import "strings"

// FoldAddress is an address as it is compared, and as whoever has it is found by: without the blanks around it, the
// letters of ASCII in lower case, and nothing else changed. Unicode's folding would make one of two mailboxes that belong
// to different people: it takes ſ for an s and the Kelvin sign for a k.
func FoldAddress(address string) string { return FoldASCII(strings.TrimSpace(address)) }

// FoldASCII is a text with the letters of ASCII in lower case, byte for byte as long as before.
func FoldASCII(text string) string {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c >= 'A' && c <= 'Z' {
			folded := []byte(text)
			for ; i < len(folded); i++ {
				if c := folded[i]; c >= 'A' && c <= 'Z' {
					folded[i] = c + ('a' - 'A')
				}
			}
			return string(folded)
		}
	}
	return text
}

// SameAddress reports whether two addresses are one and the same. No address is the same as none.
func SameAddress(a, b string) bool {
	a = FoldAddress(a)
	return a != "" && a == FoldAddress(b)
}
