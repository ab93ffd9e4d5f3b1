package api

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store"
)

// LeftAsked says of which time.
type LeftAsked struct {
	Since time.Time `json:"since,omitzero"` // zero: the beginning of today
	Until time.Time `json:"until,omitzero"` // zero: now
}

// Left is what left this machine, and what wanted to and did not.
type Left struct {
	Since    time.Time  `json:"since"`
	Until    time.Time  `json:"until"`
	Hosts    []LeftHost `json:"hosts"` // by name
	Sends    []LeftSend `json:"sends"` // oldest first
	TotalOut int64      `json:"total_out"`
	TotalIn  int64      `json:"total_in"`
	Refused  int        `json:"refused"`
	Erased   int        `json:"erased"` // rows of connections of which nothing but their time is left
}

// LeftHost is a host that was connected to, or that something wanted to connect to.
type LeftHost struct {
	Host     string    `json:"host"` // host:port
	Times    int       `json:"times"`
	BytesOut int64     `json:"bytes_out"`
	BytesIn  int64     `json:"bytes_in"`
	Why      []string  `json:"why"`
	Class    []string  `json:"class"` // of data
	Runs     []string  `json:"runs"`
	Refused  int       `json:"refused"` // how often it was not connected to
	Open     int       `json:"open"`    // begun, and of whose end nothing is known: still going on, or broken off
	Last     time.Time `json:"last"`
}

// LeftSend is something that was sent to persons.
type LeftSend struct {
	Time       time.Time        `json:"time"`
	Run        string           `json:"run"`
	Step       int              `json:"step"`
	Capability string           `json:"capability"`
	Recipients []string         `json:"recipients"` // addresses; ids of persons who are no longer known
	Receipt    string           `json:"receipt"`
	State      agents.StepState `json:"state"` // "done", or "unknown" where it may have been sent
}

// Left answers what left this machine: connections with their hosts, bytes and reasons, and what was sent to whom.
func (s *Ledger) Left(ctx context.Context, in LeftAsked) (Left, error) {
	now := s.a.Now().In(s.a.Zone)
	if in.Since.IsZero() {
		in.Since = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	}
	if in.Until.IsZero() {
		in.Until = now.Add(time.Second)
	}
	if in.Until.Before(in.Since) {
		return Left{}, &agents.Error{Code: agents.CodeInvalid, Message: "the end is before the beginning", Hint: "give an earlier --since"}
	}
	out := Left{Since: in.Since, Until: in.Until, Hosts: []LeftHost{}, Sends: []LeftSend{}}
	hosts := map[string]*LeftHost{}
	err := s.each(ctx, in, "egress", func(r store.LedgerRow) error {
		out.egress(hosts, r)
		return nil
	})
	if err != nil {
		return Left{}, err
	}
	for _, h := range hosts {
		h.Open = max(0, h.Open)
		out.Hosts = append(out.Hosts, *h)
	}
	slices.SortFunc(out.Hosts, func(a, b LeftHost) int { return strings.Compare(a.Host, b.Host) })
	err = s.each(ctx, in, "outcome", func(r store.LedgerRow) error {
		sent, is, err := s.sent(ctx, r)
		if is {
			out.Sends = append(out.Sends, sent)
		}
		return err
	})
	return out, err
}

// each goes through the rows of a kind and a time.
func (s *Ledger) each(ctx context.Context, in LeftAsked, kind string, use func(store.LedgerRow) error) error {
	f := store.LedgerFilter{Kind: kind, Since: in.Since, Until: in.Until}
	for {
		rows, err := s.a.Store.Ledger(ctx, f)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			if err := use(r); err != nil {
				return err
			}
			f.After = r.Seq
		}
	}
}

// egress counts a row of a connection. Each has one at its beginning and one at its end.
func (l *Left) egress(hosts map[string]*LeftHost, r store.LedgerRow) {
	var e struct {
		State         string `json:"state"`
		Host          string `json:"host"`
		BytesSent     int64  `json:"bytes_sent"`
		BytesReceived int64  `json:"bytes_received"`
		Run           string `json:"run"`
		Why           string `json:"why"`
		Class         string `json:"class"`
		Took          int64  `json:"took_ns"`
	}
	if r.Content == nil || json.Unmarshal(r.Content, &e) != nil {
		l.Erased++
		return
	}
	h := hosts[e.Host]
	if h == nil {
		h = &LeftHost{Host: e.Host, Why: []string{}, Class: []string{}, Runs: []string{}}
		hosts[e.Host] = h
	}
	switch e.State {
	case "leaving":
		h.Times++
		h.Open++
	case "refused":
		h.Refused++
		l.Refused++
		if e.Took > 0 { // by the last check before the network, when it was said that it leaves
			h.Open--
			h.Times--
		}
	default:
		h.Open--
		h.BytesOut, h.BytesIn = h.BytesOut+e.BytesSent, h.BytesIn+e.BytesReceived
		l.TotalOut, l.TotalIn = l.TotalOut+e.BytesSent, l.TotalIn+e.BytesReceived
	}
	if r.Time.After(h.Last) {
		h.Last = r.Time
	}
	h.Why, h.Class, h.Runs = with(h.Why, e.Why), with(h.Class, e.Class), with(h.Runs, e.Run)
}

func with(list []string, one string) []string {
	if one == "" || slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// sent is what a row of an outcome says was sent, if it is one of a send.
func (s *Ledger) sent(ctx context.Context, r store.LedgerRow) (LeftSend, bool, error) {
	var o struct {
		Capability string           `json:"capability"`
		State      agents.StepState `json:"state"`
		Receipt    *agents.Receipt  `json:"receipt"`
	}
	if r.Content == nil || json.Unmarshal(r.Content, &o) != nil || o.State != agents.StepDone && o.State != agents.StepUnknown {
		return LeftSend{}, false, nil //nolint:nilerr // verifying is what tells of a damaged row
	}
	c, known := s.a.Registry.Lookup(o.Capability)
	if known && c.Effect != agents.Send {
		return LeftSend{}, false, nil
	}
	steps, err := s.a.Store.Steps(ctx, r.Run)
	if err != nil {
		return LeftSend{}, false, err
	}
	var step agents.Step
	if i := slices.IndexFunc(steps, func(step agents.Step) bool { return step.Seq == r.Step }); i >= 0 {
		step = steps[i]
	}
	if step.Effect != agents.Send && (!known || step.Seq > 0) {
		return LeftSend{}, false, nil
	}
	sent := LeftSend{Time: r.Time, Run: r.Run, Step: r.Step, Capability: o.Capability, State: o.State, Recipients: []string{}}
	if o.Receipt != nil {
		sent.Receipt = o.Receipt.ID
	}
	var p struct{ Aim *agents.Aim }
	if len(step.Proposal) > 0 && json.Unmarshal(step.Proposal, &p) == nil && p.Aim != nil {
		for _, who := range p.Aim.Recipients {
			person, err := s.a.Store.Person(ctx, who.Person)
			if err != nil && agents.CodeOf(err) != agents.CodeNotFound {
				return sent, true, err
			}
			if person.Address == "" {
				person.Address = who.Person
			}
			sent.Recipients = with(sent.Recipients, person.Address)
		}
	}
	return sent, true, nil
}
