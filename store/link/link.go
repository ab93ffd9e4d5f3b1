// Package link is the ledger's chain: how the hash after a row follows from the row and the hash before it, and the
// checkpoint that is kept of its end outside the database.
package link

import (
	"crypto/sha256"
	"encoding/binary"
)

// Link is a row of the chain without its content, which it commits to.
type Link struct {
	Seq        int64
	Micros     int64
	Kind, Run  string
	Step       int
	Commitment [sha256.Size]byte
}

// Next is the chain's hash after this link.
func (l Link) Next(prev [sha256.Size]byte) [sha256.Size]byte {
	b := make([]byte, 0, 160+len(l.Kind)+len(l.Run))
	b = append(b, prev[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(l.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(l.Micros))
	b = binary.BigEndian.AppendUint32(b, uint32(len(l.Kind)))
	b = append(b, l.Kind...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(l.Run)))
	b = append(b, l.Run...)
	b = binary.BigEndian.AppendUint64(b, uint64(l.Step))
	return sha256.Sum256(append(b, l.Commitment[:]...))
}
