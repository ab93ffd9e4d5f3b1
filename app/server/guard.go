package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
)

// guarded refuses what another page, or a name that was bound to this address, would send, and protects every answer.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := protect(w.Header())
		origins := r.Header.Values("Origin")
		site := r.Header.Get("Sec-Fetch-Site")
		switch {
		case !s.hosts[r.Host]:
			refuse(w, http.StatusMisdirectedRequest, denied("this is not the host that Steward serves"))
		case len(origins) > 1, len(origins) == 1 && origins[0] != s.scheme+"://"+r.Host, site != "" && site != "same-origin" && site != "none":
			refuse(w, http.StatusForbidden, denied("another page asked for this"))
		case r.Method == http.MethodPost && r.URL.Path != "/upload" && !isJSON(r):
			refuse(w, http.StatusUnsupportedMediaType, invalid("a call is made with JSON", "set Content-Type: application/json"))
		default:
			next.ServeHTTP(w, withNonce(r, nonce))
		}
	})
}

// protect puts the headers on an answer that keep a browser from doing more with it than the page needs.
func protect(h http.Header) (nonce string) {
	nonce = secret()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"+nonce+"'; img-src 'self' data:; "+
		"font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	return nonce
}

func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

func denied(message string) *agents.Error {
	return &agents.Error{Code: agents.CodeDenied, Message: message, Hint: "open the link that steward serve printed"}
}

func invalid(message, hint string) *agents.Error {
	return &agents.Error{Code: agents.CodeInvalid, Message: message, Hint: hint}
}

// refuse answers with an error.
func refuse(w http.ResponseWriter, status int, e *agents.Error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	write(w, failure{e})
}

type failure struct {
	Error *agents.Error `json:"error"`
}

func write(w http.ResponseWriter, answer any) {
	raw, err := json.Marshal(answer)
	if err != nil {
		panic(fmt.Sprintf("server: an answer cannot be written: %v", err))
	}
	answering(w)
	_, _ = w.Write(raw) // whoever asked may have gone
}

// body reads a request to its end, bounded in size and time. The server lifts the bound once it has all of it: a call may
// take longer.
func body(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyWithin)) // where it cannot be set there is none
	return io.ReadAll(http.MaxBytesReader(w, r.Body, most))
}

// answering bounds how long an answer may take to be taken.
func answering(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerWithin)) // as above
}

type token struct {
	Token string `json:"token"`
	Code  string `json:"code"` // of the second factor, where one is asked for
}

// enter exchanges a link's token for a session.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) {
	raw, err := body(w, r, 4<<10)
	var in token
	if err == nil {
		err = json.Unmarshal(raw, &in)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, invalid("the token cannot be read", `send {"token":"…"}`))
		return
	}
	ctx := api.WithCaller(r.Context(), api.Caller{Via: api.ViaPage, From: from(r)})
	if s.options.SecondFactor && in.Code == "" && s.gate.good(in.Token) { // the page cannot know, and asks for the code now
		refuse(w, http.StatusUnauthorized, &agents.Error{Code: agents.CodeDenied, Message: "a code of your second factor is needed", Hint: "type the one that your authenticator shows"})
		return
	}
	if s.options.SecondFactor && s.gate.good(in.Token) {
		// The link stays good: a code is mistyped easily, and guessing them is throttled on its own.
		if err := s.options.Surface.CheckCode(ctx, in.Code); err != nil {
			s.options.Surface.LoggedIn(ctx, "session", err)
			refuse(w, http.StatusUnauthorized, agents.AsError(err))
			return
		}
	}
	session, ok, throttled := s.gate.admit(in.Token)
	switch {
	case throttled:
		e := &agents.Error{Code: agents.CodeLimit, Message: "too many wrong links", Hint: "wait a moment, then open a fresh one: steward serve --link"}
		s.options.Surface.LoggedIn(ctx, "session", e)
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, e)
	case !ok:
		e := &agents.Error{Code: agents.CodeDenied, Message: "this link was used already, or is too old", Hint: "steward serve --link prints a fresh one"}
		s.options.Surface.LoggedIn(ctx, "session", e)
		refuse(w, http.StatusUnauthorized, e)
	default:
		if old, err := r.Cookie(s.cookie); err == nil {
			s.gate.end(old.Value) // one browser has one session; what it came with is not taken up
		}
		s.options.Surface.LoggedIn(api.WithCaller(ctx, s.caller(r, session)), "session", nil)
		http.SetCookie(w, &http.Cookie{Name: s.cookie, Value: session, Path: "/", HttpOnly: true, Secure: s.options.TLS != nil, SameSite: http.SameSiteStrictMode})
		w.Header().Set("Content-Type", "application/json")
		write(w, struct{}{})
	}
}

// ElevationHeader is where a call says which elevation it has.
const ElevationHeader = "Steward-Elevation"

// from is the address of who speaks to this server: the connection's, whatever headers say that somebody else does.
func from(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// caller is who makes a request of a session. The session's name is made of its cookie, and does not tell it.
func (s *Server) caller(r *http.Request, session string) api.Caller {
	sum := sha256.Sum256([]byte("steward session\x00" + session))
	return api.Caller{Via: api.ViaPage, From: from(r), Session: hex.EncodeToString(sum[:8]), Elevation: r.Header.Get(ElevationHeader)}
}

// inSession lets only requests of a session through.
func (s *Server) inSession(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookie, err := r.Cookie(s.cookie)
		if err != nil || !s.gate.knows(cookie.Value) {
			refuse(w, http.StatusUnauthorized, &agents.Error{Code: agents.CodeDenied, Message: "this page has no session, or it ended", Hint: "open a fresh link: steward serve --link"})
			return
		}
		next.ServeHTTP(w, r.WithContext(api.WithCaller(r.Context(), s.caller(r, cookie.Value))))
	})
}

// Link gives a link that begins one session, within the next minutes.
func (s *Server) Link() string {
	return s.scheme + "://" + s.address + "/#token=" + s.gate.link()
}
