//go:build desktop

package desktop

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	view "github.com/wailsapp/wails/v2/pkg/runtime"

	"github.com/stewardhq/steward/app/engine"
)

// eventName is what the page listens for.
const eventName = "steward:event"

// Wails is the window that Wails makes.
type Wails struct {
	Icon []byte

	asking sync.Mutex

	mu    sync.Mutex
	ctx   context.Context // nil until the window is there
	quit  func()
	later []func(context.Context)
}

// do calls f with the window's context, as soon as there is one.
func (w *Wails) do(f func(context.Context)) {
	w.mu.Lock()
	ctx := w.ctx
	if ctx == nil {
		w.later = append(w.later, f)
	}
	w.mu.Unlock()
	if ctx != nil {
		f(ctx)
	}
}

// Run implements [Window]. It must be called on the program's first thread.
func (w *Wails) Run(c Content) error {
	start := Place{Width: Width, Height: Height}
	if c.Place != nil {
		start = *c.Place
	}
	var led sync.Once // what is loaded anew stays where it is
	state := options.Normal
	if start.Maximised {
		state = options.Maximised
	}
	return wails.Run(&options.App{
		Title: "Steward", Width: start.Width, Height: start.Height, MinWidth: MinWidth, MinHeight: MinHeight, WindowStartState: state,
		AssetServer:              &assetserver.Options{Handler: c.Page},
		Bind:                     []any{c.Shell},
		BackgroundColour:         options.NewRGB(0xf8, 0xf9, 0xfa),
		EnableDefaultContextMenu: true, // what is in it is up to guard
		DragAndDrop:              &options.DragAndDrop{EnableFileDrop: true},
		Logger:                   logger.NewDefaultLogger(),
		LogLevelProduction:       logger.ERROR,
		Linux:                    &linux.Options{Icon: w.Icon, ProgramName: "steward", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
		OnDomReady:               func(ctx context.Context) { led.Do(func() { lead(ctx, start) }) },
		OnStartup:                func(ctx context.Context) { w.began(ctx, start, c.Closed) },
		OnBeforeClose: func(context.Context) bool {
			c.Closed(placed(start))
			return false // nothing keeps it open: a signal comes this way, too
		},
	})
}

func (w *Wails) began(ctx context.Context, start Place, closed func(Place)) {
	settle(start)
	w.mu.Lock()
	w.ctx, w.quit = ctx, func() {
		closed(placed(start))
		quit()
	}
	later := w.later
	w.later = nil
	w.mu.Unlock()
	for _, f := range later {
		f(ctx)
	}
}

// Emit implements [Window].
func (w *Wails) Emit(event engine.Event) {
	w.do(func(ctx context.Context) { view.EventsEmit(ctx, eventName, event) })
}

// Raise implements [Window].
func (w *Wails) Raise() {
	w.do(func(ctx context.Context) {
		view.WindowShow(ctx)
		view.WindowUnminimise(ctx)
	})
}

// Quit implements [Window]. It does not go through Wails, which forgets it where its loop does not run yet.
func (w *Wails) Quit() { w.do(func(context.Context) { w.quit() }) }

// Put implements [Window].
func (w *Wails) Put(p Place) {
	w.do(func(ctx context.Context) {
		put(p)
		lead(ctx, p)
	})
}

// lead leads the page to where it was.
func lead(ctx context.Context, p Place) {
	if script := p.lead(); script != "" {
		view.WindowExecJS(ctx, script)
	}
}

// lead is the script that leads a page that has not gone anywhere yet to where it was, or "".
func (p Place) lead() string {
	at, err := json.Marshal(p.At)
	if p.At == "" || err != nil {
		return ""
	}
	return `if (!location.hash) location.replace(` + string(at) + `)`
}
