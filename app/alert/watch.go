package alert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/capability"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/store"
)

const (
	seenSetting = "alert.seen" // the last row of the ledger that was looked at
	burstWithin = 10 * time.Minute
	burstLeast  = 20 // effects in that time that are never unusual
	burstTimes  = 3  // as many as the week's most is usual; so many times more is not
	week        = 7 * 24 * time.Hour
)

// Follow watches what happens from now on, until Close.
func (b *Book) Follow() {
	after := b.Events.Last()
	b.work.Go(func() {
		for {
			events, err := b.Events.Stream(b.base, after)
			if err != nil {
				return
			}
			runs := map[string]bool{} // and whether it is over
			ledger := false
			for _, e := range events {
				after = e.Seq
				settled := e.Kind == engine.StateEvent && (e.State.Over() || e.State == agents.Waiting)
				if settled && e.Run != "" {
					runs[e.Run] = e.State.Over()
				}
				ledger = ledger || settled || e.Kind == engine.Gap
			}
			for run, over := range runs {
				b.quietly(b.Read(b.base, run))
				if over {
					b.reading.Lock()
					delete(b.read, run)
					b.reading.Unlock()
				}
			}
			if ledger {
				b.quietly(b.Look(b.base))
			}
		}
	})
}

// Start checks the whole ledger in the background, for a process that stays.
func (b *Book) Start() {
	b.work.Go(func() { b.quietly(b.CheckLedger(b.base)) })
}

// Close ends what Follow and Start began, and takes a last look.
func (b *Book) Close(ctx context.Context) error {
	b.stop()
	b.work.Wait()
	return b.Look(ctx)
}

// quietly drops an error: whoever watches must not disturb. What could not be looked at is looked at next time.
func (b *Book) quietly(err error) { _ = err }

// CheckLedger raises an alert if the ledger does not verify.
func (b *Book) CheckLedger(ctx context.Context) error {
	if problem := b.Store.LedgerAlarm(); problem != "" {
		return b.Raise(ctx, agents.AlertLedger, "", map[string]string{"problem": problem})
	}
	v, err := b.Store.VerifyLedger(ctx)
	if err != nil {
		return fmt.Errorf("verify the ledger: %w", err)
	}
	if !v.OK {
		return b.Raise(ctx, agents.AlertLedger, "", map[string]string{"problem": v.Problem, "row": strconv.FormatInt(v.FirstBad, 10)})
	}
	return nil
}

// Look goes through the rows of the ledger that came since the last look.
func (b *Book) Look(ctx context.Context) error {
	b.looking.Lock()
	defer b.looking.Unlock()
	end, _, err := b.Store.LedgerEnd(ctx)
	if err != nil {
		return fmt.Errorf("find the end of the ledger: %w", err)
	}
	var seen int64
	known, err := b.Store.Setting(ctx, seenSetting, &seen)
	if err != nil {
		return fmt.Errorf("read how far was looked: %w", err)
	}
	if !known || seen > end { // what was before is history, or an older database was put back
		seen = 0
		if end > 1000 {
			seen = end - 1000
		}
	}
	if seen == end && known {
		return nil
	}
	burst := false
	for {
		rows, err := b.Store.Ledger(ctx, store.LedgerFilter{After: seen})
		if err != nil {
			return fmt.Errorf("read the ledger: %w", err)
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			seen = r.Seq
			burst = burst || r.Kind == "intent"
			if err := b.row(ctx, r); err != nil {
				return err
			}
		}
	}
	if burst {
		if err := b.burst(ctx); err != nil {
			return err
		}
	}
	if err := b.Store.SetSetting(ctx, seenSetting, seen); err != nil {
		return fmt.Errorf("keep how far was looked: %w", err)
	}
	return nil
}

// row looks at one row.
func (b *Book) row(ctx context.Context, r store.LedgerRow) error {
	if r.Content == nil {
		return nil
	}
	var c struct {
		State      string         `json:"state"`
		Host       string         `json:"host"`
		Why        string         `json:"why"`
		Capability string         `json:"capability"`
		Verdict    agents.Verdict `json:"verdict"`
		Rule       string         `json:"rule"`
	}
	if (r.Kind != "egress" && r.Kind != "decision") || json.Unmarshal(r.Content, &c) != nil {
		return nil //nolint:nilerr // what cannot be read is no detector's to tell
	}
	switch {
	case r.Kind == "egress" && c.State == "refused":
		return b.Raise(ctx, agents.AlertEgress, r.Run, map[string]string{"host": c.Host, "why": c.Why})
	case r.Kind == "decision" && c.Verdict == agents.Deny:
		return b.Raise(ctx, agents.AlertDenied, r.Run, map[string]string{"capability": c.Capability, "rule": c.Rule})
	}
	return nil
}

// burst holds the effects of the last minutes against what was usual in the week before.
func (b *Book) burst(ctx context.Context) error {
	now := b.Now()
	recent, err := b.Store.Ledger(ctx, store.LedgerFilter{Kind: "intent", Since: now.Add(-burstWithin), Limit: burstLeast})
	if err != nil {
		return fmt.Errorf("count effects: %w", err)
	}
	if len(recent) < burstLeast { // nothing unusual, whatever the week was like
		return nil
	}
	latest, before := 0, map[int64]int{}
	f := store.LedgerFilter{Kind: "intent", Since: now.Add(-week)}
	for {
		rows, err := b.Store.Ledger(ctx, f)
		if err != nil {
			return fmt.Errorf("count effects: %w", err)
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			f.After = r.Seq
			if now.Sub(r.Time) < burstWithin {
				latest++
			} else {
				before[r.Time.Unix()/int64(burstWithin/time.Second)]++
			}
		}
	}
	usual := 0
	for _, n := range before {
		usual = max(usual, n)
	}
	if latest < burstLeast || latest < burstTimes*usual {
		return nil
	}
	return b.Raise(ctx, agents.AlertBurst, "", map[string]string{"effects": strconv.Itoa(latest), "usual": strconv.Itoa(usual)})
}

// Read looks at the texts from outside that a run has read, each once.
func (b *Book) Read(ctx context.Context, run string) error {
	steps, err := b.Store.Steps(ctx, run)
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	b.reading.Lock()
	from := b.read[run]
	b.read[run] = len(steps)
	b.reading.Unlock()
	var errs []error
	told := map[string]bool{}
	for _, s := range steps[min(from, len(steps)):] {
		if s.Effect != agents.Read || len(s.Result) == 0 {
			continue
		}
		value, err := capability.Unmarshal(s.Result)
		if err != nil {
			continue // the engine says so where it matters
		}
		texts(value, func(span agents.Span) {
			origin := ""
			if len(span.Label.Origins) > 0 {
				origin = span.Label.Origins[0]
			}
			if told[origin] {
				return
			}
			if sign := Noticed(span.Content); sign != "" {
				told[origin] = true
				errs = append(errs, b.Raise(ctx, agents.AlertInjection, run, map[string]string{"sign": sign, "origin": origin}))
			}
		})
	}
	return errors.Join(errs...)
}
