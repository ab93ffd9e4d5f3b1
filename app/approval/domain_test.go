package approval_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stewardhq/steward/app/approval"
)

func TestLookAlikes(t *testing.T) {
	known := []string{"anna-bank.com", "paypal.com", "google.com", "outlook.com", "gmail.com", "microsoft.com", "acme.co.uk", "ibm.com", "modern.de", "example.org", "eslite.com.tw", "github.com", "台灣銀行.tw", "apple.com"}
	for _, c := range []struct{ address, like string }{
		// the same domain is never like itself
		{"anna@anna-bank.com", ""},
		{"anna@ANNA-Bank.COM", ""},
		{"anna@mail.anna-bank.com", ""},
		{"anna-bank.com.", ""},
		{"anna@acme.co.uk", ""},
		{"it@hr.acme.co.uk", ""},
		{"x@xn--kput3i5yd88e8q0c.tw", ""},
		// letters that look like others
		{"anna@аnna-bank.com", "anna-bank.com"},  // Cyrillic а
		{"anna@xn--pypal-4ve.com", "paypal.com"}, // pаypal in punycode
		{"pay@pаураl.com", "paypal.com"},         // four Cyrillic letters
		{"pay@ρaypal.com", "paypal.com"},         // Greek rho
		{"x@аррӏе.com", "apple.com"},             // all Cyrillic
		{"x@ｇｏｏｇｌｅ.com", ""},                     // wide letters are the same name to a browser
		{"x@paypal｡com", ""},                     // and so is a wide dot
		{"x@gооgle.net", "google.com"},           // Cyrillic о, and elsewhere
		{"x@paypaI.com", "paypal.com"},           // a capital I
		{"x@paypa1.com", "paypal.com"},           // a one
		{"x@g00gle.com", "google.com"},           // noughts
		{"x@rnicrosoft.com", "microsoft.com"},    // rn
		{"x@rnodern.de", "modern.de"},            //
		{"x@modem.de", "modern.de"},              // and the other way round
		{"x@lbm.com", "ibm.com"},                 // l for i
		{"x@1bm.com", "ibm.com"},                 // 1 for i
		{"x@pàypal.com", "paypal.com"},           // an accent
		{"x@paypal\u200b.com", "paypal.com"},     // something that nobody sees
		{"x@exarnple.org", "example.org"},        //
		{"x@qithub.com", "github.com"},           // one letter
		{"x@githüb.com", "github.com"},           //
		// letters changed, added, left out, swapped
		{"x@anna-banc.com", "anna-bank.com"},
		{"x@ana-bank.com", "anna-bank.com"},
		{"x@anna-bnak.com", "anna-bank.com"},
		{"x@annabank.com", "anna-bank.com"},
		{"x@an-na-bank.com", "anna-bank.com"},
		{"x@mircosoft.com", "microsoft.com"},
		{"x@micr0soft-inc.com", "microsoft.com"},
		{"x@googel.com", "google.com"},
		{"x@gogle.com", "google.com"},
		{"x@gmial.com", "gmail.com"},
		{"x@examples.org", "example.org"},
		// the same name elsewhere
		{"x@anna-bank.net", "anna-bank.com"},
		{"x@anna-bank.co", "anna-bank.com"},
		{"x@acme.com", "acme.co.uk"},
		{"x@eslite.com", "eslite.com.tw"},
		{"x@gmail.co", "gmail.com"},
		{"x@paypal.zip", "paypal.com"},
		{"x@台灣銀行.com", "台灣銀行.tw"},
		// a known name before somebody else's domain
		{"x@anna-bank.com.evil.io", "anna-bank.com"},
		{"x@anna-bank.com-login.evil.io", "anna-bank.com"},
		{"x@anna-bank-com.evil.io", "anna-bank.com"},
		{"x@login.anna-bank.com.evil.io", "anna-bank.com"},
		{"x@anna-bank.evil.io", "anna-bank.com"},
		{"x@paypal.com.secure.example.net", "paypal.com"},
		{"x@anna-bank.com∕login.evil.io", "anna-bank.com"},
		{"x@аnna-bank.com.evil.io", "anna-bank.com"},
		{"x@acme.co.uk.evil.io", "acme.co.uk"},
		// a word that asks for trust beside it
		{"x@paypal-login.com", "paypal.com"},
		{"x@secure-paypal.com", "paypal.com"},
		{"x@paypalsupport.net", "paypal.com"},
		{"x@anna-bank-invoices.com", "anna-bank.com"},
		{"x@microsoft-verify.com", "microsoft.com"},
		{"x@anna-bank-com.net", "anna-bank.com"},
		// honest others
		{"x@ymail.com", ""},
		{"x@gmx.de", ""},
		{"x@hotmail.com", ""},
		{"x@outlook.fr", ""},
		{"x@google.com.tw", ""},
		{"x@google.de", ""},
		{"x@amazon.de", ""},
		{"x@mail.com", ""},
		{"x@aple.io", ""}, // four letters are too few to compare beyond the same suffix
		{"x@bank-of-taiwan.com.tw", ""},
		{"x@annas-bakery.com", ""},
		{"x@bank.com", ""},
		{"x@hbm.com", ""},
		{"x@github.io", ""}, // nobody's own: below it everybody registers
		{"x@github.github.io", "github.com"},
		{"x@ibm.de", ""},
		{"x@ntu.edu.tw", ""},
		{"x@gitlab.com", ""}, // two letters of six
		{"x@amazonaws.com", ""},
		{"x@login.microsoftonline.com", ""},
		{"x@microsoft-online.com", "microsoft.com"},
		{"x@google-analytics.com", ""},
		{"x@pineapple.com", ""},
		{"x@mail.example.net", "example.org"},
		{"x@news.nytimes.com", ""},
		{"x@localhost", ""},
		{"x@[127.0.0.1]", ""},
		{"x@192.168.1.1", ""},
		{"", ""},
		{"@", ""},
		{"no domain", ""},
	} {
		like, found := approval.LookAlike(c.address, known)
		if like != c.like || found != (c.like != "") {
			t.Errorf("%s: like %q, want %q", c.address, like, c.like)
		}
	}
}

