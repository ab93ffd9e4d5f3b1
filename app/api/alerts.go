package api

import (
	"context"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/alert"
	"github.com/stewardhq/steward/store"
)

// Alerts shows what was noticed and should be looked at.
type Alerts struct{ a *app.App }

// AlertsAsked chooses alerts.
type AlertsAsked struct {
	OpenOnly bool `json:"open_only,omitempty"` // without those that were put away
}

// AlertShown is an alert with what is said of it in English; the page says it in the user's language by kind and facts.
type AlertShown struct {
	agents.Alert
	alert.Words
	Code string `json:"code"` // what the words are called, for other languages: the kind, or the kind and its sign
}

// AlertList is alerts, newest first.
type AlertList struct {
	Alerts []AlertShown `json:"alerts"`
	Open   int          `json:"open"` // how many were not put away
}

// mostAlerts are listed.
const mostAlerts = 1000

// List lists alerts.
func (s *Alerts) List(ctx context.Context, in AlertsAsked) (AlertList, error) {
	out := AlertList{Alerts: []AlertShown{}}
	all, err := s.a.Alerts.List(ctx, store.AlertFilter{Open: in.OpenOnly, Limit: mostAlerts})
	if err != nil {
		return out, err
	}
	for _, a := range all {
		if a.Seen.IsZero() {
			out.Open++
		}
		out.Alerts = append(out.Alerts, AlertShown{a, alert.Say(a), alert.Code(a)})
	}
	return out, nil
}

// DismissAlert says which alert is put away.
type DismissAlert struct {
	ID  string `json:"id,omitempty"`
	All bool   `json:"all,omitempty"`
}

// Dismiss puts an alert away, or all of them.
func (s *Alerts) Dismiss(ctx context.Context, in DismissAlert) (Nothing, error) {
	if (in.ID == "") != in.All {
		return Nothing{}, &agents.Error{Code: agents.CodeInvalid, Message: "say either which alert, or all", Hint: "see `steward alerts list`"}
	}
	return Nothing{}, s.a.Alerts.Dismiss(ctx, in.ID)
}
