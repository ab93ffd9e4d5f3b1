package owner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/stewardhq/steward/agents"
)

// The files in a home that are this package's.
const (
	LockName   = "lock"
	SocketName = "socket"
)

// ErrOwned is in the chain of the error of [Acquire] where another process owns the home.
var ErrOwned = errors.New("the home is owned")

// Owner is this process as the owner of a home.
type Owner struct {
	dir  string
	lock *flock.Flock

	mu      sync.Mutex
	server  *http.Server
	served  chan error // gets what the server ended with
	leaving chan struct{}
	drained bool
	closed  bool
}

// Acquire makes the home if it is not there, and owns it. Where another process does, the error is CodeConflict, names
// that process and has ErrOwned in its chain. A home that belongs to somebody else, or that others can write, is
// CodeDenied.
func Acquire(dir string) (*Owner, error) {
	dir, err := prepare(dir)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, LockName)
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, cannot("lock the home", err)
	}
	if !ok {
		return nil, owned(path)
	}
	o := &Owner{dir: dir, lock: lock, leaving: make(chan struct{})}
	if err := sign(path); err != nil {
		_ = lock.Unlock() // the first error says more
		return nil, cannot("write the home's lock", err)
	}
	return o, nil
}

// mark is what stands in the lock file, for messages only.
type mark struct {
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
}

func sign(path string) error {
	b, err := json.Marshal(mark{PID: os.Getpid(), Started: time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return fmt.Errorf("marshal lock: %w", err)
	}
	return os.WriteFile(path, append(b, '\n'), 0o600)
}

func owned(path string) error {
	e := &agents.Error{
		Code: agents.CodeConflict, Message: "another Steward has this home open",
		Hint: "quit it, or name another home with --home", Err: ErrOwned,
	}
	var m mark
	if b, err := os.ReadFile(path); err == nil && json.Unmarshal(b, &m) == nil && m.PID > 0 {
		e.Message = fmt.Sprintf("another Steward (process %d, since %s) has this home open", m.PID, m.Started.Local().Format("2006-01-02 15:04"))
	}
	return e
}

// Serve begins to answer requests on the home's socket and returns. The handler sees only requests of the same user; it
// recovers its own panics, and ends its streams when [Owner.Leaving] is closed.
func (o *Owner) Serve(handler http.Handler) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.drained || o.server != nil {
		return &agents.Error{Code: agents.CodeInternal, Message: "the home's socket is served already, or no more", Hint: "report this"}
	}
	path := filepath.Join(o.dir, SocketName)
	if err := removeSocket(path); err != nil { // of an owner that was killed: we have the lock, so nobody listens
		return err
	}
	listener, err := listen(o.dir)
	if err != nil {
		return cannot("open the home's socket", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(cannot("close the home's socket to others", err), listener.Close())
	}
	o.server = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // a peer that goes away in the middle is nobody's news
	}
	o.served = make(chan error, 1)
	go func() { o.served <- o.server.Serve(peers{listener}) }()
	return nil
}

// Leaving is closed when the owner begins to leave: the time for streams to end.
func (o *Owner) Leaving() <-chan struct{} { return o.leaving }

// Drain stops serving: no new requests, those in flight finish, then the socket goes. The home stays owned, so that what
// was served can be closed before the next owner opens it. Requests that are still in flight when ctx ends are cut off.
func (o *Owner) Drain(ctx context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.drained {
		return nil
	}
	o.drained = true
	close(o.leaving)
	if o.server == nil {
		return nil
	}
	var errs []error
	if err := o.server.Shutdown(ctx); err != nil {
		errs = append(errs, fmt.Errorf("wait for requests: %w", err), o.server.Close())
	}
	if err := <-o.served; !errors.Is(err, http.ErrServerClosed) {
		errs = append(errs, fmt.Errorf("serve: %w", err))
	}
	errs = append(errs, removeSocket(filepath.Join(o.dir, SocketName)))
	return errors.Join(errs...)
}

// Close drains, then gives the home up. Closing twice does nothing.
func (o *Owner) Close(ctx context.Context) error {
	err := o.Drain(ctx)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return err
	}
	o.closed = true
	if unlocking := o.lock.Unlock(); unlocking != nil {
		err = errors.Join(err, fmt.Errorf("unlock the home: %w", unlocking))
	}
	return err
}

func removeSocket(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && info.Mode()&os.ModeSocket == 0 {
		return &agents.Error{Code: agents.CodeConflict, Message: "in the home is a file named socket that is not a socket", Hint: "move " + path + " elsewhere"}
	}
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannot("remove the home's old socket", err)
	}
	return nil
}

func cannot(what string, cause error) error {
	return &agents.Error{Code: agents.CodeUnavailable, Message: "cannot " + what, Hint: "check that the home is yours, is on a local disk and has room", Err: cause}
}

// peers lets only processes of the same user in.
type peers struct{ *net.UnixListener }

func (p peers) Accept() (net.Conn, error) {
	for {
		conn, err := p.AcceptUnix()
		if err != nil {
			return nil, err
		}
		if sameUser(conn) == nil {
			return conn, nil
		}
		_ = conn.Close() // says nothing to a stranger
	}
}
