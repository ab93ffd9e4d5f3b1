package script

import (
	"fmt"

	"github.com/go-sourcemap/sourcemap"
)

// Map leads from the JavaScript back to the TypeScript. A nil Map leads nowhere.
type Map struct {
	consumer *sourcemap.Consumer
}

// ParseMap reads the source map of a [Compiled].
func ParseMap(b []byte) (*Map, error) {
	c, err := sourcemap.Parse("", b)
	if err != nil {
		return nil, fmt.Errorf("parse source map: %w", err)
	}
	return &Map{consumer: c}, nil
}

// Position gives the TypeScript's line and column for the JavaScript's, all from 1; 0 if there is none.
func (m *Map) Position(line, column int) (int, int) {
	if m == nil || line < 1 || column < 1 {
		return 0, 0
	}
	_, _, l, c, ok := m.consumer.Source(line, column-1)
	if !ok {
		return 0, 0
	}
	if l == 1 {
		c = max(c-len(prefix), 0)
	}
	return l, c + 1
}
