package link

import (
	"bytes"
	"crypto/sha256"
	"fmt"
)

// Check follows a stretch of the chain, row by row. Its zero value, with OK set, begins at the first row.
type Check struct {
	Verification
	Last int64             // seq of the row before the next
	Hash [sha256.Size]byte // of the chain up to there
}

// Begin is a check that goes on from a row, taken as it is.
func Begin(last int64, hash []byte) *Check {
	c := &Check{Last: last}
	c.OK = true
	copy(c.Hash[:], hash)
	return c
}

// Next holds a row against the one before it. Content gives what the row commits to, salt and content, or nil where that
// was erased.
func (c *Check) Next(l Link, commitment, hash []byte, content func() ([]byte, error)) {
	c.Rows++
	if !c.OK {
		return
	}
	want := c.Last + 1
	if l.Seq != want {
		c.Bad(want, Missing(want))
		return
	}
	copy(l.Commitment[:], commitment)
	c.Last, c.Hash = want, l.Next(c.Hash)
	if len(commitment) != sha256.Size || !bytes.Equal(c.Hash[:], hash) {
		c.Bad(want, fmt.Sprintf("row %d was changed", want))
		return
	}
	plain, err := content()
	if err != nil || plain != nil && sha256.Sum256(plain) != l.Commitment {
		c.Bad(want, fmt.Sprintf("the content of row %d was changed", want))
	}
}

// Missing says that a row is not there.
func Missing(seq int64) string { return fmt.Sprintf("row %d is missing", seq) }