// Pairs of domains that both exist and belong to different people, or to the same, as they are met in mailboxes.
func TestHonestPairsAreNotLookAlikes(t *testing.T) {
	for _, pair := range strings.Split(`gmail.com ymail.com,gmail.com mail.com,gmail.com googlemail.com,outlook.com outlook.fr,outlook.com hotmail.com,google.com google.com.tw,
		google.com google.co.uk,amazon.com amazon.co.jp,yahoo.com yahoo.com.tw,live.com live.nl,gmx.de gmx.net,163.com 126.com,qq.com foxmail.com,icloud.com me.com,
		mail.ru mail.com,web.de web.com,proton.me protonmail.com,apple.com maple.io,uber.com huber.de,slack.com black.io,meta.com metal.io,nike.com hike.com,
		ubs.com ups.com,bbc.co.uk abc.net.au,dhl.com dpd.com,mit.edu rit.edu,nyu.edu nyt.com,github.com github.io,airbus.com airbnb.com,
		notion.so nation.africa,zoom.us boom.com,lufthansa.com swiss.com,deutsche-bank.de bank.de,adobe.com abode.io,pchome.com.tw books.com.tw,ntu.edu.tw ntnu.edu.tw,
		basecamp.com bandcamp.com,stripe.com strike.me,cathaybk.com.tw esunbank.com.tw,taipei.gov.tw tainan.gov.tw,acm.org ieee.org,mailchimp.com mailgun.com`, ",") {
		both := strings.Fields(pair)
		for i := range both {
			if like, found := approval.LookAlike("someone@"+both[i], []string{both[1-i]}); found != doubtful[both[i]] {
				t.Errorf("%s is taken for %q", both[i], like)
			}
		}
	}
}

// doubtful are real names that are a letter or two from another real one, under the same suffix: whoever knows only the
// other should look twice, and once the user has written to them they are known.
var doubtful = map[string]bool{"basecamp.com": true, "bandcamp.com": true}

func TestLookAlikesOfOneMailbox(t *testing.T) {
	known := []string{"anna.chen@gmail.com", "bill@example.org"}
	for address, like := range map[string]string{
		"anna.chen@gmail.com": "", "Anna.Chen@GMAIL.com": "", "anna.chen+bank@gmail.com": "", "anna.cheп@gmail.com": "anna.chen@gmail.com",
		"ann.chen@gmail.com": "", "bi1l@example.org": "bill@example.org", "blll@example.org": "bill@example.org", "bob@example.org": "", "аnna.chen@gmail.com": "anna.chen@gmail.com",
		"bi\u0130l@example.org": "bill@example.org", "B\u0130LL@example.org": "bill@example.org", "ann\u212a@gmail.com": "", "anna.\u212ahen@gmail.com": "", "ANNA.Chen@GMAIL.com": "", "a\u017fna.chen@gmail.com": "",
	} {
		if got, found := approval.LookAlike(address, known); got != like || found != (like != "") {
			t.Errorf("%s: like %q, want %q", address, got, like)
		}
	}
}

var plainHost = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*$`)

func FuzzLookAlike(f *testing.F) {
	for _, s := range []string{"a@b.c", "anna-bank.com", "xn--pypal-4ve.com", "xn--", "xn--a.xn--", "аррӏе.com", "@", "a@", ".", "..", "＠x｡y", "a@anna-bank.com.evil.io", "\xff@\xff.\xff", strings.Repeat("a.", 200), strings.Repeat("x", 300) + ".com", "co.uk", "*.ck"} {
		f.Add(s, "anna-bank.com")
		f.Add("x@paypal.com", s)
	}
	f.Fuzz(func(t *testing.T, address, known string) {
		like, found := approval.LookAlike(address, []string{known})
		if found != (like != "") {
			t.Errorf("like %q, found %v", like, found)
		}
		if like, found := approval.LookAlike(known, []string{known}); found {
			t.Errorf("%q is like itself: %q", known, like)
		}
		if like, found := approval.LookAlike("x@sub."+known, []string{known}); found && plainHost.MatchString(known) {
			t.Errorf("what stands below %q is like it: %q", known, like)
		}
	})
}
