package approval

import "strings"

func set(words string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(words) {
		all[w] = true
	}
	return all
}

// providers give mail to everybody, or are a second name of somebody large; they resemble each other, and each is itself.
var providers = set(`gmail.com googlemail.com ymail.com yahoo.com rocketmail.com mail.com email.com outlook.com hotmail.com live.com msn.com
	icloud.com me.com mac.com aol.com gmx.com gmx.de gmx.net gmx.at gmx.ch web.de proton.me protonmail.com pm.me fastmail.com fastmail.fm
	tuta.com tutanota.com hey.com zoho.com yandex.com yandex.ru mail.ru qq.com foxmail.com 163.com 126.com yeah.net sina.com naver.com
	hanmail.net daum.net seznam.cz orange.fr free.fr laposte.net t-online.de hinet.net pchome.com.tw libero.it btinternet.com microsoftonline.com
	office.com office365.com facebookmail.com appleid.com amazonpay.com amazonaws.com googleapis.com googleusercontent.com githubusercontent.com
	paypal-communication.com linkedin.com`)

// everywhere are names whose owners hold them in the countries too.
var everywhere = set("google outlook hotmail live msn yahoo amazon ebay gmx microsoft apple ikea booking hsbc dhl")

// national reports whether a suffix is one of those under which such a name is held.
func national(suffix string) bool {
	last := suffix[strings.LastIndexByte(suffix, '.')+1:]
	return len(last) == 2 || last == "com" || last == "net" || last == "org"
}

// generic are names of machines and services, which stand below many domains.
var generic = set(`mail email webmail newsletter news info support service services shop store online cloud login secure account accounts
	static images media assets events portal status github gitlab office group global digital direct notify notifications alerts`)

// baitShapes are words that are put beside a known name to be trusted, as they look at a glance.
var baitShapes = func() map[string]bool {
	all := map[string]bool{}
	for word := range set(`login signin secure security account accounts support service services help helpdesk online pay payment payments
		billing invoice invoices verify verification update id auth mail email web office team bank banking card wallet info notice alert
		alerts customer client center centre portal official com net org co app hr it admin no noreply group global tw us uk de eu cn jp`) {
		all[shape(word)] = true
	}
	return all
}()
