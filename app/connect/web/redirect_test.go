package web_test

import (
	"io"
	"log"
	"net/http"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/connect/web"
)

var quiet = log.New(io.Discard, "", 0)

func TestRedirectsAreCheckedEachTime(t *testing.T) {
	hits := 0
	secret, secretHost := server(t, func(http.ResponseWriter, *http.Request) { hits++ })
	_, port, _ := strings.Cut(secretHost, ":")
	var to string
	url, host := server(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			http.Redirect(w, r, "/second", http.StatusFound)
		case "/second":
			http.Redirect(w, r, to, http.StatusFound)
		}
	})
	for _, to = range []string{
		"http://169.254.169.254/latest/meta-data/", secret, "http://localhost:" + port, "http://[::ffff:7f00:1]:" + port, "//evil.example/",
		"http://2130706433:" + port + "/", "file:///etc/passwd", "gopher://" + secretHost, "http://user@" + host + "/",
	} {
		c, b := client(t, web.Options{Allow: []string{host}})
		_, err := get(c, url)
		wantCode(t, err, agents.CodeDenied, "")
		if n := len(b.rows); n != 5 || b.rows[n-1].State != web.Refused {
			t.Errorf("%s: written down: %s", to, b.states())
		}
	}
	if hits != 0 {
		t.Errorf("an unlisted server was reached %d times", hits)
	}
}

func TestRedirectsThatGoRound(t *testing.T) {
	url, host := server(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) })
	c, b := client(t, web.Options{Allow: []string{host}})
	_, err := get(c, url)
	wantCode(t, err, agents.CodeDenied, "too often")
	if len(b.rows) != 6*2+1 {
		t.Errorf("written down: %s", b.states())
	}
}

func TestRedirectToAnotherListedHost(t *testing.T) {
	var got http.Header
	other, otherHost := server(t, func(_ http.ResponseWriter, r *http.Request) {
		got = r.Header
		if b, _ := io.ReadAll(r.Body); len(b) != 0 {
			t.Errorf("the content came: %s", b)
		}
	})
	url, host := server(t, func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusFound
		if r.Method == http.MethodPut {
			status = http.StatusTemporaryRedirect
		}
		http.Redirect(w, r, other+"/end", status)
	})
	c, _ := client(t, web.Options{Allow: []string{host, otherHost}})
	for method, code := range map[string]string{http.MethodGet: "", http.MethodPost: "", http.MethodPut: agents.CodeDenied} {
		r, err := http.NewRequestWithContext(t.Context(), method, url+"/?q=private", strings.NewReader("content"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Authorization", "X-Api-Key", "Cookie", "Content-Type"} {
			r.Header.Set(name, "secret")
		}
		r.Header.Set("Accept", "text/html")
		if method == http.MethodGet {
			r.Body, r.ContentLength = nil, 0
		}
		got = nil
		answer, err := c.Do(r)
		if agents.CodeOf(err) != code {
			t.Errorf("%s: %v", method, err)
		}
		if err == nil {
			_ = answer.Body.Close()
		}
		for name, values := range got {
			if values[0] == "secret" || strings.Contains(values[0], "private") {
				t.Errorf("%s: the other host got %s: %s", method, name, values[0])
			}
		}
		if code == "" && got.Get("Accept") != "text/html" {
			t.Errorf("%s: harmless headers were lost: %v", method, got)
		}
	}
}

func TestRedirectWithinAHostKeepsAll(t *testing.T) {
	var got *http.Request
	var content string
	url, host := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/v1/", http.StatusPermanentRedirect)
			return
		}
		b, _ := io.ReadAll(r.Body)
		got, content = r, string(b)
	})
	c, b := client(t, web.Options{Allow: []string{host}})
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("content"))
	r.Header.Set("Authorization", "Bearer x")
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if got.Header.Get("Authorization") != "Bearer x" || content != "content" || got.Method != http.MethodPost {
		t.Errorf("arrived: %s %v %q", got.Method, got.Header, content)
	}
	if len(b.rows) != 4 {
		t.Errorf("written down: %s", b.states())
	}
}

func FuzzListedHost(f *testing.F) {
	for _, seed := range []string{"example.com:443", "127.0.0.1:80", "[::1]:80", "127.1:1", "xn--:1", "１.2.3.4:5", "a..b:1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, entry string) {
		_, err := web.New(web.Options{Allow: []string{entry}, Record: (&book{}).record})
		if err != nil && agents.CodeOf(err) != agents.CodeInvalid {
			t.Errorf("%q: %v", entry, err)
		}
	})
}
