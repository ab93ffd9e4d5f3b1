package web_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/connect/web"
)

// TestMain names a proxy for all tests: net/http reads the environment only once.
func TestMain(m *testing.M) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"} {
		if err := os.Setenv(name, "http://proxy.example:3128"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// book is where requests are written down.
type book struct {
	mu   sync.Mutex
	rows []web.Egress
	fail error
}

func (b *book) record(ctx context.Context, e web.Egress) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("what happened must be written down after its end too: %w", err)
	}
	b.rows = append(b.rows, e)
	return b.fail
}

func (b *book) states() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, row := range b.rows {
		all = append(all, string(row.State)+" "+row.Host)
	}
	return strings.Join(all, ", ")
}

// names resolves without a network. Each lookup of a name takes its next answer; the last one stays.
type names struct {
	mu      sync.Mutex
	answers map[string][][]string
	asked   int
}

func (n *names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked++
	left := n.answers[host]
	if len(left) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if len(left) > 1 {
		n.answers[host] = left[1:]
	}
	var ips []netip.Addr
	for _, ip := range left[0] {
		ips = append(ips, netip.MustParseAddr(ip))
	}
	return ips, nil
}

func client(t *testing.T, o web.Options) (*http.Client, *book) {
	t.Helper()
	b := &book{}
	o.Record = b.record
	c, err := web.New(o)
	if err != nil {
		t.Fatalf("new client: %v", err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c, b
}

func server(t *testing.T, handler http.HandlerFunc) (url, host string) {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.URL, strings.TrimPrefix(s.URL, "http://")
}

func get(c *http.Client, url string) (string, error) {
	answer, err := c.Get(url)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(answer.Body)
	return string(b), errors.Join(err, answer.Body.Close())
}

func wantCode(t *testing.T, err error, code, says string) {
	t.Helper()
	if agents.CodeOf(err) != code || !strings.Contains(agents.AsError(err).Message, says) || agents.AsError(err).Hint == "" {
		t.Fatalf("got %v (%s), want code %s and %q", err, agents.CodeOf(err), code, says)
	}
}

func TestRequestIsWrittenDown(t *testing.T) {
	url, host := server(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write(b)
	})
	c, b := client(t, web.Options{Allow: []string{host}, Why: "model"})
	ctx := web.WithPurpose(t.Context(), "run-1", "the model writes the script")
	secret := "token=sekrit"
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/path-"+secret+"?"+secret, strings.NewReader("four"))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got, err := io.ReadAll(answer.Body); string(got) != "four" || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	if got, want := b.states(), "leaving "+host+", over "+host; got != want {
		t.Fatalf("written down: %s; want %s", got, want)
	}
	e := b.rows[1]
	if e.Run != "run-1" || e.Why != "the model writes the script" || e.Status != http.StatusAccepted || e.Method != http.MethodPost || e.BytesReceived != 4 || e.BytesSent < 60 || e.Encrypted {
		t.Errorf("written down: %+v", e)
	}
	if strings.Contains(fmt.Sprintf("%+v", b.rows), "sekrit") {
		t.Error("a secret of the path is written down")
	}
	if _, err := get(c, url); err != nil || b.rows[3].Why != "model" || b.rows[3].Run != "" {
		t.Errorf("without a purpose: %+v, %v", b.rows[3], err)
	}
}

func TestWhatIsNotWrittenDownDoesNotLeave(t *testing.T) {
	url, host := server(t, func(http.ResponseWriter, *http.Request) { t.Error("it left") })
	c, b := client(t, web.Options{Allow: []string{host}})
	b.fail = errors.New("disk full")
	if _, err := get(c, url); !errors.Is(err, b.fail) {
		t.Errorf("got %v", err)
	}
	if _, err := web.New(web.Options{}); err == nil {
		t.Error("a client that tells nobody was made")
	}
}

