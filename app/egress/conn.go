package egress

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
)

// counted is a connection that counts what goes through it, and tells of it when it is closed.
type counted struct {
	net.Conn
	dialer    *Dialer
	ctx       context.Context
	egress    Egress
	sent      atomic.Int64
	received  atomic.Int64
	encrypted atomic.Bool
	broken    atomic.Bool
	once      sync.Once
	recorded  error
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.received.Add(int64(n))
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.sent.Add(int64(n))
	if err != nil {
		c.broken.Store(true)
	}
	return n, err
}

// Close ends the connection, and writes down what went through it.
func (c *counted) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		e := c.egress
		e.State, e.Took = Over, c.dialer.options.Now().Sub(e.Started)
		if c.broken.Load() {
			e.State = Failed
		}
		e.BytesSent, e.BytesReceived, e.Encrypted = c.sent.Load(), c.received.Load(), c.encrypted.Load()
		c.recorded = c.dialer.tell(c.ctx, e)
	})
	return errors.Join(err, c.recorded)
}

// Encrypted notes, of a connection that a dialer made, that what goes through it from now on is encrypted.
func Encrypted(conn net.Conn) {
	if c, ok := conn.(*counted); ok {
		c.encrypted.Store(true)
	}
}
