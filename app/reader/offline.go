package reader

import (
	"context"
	"time"

	"github.com/stewardhq/steward/app/model/offline"
)

// Offline reads without a model: it summarises with the text's own sentences, and extracts and classifies by patterns.
type Offline struct{}

// Summarize implements [Reader].
func (Offline) Summarize(_ context.Context, text string, sentences int) (string, error) {
	return offline.Reader{}.Summarize(text, offline.Options{Sentences: sentences}), nil
}

// Extract implements [Reader].
func (Offline) Extract(_ context.Context, text string, fields []Field, now time.Time, zone *time.Location) (map[string]any, error) {
	wanted := make([]offline.Field, len(fields))
	for i, f := range fields {
		wanted[i] = offline.Field{Name: f.Name, Type: f.Type, About: f.About}
	}
	return offline.Reader{Now: now.In(zone)}.Extract(text, wanted), nil
}

// Classify implements [Reader].
func (Offline) Classify(_ context.Context, text string, choices []string) (string, error) {
	choice, _ := offline.Reader{}.Classify(text, choices)
	return choice, nil
}
