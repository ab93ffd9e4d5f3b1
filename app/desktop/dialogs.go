//go:build desktop

package desktop

import (
	"context"

	view "github.com/wailsapp/wails/v2/pkg/runtime"
)

// Pick implements [Dialogs].
func (w *Wails) Pick() (paths []string, err error) {
	return paths, w.ask(func(ctx context.Context) (err error) {
		paths, err = view.OpenMultipleFilesDialog(ctx, view.OpenDialogOptions{Title: "Steward", Filters: []view.FileFilter{
			{DisplayName: "Mail (.mbox, .eml, .zip)", Pattern: "*.mbox;*.eml;*.zip;*.MBOX;*.EML;*.ZIP"}, {DisplayName: "*", Pattern: "*"},
		}})
		return err
	})
}

// Save implements [Dialogs].
func (w *Wails) Save(name string) (path string, err error) {
	return path, w.ask(func(ctx context.Context) (err error) {
		path, err = view.SaveFileDialog(ctx, view.SaveDialogOptions{Title: "Steward", DefaultFilename: name, CanCreateDirectories: true})
		return err
	})
}

// Tell implements [Dialogs].
func (w *Wails) Tell(title, message string) error {
	return w.ask(func(ctx context.Context) error {
		_, err := view.MessageDialog(ctx, view.MessageDialogOptions{Type: view.InfoDialog, Title: title, Message: message})
		return err
	})
}

// ask waits for the answer to a dialog. There is one at a time: Wails would mix up the answers of two.
func (w *Wails) ask(dialog func(context.Context) error) error {
	w.asking.Lock()
	defer w.asking.Unlock()
	done := make(chan error, 1)
	w.do(func(ctx context.Context) { done <- dialog(ctx) })
	return <-done
}
