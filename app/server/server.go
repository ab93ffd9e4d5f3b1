// Package server serves the surface over HTTP: to other commands on the home's socket ([Socket]), and to a browser, on this
// machine or, with TLS and a second factor, on another ([Server]): methods under /rpc, what happens as server-sent events under /events, the page's files, and uploads.
//
// A browser is a way in for every page that it has open, so a request is answered only if it names this server as its
// host and its origin, and carries the cookie of a session. A session is begun with the token of a link, which is good
// once, for a while, and reaches no log, since it stands behind the # of the link.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/engine"
)

const (
	maxHeader      = 16 << 10 // bytes
	maxRequest     = 4 << 20  // bytes of a call's body
	maxConnections = 96
	maxStreams     = 24
	headerWithin   = 5 * time.Second
	bodyWithin     = 30 * time.Second // for a call's body; an upload has it for each piece
	writeWithin    = 30 * time.Second // for each piece of a stream
	answerWithin   = 2 * time.Minute  // for any other answer
	idleWithin     = 2 * time.Minute
	beat           = 15 * time.Second // between signs of life in a stream
)

// Options is what a server needs.
type Options struct {
	Listener net.Listener // of Listen; the server closes it
	Surface  *api.Surface
	Events   *engine.Events
	Files    fs.FS            // the built page
	Now      func() time.Time // nil for time.Now
	// Later calls f after d, unless stop is called before; nil for the real clock.
	Later func(d time.Duration, f func()) (stop func() bool)
	// TLS is what a server needs that others can reach; nil on loopback. Hosts are the names under which it is called then,
	// each with a port or without.
	TLS   *tls.Config
	Hosts []string
	// SecondFactor asks for a code of the second factor where a session begins.
	SecondFactor bool
}

// Server answers a browser on this machine.
type Server struct {
	options Options
	files   files
	gate    gate
	streams chan struct{}   // holds a token for each stream
	uploads chan struct{}   // likewise
	base    context.Context // ends when the server closes: the time for streams to end
	stop    context.CancelFunc
	http    http.Server
	hosts   map[string]bool // under which this server may be called
	address string
	scheme  string
	cookie  string
}

// New makes a server. It answers once Serve is called.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Later == nil {
		o.Later = func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }
	}
	s := &Server{
		options: o, files: newFiles(o.Files), gate: newGate(o.Now),
		streams: make(chan struct{}, maxStreams), uploads: make(chan struct{}, 1),
	}
	s.at(o.Listener.Addr())
	s.base, s.stop = context.WithCancel(context.Background())
	s.http = http.Server{
		Handler: s.guarded(s.routes()), ReadHeaderTimeout: headerWithin, IdleTimeout: idleWithin, MaxHeaderBytes: maxHeader,
		ErrorLog: log.New(io.Discard, "", 0), // a peer that goes away in the middle is nobody's news
	}
	return s
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /session", s.enter)
	mux.Handle("POST /rpc/{service}/{method}", s.inSession(http.HandlerFunc(s.rpc)))
	mux.Handle("GET /events", s.inSession(http.HandlerFunc(s.events)))
	mux.Handle("POST /upload", s.inSession(http.HandlerFunc(s.upload)))
	mux.HandleFunc("GET /", s.files.serve)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", "GET, POST")
		refuse(w, http.StatusMethodNotAllowed, invalid("this is not how to ask here", "calls are POST /rpc/{Service}/{Method}; pages are GET"))
	})
	return mux
}

// Serve answers until Close. It returns nil then.
func (s *Server) Serve() error {
	if protection := (Protection{s.options.TLS, s.options.SecondFactor}); !Loopback(s.options.Listener) && !protection.complete() {
		return &agents.Error{Code: agents.CodeUnsupported, Message: "Steward does not serve others without TLS and a second factor", Hint: "listen on 127.0.0.1"}
	}
	l := limited(s.options.Listener, maxConnections)
	if s.options.TLS != nil {
		l = tls.NewListener(l, s.options.TLS)
	}
	if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends the streams, lets other requests finish as long as ctx lasts, and cuts off those that do not.
func (s *Server) Close(ctx context.Context) error {
	s.stop()
	if s.http.Shutdown(ctx) != nil {
		return s.http.Close()
	}
	return nil
}
