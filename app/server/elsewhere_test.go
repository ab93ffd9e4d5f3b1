package server_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/server"
	"github.com/stewardhq/steward/store"
)

// certificate makes a certificate for this test's server.
func certificate(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"steward.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, block := range map[string]*pem.Block{"cert": {Type: "CERTIFICATE", Bytes: der}, "key": {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config, err := server.Certificate(filepath.Join(dir, "cert"), filepath.Join(dir, "key"))
	if err != nil || config.MinVersion != tls.VersionTLS13 {
		t.Fatal(config, err)
	}
	if _, err := server.Certificate(filepath.Join(dir, "key"), filepath.Join(dir, "cert")); agents.CodeOf(err) != agents.CodeInvalid {
		t.Error(err)
	}
	return config
}

// factor sets a second factor, and gives the code of a moment.
func (h *house) factor() func() string {
	h.t.Helper()
	out, err := h.door.Surface().Call(h.t.Context(), "Lock/BeginSecondFactor", nil)
	var made api.SecondFactor
	if err == nil {
		err = json.Unmarshal(out, &made)
	}
	code := func() string {
		c, failed := totp.GenerateCode(made.Secret, h.clock.Now())
		if failed != nil {
			h.t.Fatal(failed)
		}
		return c
	}
	if err == nil {
		_, err = h.door.Surface().Call(h.t.Context(), "Lock/FinishSecondFactor", []byte(`{"code":"`+code()+`"}`))
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.clock.turn(time.Minute)
	return code
}

func TestElsewhereNeedsTLSAndASecondFactor(t *testing.T) {
	config := certificate(t)
	for name, p := range map[string]server.Protection{"neither": {}, "TLS alone": {TLS: config}, "a second factor alone": {SecondFactor: true}} {
		l, err := server.Listen(t.Context(), "0.0.0.0:0", p)
		if err == nil {
			l.Close()
		}
		if e := agents.AsError(err); err == nil || e.Code != agents.CodeUnsupported || !strings.Contains(e.Hint, "second factor") {
			t.Errorf("%s: %v", name, err)
		}
	}
	l, err := server.Listen(t.Context(), "0.0.0.0:0", server.Protection{TLS: config, SecondFactor: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	h := newHouse(t)
	for _, o := range []server.Options{{}, {TLS: config}, {SecondFactor: true}} { // whoever listened
		o.Listener, o.Surface, o.Events, o.Files = l, h.door.Surface(), h.door.Events(), page
		served := make(chan error, 1)
		web := server.New(o)
		go func() { served <- web.Serve() }()
		select {
		case err := <-served:
			if agents.CodeOf(err) != agents.CodeUnsupported {
				t.Error(err)
			}
		case <-time.After(5 * time.Second):
			t.Errorf("it serves: %+v", o.SecondFactor)
			_ = web.Close(context.Background())
			return
		}
	}
}

func TestServingElsewhere(t *testing.T) {
	config := certificate(t)
	h := newHouseWith(t, "127.0.0.1:0", server.Options{TLS: config, SecondFactor: true, Hosts: []string{"steward.example"}})
	code := h.factor()
	port := h.host[strings.LastIndexByte(h.host, ':')+1:]
	h.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12}} //nolint:gosec // the test's own
	if answer, err := h.client.Get("https://" + h.host + "/"); err == nil {
		_ = answer.Body.Close()
		t.Error("TLS 1.2 is spoken")
	}
	h.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // the test's own
	link := h.server.Link()
	if !strings.HasPrefix(link, "https://steward.example:"+port+"/#token=") {
		t.Error(link)
	}
	ask := func(host, origin, path, body string) *http.Request {
		r := h.request(http.MethodPost, path, body)
		r.URL.Scheme, r.Host = "https", host
		r.Header.Set("Origin", origin)
		return r
	}
	name, token := "steward.example:"+port, tokenOf(t, link)
	begin := func(code string) answer {
		return h.do(ask(name, "https://"+name, "/session", fmt.Sprintf(`{"token":%q,"code":%q}`, token, code)))
	}
	for _, wrong := range []string{"", "000000", "abcdef"} {
		if a := begin(wrong); a.StatusCode != http.StatusUnauthorized || len(a.Cookies()) != 0 {
			t.Errorf("%q: %s %s", wrong, a.Status, a.body)
		}
		h.clock.turn(time.Second)
	}
	h.clock.turn(time.Minute)
	a := begin(code())
	if a.StatusCode != http.StatusOK || len(a.Cookies()) != 1 {
		t.Fatal(a.Status, a.body)
	}
	cookie := a.Cookies()[0]
	if !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || !strings.HasPrefix(cookie.Name, "__Host-") || cookie.Path != "/" || cookie.Domain != "" {
		t.Errorf("%+v", cookie)
	}
	token = tokenOf(t, h.server.Link())
	if a := begin(code()); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("a code was good twice: %s", a.Status)
	}
	for want, at := range map[int][][2]string{
		http.StatusOK:                 {{name, "https://" + name}},
		http.StatusForbidden:          {{name, "http://" + name}, {name, "null"}, {name, "https://evil.example"}},
		http.StatusMisdirectedRequest: {{"evil.example:" + port, "https://evil.example:" + port}, {"steward.example", "https://steward.example"}},
	} {
		for _, c := range at {
			r := ask(c[0], c[1], "/rpc/Runs/List", "{}")
			r.AddCookie(cookie)
			if a := h.do(r); a.StatusCode != want {
				t.Errorf("%v: %s", c, a.Status)
			}
		}
	}
}

