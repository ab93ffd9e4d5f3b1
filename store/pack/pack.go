// Package pack makes content smaller before it is sealed: what is encrypted cannot be compressed any more.
package pack

import (
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// Size is the most bytes that are packed at once; memory is bounded by it.
const Size = 1 << 20

// Packer compresses, and undoes it. It may be used from several goroutines.
type Packer struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

// New makes a packer; Close ends it.
func New() (*Packer, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2),
		zstd.WithWindowSize(Size), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("make compressor: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(256*Size), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("make decompressor: %w", err)
	}
	return &Packer{enc: enc, dec: dec}, nil
}

// Pack compresses a part.
func (p *Packer) Pack(part []byte) []byte { return p.enc.EncodeAll(part, nil) }

// Unpack appends to content what a part was before it was packed.
func (p *Packer) Unpack(content, part []byte) ([]byte, error) { return p.dec.DecodeAll(part, content) }

// Close gives memory back.
func (p *Packer) Close() { p.dec.Close() }
