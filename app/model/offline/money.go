package offline

import (
	"regexp"
	"strings"
)

var currencies = map[string]string{
	"nt$": "TWD", "ntd": "TWD", "twd": "TWD", "ntd$": "TWD", "新台幣": "TWD", "新臺幣": "TWD", "台幣": "TWD", "臺幣": "TWD", "元": "TWD", "塊": "TWD", "圓": "TWD", "元整": "TWD",
	"us$": "USD", "usd": "USD", "美金": "USD", "美元": "USD", "dollars": "$", "dollar": "$", "$": "$",
	"€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "歐元": "EUR",
	"£": "GBP", "gbp": "GBP", "pounds": "GBP", "英鎊": "GBP",
	"¥": "JPY", "jpy": "JPY", "日幣": "JPY", "日圓": "JPY", "日元": "JPY", "yen": "JPY",
	"hk$": "HKD", "hkd": "HKD", "港幣": "HKD", "cny": "CNY", "rmb": "CNY", "人民幣": "CNY", "chf": "CHF", "sek": "SEK", "aud": "AUD", "a$": "AUD", "cad": "CAD", "c$": "CAD", "sgd": "SGD", "s$": "SGD",
}

const figure = `(\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?)`

var moneyPattern = regexp.MustCompile(`(?i)(?:(NTD?\$|US\$|HK\$|A\$|C\$|S\$|\$|€|£|¥|\b(?:NTD|TWD|USD|EUR|GBP|JPY|HKD|CNY|RMB|CHF|SEK|AUD|CAD|SGD)\b|新[台臺]幣|[台臺]幣|美金|美元|歐元|英鎊|日幣|日圓|港幣|人民幣)[  :：]{0,2}` + figure +
	`(?: ?(元整|元))?|` + figure + `[  ]?(元整|元|塊|美元|美金|歐元|英鎊|日圓|日元|港幣|€|£|(?:NTD|TWD|USD|EUR|GBP|JPY|HKD|CNY|RMB|CHF|SEK|AUD|CAD|SGD|dollars?|euros?|pounds|yen)\b))`)

// monies finds the amounts of a text.
func monies(text string) []found {
	var all []found
	for _, m := range moneyPattern.FindAllStringSubmatchIndex(text, maxFound) {
		sign, number := group(text, m, 1), group(text, m, 2)
		if number == "" {
			number, sign = group(text, m, 4), group(text, m, 5)
		}
		v, ok := amount(strings.NewReplacer("'", "", " ", "").Replace(number))
		if ok {
			all = append(all, found{Money{v, currencies[strings.ToLower(sign)]}, m[0], m[1]})
		}
	}
	return all
}

func group(s string, m []int, n int) string {
	if m[2*n] < 0 {
		return ""
	}
	return s[m[2*n]:m[2*n+1]]
}

// narrowDigits writes full-width digits and marks narrow, where there are any.
func narrowDigits(text string) string {
	if !strings.ContainsAny(text, "０１２３４５６７８９＄") {
		return text
	}
	return strings.Map(func(c rune) rune {
		if c >= '０' && c <= '９' || c == '＄' || c == '，' || c == '．' {
			return c - 0xFEE0
		}
		return c
	}, text)
}
