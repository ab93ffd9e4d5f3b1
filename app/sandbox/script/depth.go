package script

import (
	"strings"
	"unicode/utf8"
)

// A stack overflow in Go cannot be caught: it would take the whole program with it. So before any parser sees a script, the
// depth to which it can make a parser recurse is bounded from above, roughly, without a regard for strings and comments:
// whoever told them apart wrongly could be fooled.
const (
	maxBrackets = 200  // open at once
	maxChain    = 1000 // operators and words that nest, without anything between that ends a statement or an item
	maxElse     = 500
)

// nests are the words after which an expression or a statement continues inside itself.
var nests = set("if for while do with else new await async typeof void delete yield keyof infer extends as satisfies case label in instanceof")

// ends are the words that begin something which no chain goes through.
var ends = set("const let var return throw function class")

// tooDeep gives the line at which a script may nest too deep, 0 if none does.
func tooDeep(source string) int {
	chains := []int{0} // the chain so far, of each bracket that is open
	elses := 0
	for i := 0; i < len(source); i++ {
		last := len(chains) - 1
		switch c := source[i]; c {
		case '(', '[', '{':
			chains = append(chains, 0)
		case ')', ']', '}':
			if last > 0 {
				chains = chains[:last]
			}
			if c == '}' {
				chains[len(chains)-1] = 0
			}
		case ';', ',':
			chains[last] = 0
		case '!', '~', '+', '-', '=', '?', ':', '*', '<':
			chains[last]++
		default:
			end := wordEnd(source, i)
			if end == i {
				continue
			}
			switch word := source[i:end]; {
			case ends[word]:
				chains[last] = 0
			case nests[word]:
				chains[last]++
				if word == "else" {
					elses++
				}
			}
			i = end - 1
		}
		if last = len(chains) - 1; last > maxBrackets || chains[last] > maxChain || elses > maxElse {
			return 1 + strings.Count(source[:i], "\n")
		}
	}
	return 0
}

// wordEnd is where the word that begins at i ends; i if none begins there.
func wordEnd(source string, i int) int {
	for i < len(source) && (source[i] >= utf8.RuneSelf || source[i] == '_' || source[i] == '$' ||
		'a' <= source[i] && source[i] <= 'z' || 'A' <= source[i] && source[i] <= 'Z' || '0' <= source[i] && source[i] <= '9') {
		i++
	}
	return i
}
