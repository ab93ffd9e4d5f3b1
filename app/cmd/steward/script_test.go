package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The transcripts under testdata/script are the command line's contract: what is typed, what is answered, and how it ends.
func TestTranscripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               machine,
		Condition: func(cond string) (bool, error) {
			if cond != "root" {
				return false, fmt.Errorf("there is no condition %q", cond)
			}
			return os.Geteuid() == 0, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"keep":  keep,
			"model": modelServer,
			"post":  postServer,
		},
	})
}

// machine gives each transcript a user of its own: a home directory, a temporary folder, a passphrase and no keychain.
func machine(env *testscript.Env) error {
	for _, dir := range []string{"home", "tmp", "runtime"} {
		if err := os.Mkdir(filepath.Join(env.WorkDir, dir), 0o700); err != nil {
			return err
		}
		name := map[string]string{"home": "HOME", "tmp": "TMPDIR", "runtime": "XDG_RUNTIME_DIR"}[dir]
		env.Setenv(name, filepath.Join(env.WorkDir, dir))
	}
	passphrase := filepath.Join(env.WorkDir, "passphrase")
	env.Setenv("STEWARD_KEYRING", "file")
	env.Setenv("STEWARD_PASSPHRASE_FILE", passphrase)
	env.Setenv("TZ", "Asia/Taipei")
	return os.WriteFile(passphrase, []byte("correct horse battery staple\n"), 0o600)
}

// keep takes a field out of the last line of the last command's output that has it: keep NAME FIELD…
// A field is a key, or an index of a list. The environment has it as $NAME from then on.
func keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: keep NAME FIELD…")
	}
	lines := strings.Split(strings.TrimSpace(ts.ReadFile("stdout")), "\n")
	for _, line := range slices.Backward(lines) {
		var object any
		ts.Check(json.Unmarshal([]byte(line), &object))
		if value, ok := field(object, args[1:]); ok {
			ts.Setenv(args[0], fmt.Sprint(value))
			return
		}
	}
	ts.Fatalf("%v is in no line", args[1:])
}

func field(value any, path []string) (any, bool) {
	for _, name := range path {
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(v) {
				return nil, false
			}
			value = v[i]
		}
	}
	return value, value != nil
}

// modelServer starts a server that speaks the OpenAI-compatible wire format: model FILE… Each request is answered, streamed,
// with the next file's text, and appended to model.log. Its address is in $MODEL.
func modelServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: model FILE…")
	}
	answers := make([]string, len(args))
	for i, name := range args {
		answers[i] = ts.ReadFile(name)
	}
	log := ts.MkAbs("model.log")
	var mu sync.Mutex
	next := 0
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = appendTo(log, fmt.Sprintf("%s %s\n%s\n", r.Method, r.URL.Path, body))
		}
		if err != nil || next >= len(answers) {
			http.Error(w, `{"error":{"message":"no more answers"}}`, http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		for _, piece := range strings.SplitAfter(answers[next], " ") {
			text, _ := json.Marshal(piece) // a string always can be
			fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%s},\"finish_reason\":null}]}\n\n", text)
		}
		fmt.Fprint(w, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n")
		fmt.Fprint(w, "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1200,\"completion_tokens\":80,\"total_tokens\":1280}}\n\ndata: [DONE]\n\n")
		next++
	})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	ts.Defer(func() {
		_ = server.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			ts.Logf("the model server: %v", err)
		}
	})
	ts.Setenv("MODEL", "http://"+listener.Addr().String()+"/v1")
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
