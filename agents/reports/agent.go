package reports

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
)

// Library keeps reports. Saving an id that is already there must change nothing and be no error.
type Library interface {
	SaveReport(ctx context.Context, r agents.Report) error
}

type createArgs struct {
	Report ReportContent `json:"r"`
}

// New is the reports agent over a library.
func New(lib Library) agents.Agent {
	create := agents.Capability{
		Name:    "report.create",
		Doc:     "make a report that the user can open; quoted text is marked and inert",
		Version: 1,
		Effect:  agents.Local,
		Facts:   true, // the only plain value that it returns is the id
		// The id comes from the call's key, and a report that is there is not written again.
		Repeatable: true,
	}
	return agents.Agent{
		Name:    "reports",
		Purpose: "write reports that the user reads in the terminal, in the window or as a file",
		Capabilities: []agents.Capability{
			agents.Define(create, func(ctx context.Context, call *agents.Call, in createArgs) (Report, error) {
				return makeReport(ctx, lib, call, in.Report)
			}),
		},
	}
}

func makeReport(ctx context.Context, lib Library, call *agents.Call, c ReportContent) (Report, error) {
	if err := check(c); err != nil {
		return Report{}, err
	}
	made := edition{ReportContent: c, words: wordsFor(c), made: call.Now, zone: call.Zone}
	if made.zone == nil {
		made.zone = time.UTC
	}
	html, err := made.html()
	if err != nil {
		return Report{}, err
	}
	kept, err := made.kept()
	if err != nil {
		return Report{}, err
	}
	id := idOf(call.Key)
	err = lib.SaveReport(ctx, agents.Report{
		ID:       id,
		Run:      call.Run,
		Title:    c.Title,
		Created:  call.Now,
		HTML:     html,
		Markdown: made.markdown(),
		Label:    c.label().Join(call.Script), // what it says plainly may be the echo of what was read
		Content:  kept,
	})
	if err != nil {
		return Report{}, fmt.Errorf("save report: %w", err)
	}
	sum := sha256.Sum256([]byte(html))
	call.Prove(agents.Receipt{Kind: "hash", ID: hex.EncodeToString(sum[:]), Note: "SHA-256 of the report's HTML"})
	return Report{ID: id, Title: c.Title, Text: made.text()}, nil
}

// edition is a report on its way to its three forms.
type edition struct {
	ReportContent
	words words
	made  time.Time
	zone  *time.Location
}

// idOf is the same for every attempt of one step, so that an attempt after a crash writes no second report.
func idOf(key string) string {
	sum := sha256.Sum256([]byte("steward report\x00" + key))
	return "rep_" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// label is the join of everything in the report.
func (c ReportContent) label() agents.Label {
	var l agents.Label
	for _, t := range c.texts() {
		l = l.Join(t.Label())
	}
	return l
}
