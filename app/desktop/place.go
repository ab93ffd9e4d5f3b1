package desktop

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/stewardhq/steward/app"
)

// Sizes of the window, in the pixels of its toolkit.
const (
	Width     = 1280
	Height    = 800
	MinWidth  = 640
	MinHeight = 480
	mostSide  = 1 << 14
	mostAt    = 1 << 11
)

// Place is where the window stands, and where its page is. Where it is maximised, the rest is what it goes back to.
type Place struct {
	X         int  `json:"x"`
	Y         int  `json:"y"`
	Width     int  `json:"width"`
	Height    int  `json:"height"`
	Placed    bool `json:"placed"` // X and Y mean something
	Maximised bool `json:"maximised"`

	At string `json:"at,omitempty"` // where its page is: what stands in the address from the # on
}

const placeSetting = "window"

// remembered is where the window stood when it was last closed, or nil.
func remembered(ctx context.Context, a *app.App) *Place {
	var p Place
	if found, err := a.Store.Setting(ctx, placeSetting, &p); err != nil || !found {
		return nil // a window in its first size is no reason to fail
	}
	p = p.sane()
	return &p
}

func remember(ctx context.Context, a *app.App, p Place) error {
	return a.Store.SetSetting(ctx, placeSetting, p.sane())
}

// sane is a place that a window can have.
func (p Place) sane() Place {
	if p.Width < MinWidth || p.Width > mostSide || p.Height < MinHeight || p.Height > mostSide {
		p.Width, p.Height = Width, Height
	}
	if p.X < -mostSide || p.X > mostSide || p.Y < -mostSide || p.Y > mostSide {
		p.X, p.Y, p.Placed = 0, 0, false
	}
	if !strings.HasPrefix(p.At, "#/") || len(p.At) > mostAt || !utf8.ValidString(p.At) {
		p.At = ""
	}
	return p
}
