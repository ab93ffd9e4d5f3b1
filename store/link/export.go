package link

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
)

// SaltSize is how many bytes of salt stand before a row's content in what the row commits to.
const SaltSize = 32

// Exported is one row as it is exported: all that the chain's hashes are made of, so that a reader without keys can
// compute them anew. The commitment is SHA-256 of salt and content; the hash is that of the row before, and of this row's
// number, time, kind, run, step and commitment; see [Link.Next].
type Exported struct {
	Type       string    `json:"type"` // "row"
	Seq        int64     `json:"seq"`
	Time       time.Time `json:"time"` // UTC, to the microsecond
	Kind       string    `json:"kind"`
	Run        string    `json:"run,omitempty"`
	Step       int       `json:"step,omitempty"`
	Commitment string    `json:"commitment"`
	Hash       string    `json:"hash"`
	Salt       string    `json:"salt,omitempty"`
	Content    *string   `json:"content,omitempty"` // the exact bytes
	Bytes      []byte    `json:"bytes,omitempty"`   // the exact bytes where they are no text
	Erased     bool      `json:"erased,omitempty"`  // salt and content are gone; the chain still says that there was a row
	Unreadable bool      `json:"unreadable,omitempty"`
}

// Ending is the last line of an export: where the ledger ended.
type Ending struct {
	Type string `json:"type"` // "checkpoint"
	Rows int    `json:"rows"`
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// Export makes of a row what is exported of it; plain is salt and content, nil where they were erased.
func Export(l Link, hash, plain []byte, failed bool) Exported {
	e := Exported{
		Type: "row", Seq: l.Seq, Time: time.UnixMicro(l.Micros).UTC(), Kind: l.Kind, Run: l.Run, Step: l.Step,
		Commitment: hex.EncodeToString(l.Commitment[:]), Hash: hex.EncodeToString(hash), Unreadable: failed, Erased: plain == nil && !failed,
	}
	if len(plain) >= SaltSize {
		e.Salt = hex.EncodeToString(plain[:SaltSize])
		if content := plain[SaltSize:]; utf8.Valid(content) {
			text := string(content)
			e.Content = &text
		} else {
			e.Bytes = content
		}
	}
	return e
}

// plain is salt and content, or nil where they were erased.
func (e Exported) plain() ([]byte, error) {
	if e.Unreadable {
		return nil, errors.New("it could not be read when it was exported")
	}
	if e.Erased {
		return nil, nil
	}
	salt, err := hex.DecodeString(e.Salt)
	if err != nil || len(salt) != SaltSize {
		return nil, errors.New("it has no salt")
	}
	if e.Content != nil {
		return append(salt, *e.Content...), nil
	}
	return append(salt, e.Bytes...), nil
}

const longestLine = 64 << 20

// VerifyExport checks an export: every row against the one before it, every content that was not erased against its row,
// and the end against the last line. It also counts the erased rows. An error means that this is no export.
func VerifyExport(r io.Reader) (v Verification, erased int, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), longestLine)
	check, ending := Begin(0, nil), (*Ending)(nil)
	for number := 1; lines.Scan(); number++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		var what struct{ Type string }
		if err := json.Unmarshal(line, &what); err != nil || what.Type != "row" && what.Type != "checkpoint" {
			return v, erased, notExport(fmt.Sprintf("line %d is neither a row nor a checkpoint", number), err)
		}
		if ending != nil {
			check.Bad(check.Last+1, "something follows the checkpoint")
			break
		}
		if what.Type == "checkpoint" {
			ending = new(Ending)
			if err := strict(line, ending); err != nil {
				return v, erased, notExport(fmt.Sprintf("line %d cannot be read", number), err)
			}
			continue
		}
		var e Exported
		if err := strict(line, &e); err != nil {
			return v, erased, notExport(fmt.Sprintf("line %d cannot be read", number), err)
		}
		if e.Erased {
			erased++
		}
		commitment, _ := hex.DecodeString(e.Commitment) // what is none differs
		hash, _ := hex.DecodeString(e.Hash)
		check.Next(Link{Seq: e.Seq, Micros: e.Time.UnixMicro(), Kind: e.Kind, Run: e.Run, Step: e.Step}, commitment, hash, e.plain)
	}
	if err := lines.Err(); err != nil {
		return v, erased, notExport("it cannot be read to its end", err)
	}
	switch {
	case check.Rows == 0 && ending == nil:
		return v, erased, notExport("it is empty", nil)
	case ending == nil:
		check.Bad(check.Last+1, "the checkpoint at its end is missing: rows may be, too")
	case ending.Seq != check.Last || ending.Rows != check.Rows || check.Last > 0 && ending.Hash != hex.EncodeToString(check.Hash[:]):
		check.Bad(check.Last+1, fmt.Sprintf("the checkpoint at its end knows %d rows and another last one", ending.Rows))
	}
	return check.Verification, erased, nil
}

func strict(line []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func notExport(message string, err error) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: "this is no export of a ledger: " + message, Hint: "make one with `steward ledger export --output FILE`", Err: err}
}

// Zero is the hash before the first row, hexadecimal.
var Zero = hex.EncodeToString(make([]byte, sha256.Size))
