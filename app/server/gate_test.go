package server_test

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/server"
)

func TestALinkIsGoodOnceAndForAWhile(t *testing.T) {
	h := newHouse(t)
	link := h.server.Link()
	if !strings.HasPrefix(link, "http://"+h.host+"/#token=") || link == h.server.Link() {
		t.Error(link)
	}
	token := tokenOf(t, link)
	if a := h.do(h.request(http.MethodPost, "/rpc/Runs/List", "{}")); a.StatusCode != http.StatusUnauthorized || a.failure(t).Hint == "" {
		t.Error(a.Status, a.body)
	}
	a := h.exchange(token)
	if a.StatusCode != http.StatusOK {
		t.Fatal(a.Status, a.body)
	}
	cookie := a.Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/" || cookie.Domain != "" || len(cookie.Value) < 43 || cookie.Value == token {
		t.Errorf("%+v", cookie)
	}
	if a := h.exchange(token); a.StatusCode != http.StatusUnauthorized || !strings.Contains(a.failure(t).Hint, "--link") || len(a.Cookies()) != 0 {
		t.Error("used twice:", a.Status, a.body)
	}
	stale := tokenOf(t, h.server.Link())
	h.clock.turn(10*time.Minute - time.Second)
	fresh := tokenOf(t, h.server.Link())
	h.clock.turn(time.Second)
	if a := h.exchange(stale); a.StatusCode != http.StatusUnauthorized {
		t.Error("a stale link:", a.Status)
	}
	if a := h.exchange(fresh); a.StatusCode != http.StatusOK {
		t.Error("a fresh link:", a.Status)
	}
}

func TestASessionIsItsCookieAlone(t *testing.T) {
	h := newHouse(t)
	as := h.signIn()
	if a := h.do(as(http.MethodPost, "/rpc/Runs/List", "{}")); a.StatusCode != http.StatusOK || a.body != `{"runs":[]}` {
		t.Fatal(a.Status, a.body)
	}
	cookie, err := as(http.MethodGet, "/", "").Cookie("steward-" + h.host[strings.LastIndexByte(h.host, ':')+1:])
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []http.Cookie{
		{Name: cookie.Name, Value: ""},
		{Name: cookie.Name, Value: cookie.Value[1:]},
		{Name: cookie.Name, Value: cookie.Value + "A"},
		{Name: "steward", Value: cookie.Value},
		{Name: "steward-1", Value: cookie.Value},
	} {
		for _, path := range []string{"/rpc/Runs/List", "/upload?name=a.mbox"} {
			r := h.request(http.MethodPost, path, "{}")
			r.AddCookie(&wrong)
			if a := h.do(r); a.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s with %s: %s", path, wrong.String(), a.Status)
			}
		}
		r := h.request(http.MethodGet, "/events", "")
		r.AddCookie(&wrong)
		if a := h.do(r); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("events with %s: %s", wrong.String(), a.Status)
		}
	}
	h.clock.turn(31 * 24 * time.Hour)
	if a := h.do(as(http.MethodPost, "/rpc/Runs/List", "{}")); a.StatusCode != http.StatusUnauthorized {
		t.Error("a session of last month:", a.Status)
	}
}

func TestGuessingIsThrottled(t *testing.T) {
	h := newHouse(t)
	good := tokenOf(t, h.server.Link())
	refused := 0
	for range 30 {
		if a := h.exchange(strings.Repeat("A", 43)); a.StatusCode == http.StatusTooManyRequests && a.failure(t).Code == agents.CodeLimit {
			refused++
		}
	}
	if refused != 20 {
		t.Errorf("%d of 30 guesses were not looked at", refused)
	}
	if a := h.exchange(good); a.StatusCode != http.StatusTooManyRequests {
		t.Error("a guess among the throttled ones got in:", a.Status)
	}
	h.clock.turn(time.Second)
	if a := h.exchange(good); a.StatusCode != http.StatusOK {
		t.Error("after a moment:", a.Status, a.body)
	}
}

