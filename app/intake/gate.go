package intake

import "sync"

// gate bounds the bytes in flight. What is larger than the bound passes alone.
type gate struct {
	mu    sync.Mutex
	free  *sync.Cond
	bound int64
	used  int64
	waits bool
	ended bool
	full  chan struct{} // told when somebody begins to wait
}

func newGate(bound int64) *gate {
	g := &gate{bound: bound, full: make(chan struct{}, 1)}
	g.free = sync.NewCond(&g.mu)
	return g
}

func (g *gate) take(n int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.ended && g.used > 0 && g.used+n > g.bound {
		g.waits = true
		select {
		case g.full <- struct{}{}:
		default:
		}
		g.free.Wait()
	}
	g.waits = false
	g.used += n
}

func (g *gate) give(n int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.used -= n
	g.free.Broadcast()
}

// open lets everybody through: the import is over.
func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ended = true
	g.free.Broadcast()
}

// crowded reports whether somebody waits for room.
func (g *gate) crowded() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waits
}
