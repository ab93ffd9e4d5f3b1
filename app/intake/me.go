package intake

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/stewardhq/steward/agents/email/wire"
	"github.com/stewardhq/steward/app/connect/mailfile"
)

const guessSample = 3_000 // messages that are looked at

// GuessMe tells from the mail whose mailbox it is: the addresses that servers delivered to and that sent mail is from;
// where there is neither, the most frequent recipient. It may find nothing.
func GuessMe(ctx context.Context, o Options) ([]string, error) {
	v := votes{delivered: map[string]int{}, sent: map[string]int{}, to: map[string]int{}}
	enough := errors.New("enough was seen")
	err := o.walk(ctx, func(item mailfile.Item) error {
		if item.Problem != "" {
			return nil
		}
		if v.count(item); v.messages == guessSample {
			return enough
		}
		return nil
	})
	if err != nil && !errors.Is(err, enough) {
		return nil, err
	}
	return v.result(), nil
}

type votes struct {
	delivered, sent, to          map[string]int
	messages, arrivals, sendings int
}

func (v *votes) count(item mailfile.Item) {
	header, _, _ := wire.ReadHeader(item.Raw)
	v.messages++
	if item.Flags.Sent || item.Flags.Draft {
		if from := header.Addresses("From"); len(from) > 0 {
			v.sent[from[0].Address]++
			v.sendings++
		}
		return
	}
	for _, field := range []string{"Delivered-To", "X-Original-To", "Envelope-To"} {
		if to := header.Addresses(field); len(to) > 0 {
			v.delivered[to[0].Address]++
			v.arrivals++
			break
		}
	}
	seen := map[string]bool{}
	for _, a := range append(header.Addresses("To"), header.Addresses("Cc")...) {
		if !seen[a.Address] && len(seen) < 50 {
			seen[a.Address] = true
			v.to[a.Address]++
		}
	}
}

func (v *votes) result() []string {
	me := map[string]bool{}
	for _, a := range leading(v.delivered, v.arrivals, 0.3) {
		me[a] = true
	}
	for _, a := range leading(v.sent, v.sendings, 0.1) {
		me[a] = true
	}
	if len(me) == 0 {
		all := leading(v.to, v.messages, 0.3)
		if len(all) > 0 && (len(all) == 1 || v.to[all[0]] > v.to[all[1]]) {
			me[all[0]] = true
		}
	}
	return slices.Sorted(maps.Keys(me))
}

// leading lists whom at least a share of all votes fell on, the most frequent first.
func leading(count map[string]int, all int, share float64) []string {
	var names []string
	for name, n := range count {
		if float64(n) >= share*float64(all) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(count[b]-count[a], cmp.Compare(a, b)) })
	return names
}
