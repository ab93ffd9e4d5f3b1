// Package frame is the wire between Steward and its sandboxed child: length-prefixed JSON over two pipes.
//
// A frame is four bytes, the payload's length in big-endian order, and the payload: one JSON object. The parent treats
// everything it reads as hostile, so [Read] never trusts a length further than bytes have really arrived.
package frame

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Protocol is raised when the frames change. Both ends must agree on it.
const Protocol = 1

// Sizes, in bytes.
const (
	// MaxDown bounds what the parent sends at once: a program with its globals, or one result.
	MaxDown = 64 << 20
	// Overhead is what a frame of the child may have beyond the bytes that count as output.
	Overhead = 64 << 10
	header   = 4
)

// ErrTooLarge says that a frame announced more bytes than the reader allows.
var ErrTooLarge = errors.New("frame is too large")

// Write sends one message as one frame in a single write.
func Write(w io.Writer, message any) error {
	var b bytes.Buffer
	b.Write(make([]byte, header))
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(message); err != nil {
		return fmt.Errorf("encode frame: %w", err)
	}
	out := b.Bytes()
	binary.BigEndian.PutUint32(out, uint32(len(out)-header))
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	return nil
}

// Read takes one frame of at most limit bytes. The error is io.EOF at a clean end, io.ErrUnexpectedEOF if the frame was cut
// off, [ErrTooLarge] if it announced more than limit; the payload of a frame that is too large is not read.
func Read(r io.Reader, limit int64) ([]byte, error) {
	var head [header]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := int64(binary.BigEndian.Uint32(head[:]))
	if size > limit {
		return nil, fmt.Errorf("%w: %d bytes, %d allowed", ErrTooLarge, size, limit)
	}
	var b bytes.Buffer
	b.Grow(int(min(size, 64<<10)))
	if _, err := io.CopyN(&b, r, size); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return b.Bytes(), nil
}

// Decode reads a payload strictly: one JSON value, no unknown fields, nothing after it.
func Decode(payload []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(payload))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("decode frame: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("decode frame: something follows the message")
	}
	return nil
}
