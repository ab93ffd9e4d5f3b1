package sandbox

import (
	"bytes"
	"errors"
	"sync"
)

// tail keeps the first words of a dying process; what it says after them is thrown away.
type tail struct {
	mu   sync.Mutex
	kept bytes.Buffer
}

const tailBytes = 4 << 10

// Write keeps what still fits and never fails, so that the process does not stall.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept.Write(p[:min(len(p), tailBytes-t.kept.Len())])
	return len(p), nil
}

// outOfMemory reports whether the Go runtime gave up for want of memory.
func (t *tail) outOfMemory() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Contains(t.kept.Bytes(), []byte("out of memory")) || bytes.Contains(t.kept.Bytes(), []byte("cannot allocate memory"))
}

func (t *tail) err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept.Len() == 0 {
		return nil
	}
	return errors.New(t.kept.String())
}
