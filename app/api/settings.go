package api

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/store"
)

// Settings keeps how the user wants the window and the page.
type Settings struct {
	a  *app.App
	mu sync.Mutex // one change at a time
}

// Language is one that the interface speaks.
type Language string

// The languages. The zero value is the system's, as far as it is one of them.
const (
	SystemLanguage     Language = ""
	English            Language = "en"
	TraditionalChinese Language = "zh-Hant"
)

// Theme is how the interface is coloured.
type Theme string

// The themes.
const (
	AutoTheme  Theme = "auto" // the system's
	LightTheme Theme = "light"
	DarkTheme  Theme = "dark"
)

// SettingsState is the settings.
type SettingsState struct {
	Language       Language `json:"language"`
	Theme          Theme    `json:"theme"`
	FirstStartDone bool     `json:"first_start_done"`
}

// settingsKey is what they are kept under.
const settingsKey = "interface"

// Get gives the settings.
func (s *Settings) Get(ctx context.Context, _ Nothing) (SettingsState, error) {
	state := SettingsState{Theme: AutoTheme}
	_, err := s.a.Store.Setting(ctx, settingsKey, &state)
	return state, err
}

// SettingsChange is what to change; what is left out stays.
type SettingsChange struct {
	Language       *Language `json:"language,omitempty"`
	Theme          *Theme    `json:"theme,omitempty"`
	FirstStartDone *bool     `json:"first_start_done,omitempty"`
}

// Set changes settings, and gives all of them.
func (s *Settings) Set(ctx context.Context, in SettingsChange) (SettingsState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := s.Get(ctx, Nothing{})
	if err != nil {
		return old, err
	}
	state := old
	if in.Language != nil {
		state.Language = *in.Language
	}
	if in.Theme != nil {
		state.Theme = *in.Theme
	}
	if in.FirstStartDone != nil {
		state.FirstStartDone = *in.FirstStartDone
	}
	switch state.Language {
	case SystemLanguage, English, TraditionalChinese:
	default:
		return old, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("Steward does not speak %q", state.Language), Hint: `"en", "zh-Hant", or "" for the system's`}
	}
	switch state.Theme {
	case AutoTheme, LightTheme, DarkTheme:
	default:
		return old, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("there is no theme %q", state.Theme), Hint: `"auto", "light" or "dark"`}
	}
	if state == old {
		return state, nil
	}
	if err := s.a.Store.SetSetting(ctx, settingsKey, state); err != nil {
		return old, err
	}
	content, err := json.Marshal(map[string]any{"setting": settingsKey, "to": state})
	if err != nil {
		return old, fmt.Errorf("write the setting: %w", err)
	}
	return state, s.a.Store.Record(ctx, store.Record{Ledger: []agents.Entry{{Kind: "setting", Content: content}}})
}
