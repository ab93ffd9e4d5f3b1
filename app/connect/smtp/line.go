package smtp

import (
	"errors"
	"net"
	"sync/atomic"
	"time"
)

// maxReceived is how much a server may say in one conversation: a few lines is usual.
const maxReceived = 256 << 10

var errTooMuch = errors.New("it says too much")

// line is a connection on which each piece has its time, and on which a server cannot talk without end.
type line struct {
	net.Conn
	patience time.Duration
	left     int
	failed   atomic.Bool
}

func (l *line) setPatience(d time.Duration) { l.patience = d }

// cut reports whether something that was written did not leave whole.
func (l *line) cut() bool { return l.failed.Load() }

func (l *line) Read(p []byte) (int, error) {
	if err := l.Conn.SetReadDeadline(time.Now().Add(l.patience)); err != nil {
		return 0, err
	}
	n, err := l.Conn.Read(p)
	if l.left -= n; l.left < 0 {
		return 0, errTooMuch
	}
	return n, err
}

func (l *line) Write(p []byte) (int, error) {
	err := l.Conn.SetWriteDeadline(time.Now().Add(l.patience))
	n := 0
	if err == nil {
		n, err = l.Conn.Write(p)
	}
	if err != nil {
		l.failed.Store(true)
	}
	return n, err
}

// The deadlines are this type's own.

func (l *line) SetDeadline(time.Time) error      { return nil }
func (l *line) SetReadDeadline(time.Time) error  { return nil }
func (l *line) SetWriteDeadline(time.Time) error { return nil }
