package desktop

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/stewardhq/steward/agents"
)

// sibling is the pure-Go program beside this one: what scripts run in, and what serves where there is no display.
func sibling() (string, error) {
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		return "", &agents.Error{Code: agents.CodeInternal, Message: "Steward does not find itself", Hint: "start it by its full path", Err: err}
	}
	name := "steward"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(filepath.Dir(self), name), nil
}

// match is an error unless the program at a path is of the same build as this one.
func match(ctx context.Context, path, build string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return &agents.Error{Code: agents.CodeUnavailable, Message: "the program steward is missing beside the window's", Hint: "keep both in one folder; make build makes both. It belongs at " + path, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "version", "--json").Output()
	var told struct {
		Build string `json:"build"`
	}
	if err == nil {
		err = json.Unmarshal(out, &told)
	}
	if err != nil {
		return &agents.Error{Code: agents.CodeUnavailable, Message: "the program steward beside the window's does not run", Hint: "build both again: make build. It is " + path, Err: err}
	}
	if told.Build != build {
		return &agents.Error{Code: agents.CodeConflict, Message: "the program steward beside the window's is of another build", Hint: "build both again: make build. It is " + path}
	}
	return nil
}