func TestOnlyListedHosts(t *testing.T) {
	url, host := server(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") })
	_, port, _ := net.SplitHostPort(host)
	c, b := client(t, web.Options{Allow: []string{host, "api.example.com:443", "localhost:" + port}})
	for _, same := range []string{url, "http://localhost:" + port, "http://LOCALHOST:" + port, "http://[::ffff:127.0.0.1]:" + port} {
		if got, err := get(c, same); err != nil || got != "here" {
			t.Errorf("%s: %q, %v", same, got, err)
		}
	}
	b.rows = nil
	attacks := []string{
		"http://127.1:" + port, "http://2130706433:" + port, "http://0x7f000001:" + port, "http://017700000001:" + port,
		"http://0x7f.1:" + port, "http://0177.0.0.1:" + port, "http://127.0.0.1.:" + port, "http://１２７.0.0.1:" + port,
		"http://127。0。0。1:" + port, "http://0:" + port, "http://0.0.0.0:" + port, "http://[::]:" + port, "http://[::1]:" + port,
		"http://[::1%25lo]:" + port, "http://127.0.0.2:" + port, "http://localhost.:" + port, "http://x.localhost:" + port,
		"http://169.254.169.254/latest/meta-data", "http://metadata.google.internal", "http://[fd00:ec2::254]/",
		"http://api.example.com", "https://api.example.com:8443", "https://api.example.com.:443", "https://api.example.com.evil.example",
		"https://evil.example#api.example.com:443", "http://user:pw@127.0.0.1:" + port, "file:///etc/passwd", "ftp://127.0.0.1:" + port,
	}
	for _, attack := range attacks {
		_, err := get(c, attack)
		if agents.CodeOf(err) != agents.CodeDenied && !badURL(err) {
			t.Errorf("%s: %v", attack, err)
		}
	}
	for _, row := range b.rows {
		if row.State != web.Refused || row.BytesSent != 0 || row.Code != agents.CodeDenied {
			t.Errorf("written down: %+v", row)
		}
	}
	if len(b.rows) < len(attacks)-2 {
		t.Errorf("%d refusals are written down of %d", len(b.rows), len(attacks))
	}
}

// badURL reports that net/url itself refused.
func badURL(err error) bool {
	var u *url.Error
	return errors.As(err, &u) && u.Op == "parse"
}

func TestAnotherHostHeaderIsRefused(t *testing.T) {
	url, host := server(t, func(http.ResponseWriter, *http.Request) { t.Error("it left") })
	c, _ := client(t, web.Options{Allow: []string{host}})
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	r.Host = "other.example"
	_, err := c.Do(r) //nolint:bodyclose // it is refused: there is no answer
	wantCode(t, err, agents.CodeDenied, "another host")
}

func TestMisspeltLists(t *testing.T) {
	for _, entry := range []string{
		"", "example.com", "example.com:", "example.com:0", "example.com:65536", "example.com:+80", "example.com:080", "http://example.com:80",
		"exa mple.com:80", "*.example.com:443", ".example.com:443", "example.com.:443", "127.1:80", "0x7f.0.0.1:80", "2130706433:80",
		"[fe80::1%eth0]:80", "a_b.example:443", "user@example.com:443", ":443", "1.2.3.4.5:80",
	} {
		_, err := web.New(web.Options{Allow: []string{entry}, Record: (&book{}).record})
		wantCode(t, err, agents.CodeInvalid, "host and port")
	}
}

func TestAddressesBehindNames(t *testing.T) {
	_, host := server(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") })
	const public, private = "public", "private"
	for ips, reachable := range map[string]string{
		"93.184.215.14": public, "2606:2800:21f::1": public, "64:ff9b::5db8:d70e": public, "::ffff:93.184.215.14": public,
		"127.0.0.1": private, "127.9.9.9": private, "10.1.2.3": private, "172.16.0.1": private, "172.31.255.255": private,
		"192.168.1.1": private, "100.64.0.1": private, "::1": private, "fd12::1": private, "::ffff:10.0.0.1": private,
		"93.184.215.14 10.0.0.1": private,
		"0.0.0.0":                "", "169.254.169.254": "", "::ffff:169.254.169.254": "", "fd00:ec2::254": "", "168.63.129.16": "",
		"100.100.100.200": "", "192.0.2.1": "", "198.18.0.1": "", "224.0.0.1": "", "255.255.255.255": "", "::": "", "fe80::1": "",
		"ff02::1": "", "2001:db8::1": "", "64:ff9b::7f00:1": "", "64:ff9b::a9fe:a9fe": "", "2002:7f00:1::1": "", "2001::1": "",
		"::127.0.0.1": "", "fec0::1": "", "93.184.215.14 169.254.169.254": "",
	} {
		for list, allowed := range map[string]bool{public: reachable == public, private: reachable != ""} {
			resolver := &names{answers: map[string][][]string{"api.example.com": {strings.Fields(ips)}}}
			o := web.Options{Resolver: resolver, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "tcp", host)
			}}
			if list == public {
				o.Allow = []string{"api.example.com:80"}
			} else {
				o.Private = []string{"api.example.com:80"}
			}
			c, b := client(t, o)
			_, err := get(c, "http://api.example.com/")
			if allowed != (err == nil) {
				t.Errorf("%s as %s: %v", ips, list, err)
			}
			if !allowed {
				wantCode(t, err, agents.CodeDenied, "not public")
				if got := b.states(); got != "leaving api.example.com:80, refused api.example.com:80" || b.rows[1].BytesSent != 0 {
					t.Errorf("written down: %s, %+v", got, b.rows)
				}
			}
		}
	}
}

// TestNameThatFlips has a resolver that answers well once, and then with this machine, as in DNS rebinding.
func TestNameThatFlips(t *testing.T) {
	_, host := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close") // so that the next request connects anew
		_, _ = io.WriteString(w, "here")
	})
	resolver := &names{answers: map[string][][]string{"api.example.com": {{"93.184.215.14"}, {"127.0.0.1"}}}}
	var dialed []string
	c, _ := client(t, web.Options{Allow: []string{"api.example.com:80"}, Resolver: resolver, Dial: func(ctx context.Context, _, address string) (net.Conn, error) {
		dialed = append(dialed, address)
		return new(net.Dialer).DialContext(ctx, "tcp", host)
	}})
	if _, err := get(c, "http://api.example.com/"); err != nil {
		t.Fatal(err)
	}
	if resolver.asked != 1 {
		t.Errorf("the name was resolved %d times for one connection: the second answer was not checked", resolver.asked)
	}
	_, err := get(c, "http://api.example.com/")
	wantCode(t, err, agents.CodeDenied, "not public")
	if len(dialed) != 1 || dialed[0] != "93.184.215.14:80" {
		t.Errorf("connected to %v", dialed)
	}
}

