package link

import (
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/stewardhq/steward/store/durable"
)

// Head is the checkpoint outside the database: how far the ledger had come and with which hash. The code makes it
// worthless to write one without the keys.
type Head struct {
	Version int    `json:"version"`
	Seq     int64  `json:"seq"`
	Hash    []byte `json:"hash"`
	MAC     []byte `json:"mac"`
}

// ReadHead gives the checkpoint in a file. One that is missing, or not ours, gives a problem in plain words instead.
func ReadHead(path string, mac func(seq int64, hash []byte) []byte) (Head, string, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return Head{}, "the ledger's checkpoint is missing", nil
	}
	if err != nil {
		return Head{}, "", fmt.Errorf("read the ledger's checkpoint: %w", err)
	}
	var h Head
	if err := json.Unmarshal(data, &h); err != nil || h.Version != 1 || !hmac.Equal(h.MAC, mac(h.Seq, h.Hash)) {
		return Head{}, "the ledger's checkpoint is damaged or was not written by this store", nil //nolint:nilerr // it is the finding
	}
	return h, "", nil
}

// WriteHead puts a checkpoint into a file, whole or not at all.
func WriteHead(path string, seq int64, hash []byte, mac func(seq int64, hash []byte) []byte) error {
	data, err := json.Marshal(Head{Version: 1, Seq: seq, Hash: hash, MAC: mac(seq, hash)})
	if err != nil {
		return fmt.Errorf("encode the ledger's checkpoint: %w", err)
	}
	if err := durable.WriteFile(path, data); err != nil {
		return fmt.Errorf("write the ledger's checkpoint: %w", err)
	}
	return nil
}