func TestOnlyThisHostsOwnPageIsAnswered(t *testing.T) {
	h := newHouse(t)
	as := h.signIn()
	_, port, _ := strings.Cut(h.host, ":")
	for _, c := range []struct {
		name   string
		change func(*http.Request)
		want   int
	}{
		{"the page", func(*http.Request) {}, 200},
		{"no browser", func(r *http.Request) { r.Header.Del("Origin") }, 200},
		{"typed", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "none") }, 200},
		{"same origin", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") }, 200},
		{"localhost", func(r *http.Request) { r.Host = "localhost:" + port; r.Header.Set("Origin", "http://localhost:"+port) }, 200},
		{"IPv6", func(r *http.Request) { r.Host = "[::1]:" + port; r.Header.Del("Origin") }, 200},
		{"a charset", func(r *http.Request) { r.Header.Set("Content-Type", "application/json; charset=utf-8") }, 200},
		{"a rebound name", func(r *http.Request) { r.Host = "evil.example:" + port }, 421},
		{"a rebound name and origin", func(r *http.Request) {
			r.Host = "evil.example:" + port
			r.Header.Set("Origin", "http://evil.example:"+port)
		}, 421},
		{"another port", func(r *http.Request) { r.Host = "127.0.0.1:1" }, 421},
		{"no port", func(r *http.Request) { r.Host = "127.0.0.1" }, 421},
		{"a longer name", func(r *http.Request) { r.Host = h.host + ".evil.example" }, 421},
		{"a foreign origin", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, 403},
		{"the origin of another port", func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:1") }, 403},
		{"the other name's origin", func(r *http.Request) { r.Header.Set("Origin", "http://localhost:"+port) }, 403},
		{"https", func(r *http.Request) { r.Header.Set("Origin", "https://"+h.host) }, 403},
		{"a sandboxed frame", func(r *http.Request) { r.Header.Set("Origin", "null") }, 403},
		{"an empty origin", func(r *http.Request) { r.Header.Set("Origin", "") }, 403},
		{"two origins", func(r *http.Request) { r.Header.Add("Origin", "https://evil.example") }, 403},
		{"cross-site", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site"); r.Header.Del("Origin") }, 403},
		{"same site", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site"); r.Header.Del("Origin") }, 403},
		{"a form", func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 415},
		{"text", func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 415},
		{"nothing said", func(r *http.Request) { r.Header.Del("Content-Type") }, 415},
	} {
		r := as(http.MethodPost, "/rpc/Runs/List", "{}")
		c.change(r)
		a := h.do(r)
		if a.StatusCode != c.want {
			t.Errorf("%s: %s %s", c.name, a.Status, a.body)
		}
		if a.StatusCode != http.StatusOK && a.failure(t).Hint == "" {
			t.Errorf("%s: no hint: %s", c.name, a.body)
		}
		if a.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: opened to others", c.name)
		}
	}
	r := h.request(http.MethodGet, "/", "")
	r.Host = "evil.example:" + port
	if a := h.do(r); a.StatusCode != http.StatusMisdirectedRequest || strings.Contains(a.body, "root") {
		t.Error("a rebound name gets the page:", a.Status)
	}
}

func TestListensOnlyWhereOthersCannotReach(t *testing.T) {
	for address, code := range map[string]string{
		"0.0.0.0:0": agents.CodeUnsupported, ":0": agents.CodeUnsupported, "[::]:0": agents.CodeUnsupported, "192.168.1.2:80": agents.CodeUnsupported,
		"example.com:80": agents.CodeUnsupported, "localhost.evil.example:0": agents.CodeUnsupported, "[fe80::1%lo]:0": agents.CodeUnsupported,
		"127.0.0.1": agents.CodeInvalid, "127.0.0.1:http": agents.CodeInvalid, "127.0.0.1:99999": agents.CodeInvalid, "": agents.CodeInvalid, "127.0.0.1:-1": agents.CodeInvalid,
	} {
		l, err := server.Listen(t.Context(), address, server.Protection{})
		if err == nil {
			l.Close()
		}
		if e := agents.AsError(err); err == nil || e.Code != code || e.Hint == "" {
			t.Errorf("%q: %v", address, err)
		}
	}
	l, err := server.Listen(t.Context(), "localhost:0", server.Protection{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := server.Listen(t.Context(), l.Addr().String(), server.Protection{}); agents.CodeOf(err) != agents.CodeConflict || !strings.Contains(agents.AsError(err).Hint, ":0") {
		t.Errorf("a port in use: %v", err)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	h := newHouse(t)
	h.client.CloseIdleConnections()
	var open []net.Conn
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	for range 200 {
		c, err := net.Dial("tcp", h.host)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
		if err := c.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 1)); err != nil && !strings.Contains(err.Error(), "timeout") {
			break
		}
	}
	if len(open) < 50 || len(open) > 110 {
		t.Errorf("%d connections were taken", len(open))
	}
	open[0].Close()
	for range 100 { // its place is free once the server has seen it
		if response, err := http.Get("http://" + h.host + "/icon.svg"); err == nil {
			response.Body.Close()
			return
		}
	}
	t.Error("no place became free")
}