func TestFirstAddressThatAnswers(t *testing.T) {
	_, host := server(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") })
	resolver := &names{answers: map[string][][]string{"api.example.com": {{"2606:2800:21f::1", "93.184.215.14"}}, "down.example.com": {{"93.184.215.14"}}}}
	c, b := client(t, web.Options{Allow: []string{"api.example.com:80", "down.example.com:81", "none.example.com:80"}, Resolver: resolver, Dial: func(ctx context.Context, _, address string) (net.Conn, error) {
		if address != "93.184.215.14:80" {
			return nil, errors.New("no route")
		}
		return new(net.Dialer).DialContext(ctx, "tcp", host)
	}})
	if got, err := get(c, "http://api.example.com/"); err != nil || got != "here" {
		t.Errorf("%q, %v", got, err)
	}
	for _, dead := range []string{"http://down.example.com:81", "http://none.example.com"} {
		b.rows = nil
		_, err := get(c, dead)
		wantCode(t, err, agents.CodeUnavailable, "cannot be reached")
		if len(b.rows) != 2 || b.rows[1].State != web.Failed || b.rows[1].Code != agents.CodeUnavailable {
			t.Errorf("written down: %+v", b.rows)
		}
	}
}

func TestNoProxyAndNoCookies(t *testing.T) {
	url, host := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "" {
			t.Errorf("a cookie came: %s", r.Header.Get("Cookie"))
		}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
	})
	resolver := &names{answers: map[string][][]string{"api.example.com": {{"93.184.215.14"}}}}
	c, _ := client(t, web.Options{Allow: []string{host, "api.example.com:80"}, Resolver: resolver, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", host)
	}})
	c.Jar, _ = cookiejar.New(nil) // even if a library gives it a jar
	for range 2 {
		for _, u := range []string{url, "http://api.example.com"} {
			if _, err := get(c, u); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestTLS(t *testing.T) {
	for name, c := range map[string]struct {
		most  uint16
		trust bool
		code  string
	}{
		"1.3":           {tls.VersionTLS13, true, ""},
		"1.2":           {tls.VersionTLS12, true, ""},
		"1.1":           {tls.VersionTLS11, true, agents.CodeUnavailable},
		"not vouched":   {tls.VersionTLS13, false, agents.CodeDenied},
		"HTTP/2 inside": {0, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }))
			s.EnableHTTP2 = c.most == 0
			s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: c.most}
			s.Config.ErrorLog = quiet
			s.StartTLS()
			defer s.Close()
			roots := x509.NewCertPool()
			if c.trust {
				roots.AddCert(s.Certificate())
			}
			cl, b := client(t, web.Options{Allow: []string{strings.TrimPrefix(s.URL, "https://")}, Roots: roots})
			got, err := get(cl, s.URL)
			if agents.CodeOf(err) != c.code {
				t.Fatalf("%v (%s)", err, agents.CodeOf(err))
			}
			if err == nil && (!b.rows[1].Encrypted || (c.most == 0) != (got == "HTTP/2.0")) {
				t.Errorf("%+v over %s", b.rows[1], got)
			}
		})
	}
}

func TestAnswersThatAreTooMuch(t *testing.T) {
	stop := make(chan struct{})
	url, host := server(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/long":
			for range 100 {
				_, _ = w.Write(make([]byte, 1000))
			}
		case "/hangs":
			_, _ = io.WriteString(w, "a")
			w.(http.Flusher).Flush()
			<-stop
		case "/silent":
			<-stop
		case "/broken":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "a")
		}
	})
	t.Cleanup(func() { close(stop) })
	c, b := client(t, web.Options{Allow: []string{host}, MaxBytes: 50_000, IdleTimeout: 30 * time.Millisecond, HeaderTimeout: 300 * time.Millisecond})
	for path, want := range map[string]string{"/long": agents.CodeLimit, "/hangs": agents.CodeUnavailable, "/silent": agents.CodeUnavailable, "/broken": ""} {
		b.rows = nil
		_, err := get(c, url+path)
		if err == nil || want != "" && agents.CodeOf(err) != want {
			t.Errorf("%s: %v", path, err)
		}
		if len(b.rows) != 2 || b.rows[1].State != web.Failed {
			t.Errorf("%s is written down as %+v", path, b.rows)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, url+"/hangs", nil)
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	b.rows = nil
	cancel()
	_ = answer.Body.Close()
	_ = answer.Body.Close()
	if got := b.states(); got != "over "+host {
		t.Errorf("given up in the middle: written down %q", got)
	}
}