func TestForwardedHeadersAreNotBelieved(t *testing.T) {
	h := newHouse(t)
	as := h.signIn()
	for _, header := range [][2]string{
		{"X-Forwarded-Host", "h"},
		{"X-Forwarded-For", "198.51.100.7"},
		{"X-Forwarded-Proto", "https"},
		{"X-Real-Ip", "198.51.100.7"},
		{"X-Original-Host", "h"},
		{"Forwarded", "for=198.51.100.7;host=h;proto=https"},
		{"X-Forwarded-Server", "h"},
		{"True-Client-Ip", "198.51.100.7"},
	} {
		value := header[1]
		if value == "h" {
			value = h.host
		}
		r := as(http.MethodPost, "/rpc/Runs/List", "{}")
		r.Header.Set(header[0], "evil.example")
		if a := h.do(r); a.StatusCode != http.StatusOK {
			t.Errorf("%s shuts out: %s", header[0], a.Status)
		}
		r = as(http.MethodPost, "/rpc/Runs/List", "{}")
		r.Host = "evil.example"
		r.Header.Set(header[0], value)
		if a := h.do(r); a.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("%s lets in: %s", header[0], a.Status)
		}
		r = h.request(http.MethodPost, "/session", `{"token":"x"}`)
		r.Header.Set(header[0], value)
		h.do(r)
	}
	rows, err := h.door.App().Store.Ledger(t.Context(), store.LedgerFilter{Kind: "login"})
	if err != nil || len(rows) < 2 {
		t.Fatal(rows, err)
	}
	for _, row := range rows {
		if strings.Contains(string(row.Content), "198.51") || !strings.Contains(string(row.Content), `"from":"127.0.0.1"`) {
			t.Errorf("%s", row.Content)
		}
	}
}

func TestTenThousandGuessesGetNowhere(t *testing.T) {
	h := newHouse(t)
	h.server.Link()
	looked := 0
	for i := range 10_000 {
		a := h.exchange(fmt.Sprintf("%043d", i))
		switch a.StatusCode {
		case http.StatusUnauthorized:
			looked++
		case http.StatusTooManyRequests:
		default:
			t.Fatal(a.Status, a.body)
		}
		if len(a.Cookies()) != 0 {
			t.Fatal("in")
		}
	}
	if looked != 10 {
		t.Errorf("%d were looked at", looked)
	}
	rows, err := h.door.App().Store.Ledger(t.Context(), store.LedgerFilter{Kind: "login"})
	if err != nil || len(rows) == 0 || len(rows) > 25 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestASessionIsNotChosenByWhoComes(t *testing.T) {
	h := newHouse(t)
	as := h.signIn()
	name := "steward-" + h.host[strings.LastIndexByte(h.host, ':')+1:]
	old, err := as(http.MethodGet, "/", "").Cookie(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, brought := range []string{old.Value, strings.Repeat("A", 43)} {
		r := h.request(http.MethodPost, "/session", fmt.Sprintf(`{"token":%q}`, tokenOf(t, h.server.Link())))
		r.AddCookie(&http.Cookie{Name: name, Value: brought})
		a := h.do(r)
		if a.StatusCode != http.StatusOK || a.Cookies()[0].Value == brought {
			t.Fatal(a.Status, "took up what was brought")
		}
		r = h.request(http.MethodPost, "/rpc/Runs/List", "{}")
		r.AddCookie(&http.Cookie{Name: name, Value: brought})
		if a := h.do(r); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("the session from before is still good: %s", a.Status)
		}
	}
}

func TestALockedSurfaceTakesNothingInAndElevationsComeByHeader(t *testing.T) {
	h := newHouse(t)
	as := h.signIn()
	const passphrase = "plum harbour ninety"
	if a := h.do(as(http.MethodPost, "/rpc/Lock/Set", `{"passphrase":"`+passphrase+`"}`)); a.StatusCode != http.StatusOK {
		t.Fatal(a.body)
	}
	if a := h.do(as(http.MethodPost, "/rpc/Lock/BeginSecondFactor", `{}`)); a.failure(t).Code != agents.CodeLocked {
		t.Error(a.body)
	}
	a := h.do(as(http.MethodPost, "/rpc/Lock/Elevate", `{"passphrase":"`+passphrase+`"}`))
	var e api.Elevated
	if err := json.Unmarshal([]byte(a.body), &e); err != nil || e.Elevation == "" {
		t.Fatal(a.body)
	}
	r := as(http.MethodPost, "/rpc/Lock/BeginSecondFactor", `{}`)
	r.Header.Set("Steward-Elevation", e.Elevation)
	if a := h.do(r); a.StatusCode != http.StatusOK {
		t.Error(a.body)
	}
	if a := h.do(as(http.MethodPost, "/rpc/Lock/Now", `{}`)); a.StatusCode != http.StatusOK {
		t.Fatal(a.body)
	}
	for _, path := range []string{"/rpc/Runs/List", "/upload?name=a.mbox"} {
		if a := h.do(as(http.MethodPost, path, "{}")); a.failure(t).Code != agents.CodeLocked {
			t.Errorf("%s: %s", path, a.body)
		}
	}
}
