package web_test

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/connect/web"
)

func TestAServerWithoutEncryptionIsSaidToBeThat(t *testing.T) {
	_, host := server(t, func(http.ResponseWriter, *http.Request) { t.Error("it was asked") })
	c, _ := client(t, web.Options{Allow: []string{host}})
	_, err := get(c, "https://"+host)
	wantCode(t, err, agents.CodeUnavailable, "does not answer in https")
	if hint := agents.AsError(err).Hint; !strings.Contains(hint, "http://") {
		t.Errorf("the hint does not name the fix: %s", hint)
	}
}

func TestAServerThatSpeaksNeitherIsSaidToBeThat(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("220 mail.example ESMTP\r\n"))
			_ = conn.Close()
		}
	}()
	host := l.Addr().String()
	c, _ := client(t, web.Options{Allow: []string{host}})
	_, err = get(c, "https://"+host)
	wantCode(t, err, agents.CodeUnavailable, "does not answer in https")
}
