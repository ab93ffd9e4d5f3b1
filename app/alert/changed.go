package alert

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/stewardhq/steward/agents"
)

const describedSetting = "alert.described"

// Described is what one capability says of itself: its name, its documentation, its parameters and results.
type Described struct {
	Agent, Capability string
	Words             []string
}

// described is what was kept of it.
type described struct {
	Version string            `json:"version"`
	Hashes  map[string]string `json:"hashes"` // by agent and capability
}

// Describe compares what capabilities say of themselves with what they said under the same version. Source is who offers
// them, such as "" for Steward itself or the name of a server. A build without a version is not compared.
func (b *Book) Describe(ctx context.Context, source, version string, all []Described) error {
	is := described{Version: version, Hashes: map[string]string{}}
	name := map[string]Described{}
	for _, d := range all {
		key := d.Agent + "/" + d.Capability
		sum := sha256.New()
		for _, w := range d.Words {
			fmt.Fprintf(sum, "%d:%s", len(w), w)
		}
		is.Hashes[key], name[key] = hex.EncodeToString(sum.Sum(nil)), d
	}
	var was described
	known, err := b.Store.Setting(ctx, describedSetting+"/"+source, &was)
	if err != nil {
		return fmt.Errorf("read what capabilities said: %w", err)
	}
	if known && was.Version == version && maps.Equal(was.Hashes, is.Hashes) {
		return nil
	}
	var errs []error
	if known && version != "" && version != "development" && was.Version == version {
		for _, key := range slices.Sorted(maps.Keys(is.Hashes)) {
			if before, there := was.Hashes[key]; there && before != is.Hashes[key] {
				d := name[key]
				errs = append(errs, b.Raise(ctx, agents.AlertChanged, "", map[string]string{"agent": d.Agent, "capability": d.Capability}))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err // and it is noticed again
	}
	if err := b.Store.SetSetting(ctx, describedSetting+"/"+source, is); err != nil {
		return fmt.Errorf("keep what capabilities say: %w", err)
	}
	return nil
}

const (
	wrongWithin = 10 * time.Minute
	wrongLeast  = 5 // wrong attempts in that time
)

// attempts are the latest wrong ones, by the way in.
type attempts map[string][]time.Time

// Wrong counts a wrong attempt to come in by a way such as "page" or "passphrase", and tells of many.
func (b *Book) Wrong(ctx context.Context, via string) error {
	b.reading.Lock()
	now := b.Now()
	latest := append(slices.Clone(b.wrong[via]), now)
	if i := slices.IndexFunc(latest, func(t time.Time) bool { return now.Sub(t) < wrongWithin }); i > 0 {
		latest = latest[i:]
	}
	if len(latest) > wrongLeast { // the newest are enough
		latest = latest[len(latest)-wrongLeast:]
	}
	if b.wrong == nil {
		b.wrong = attempts{}
	}
	b.wrong[via] = latest
	b.reading.Unlock()
	if len(latest) < wrongLeast {
		return nil
	}
	return b.Raise(ctx, agents.AlertAccess, "", map[string]string{"via": via, "attempts": strconv.Itoa(wrongLeast)})
}
