package server

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/stewardhq/steward/agents"
)

// files is the built page. Its files hold nothing of the user's, so they are given without a session.
type files struct{ fs.FS }

func newFiles(from fs.FS) files { return files{from} }

// Page gives the built page with the headers that protect it, and answers nothing else: for a web view that reaches the
// surface without HTTP.
func Page(from fs.FS) http.Handler {
	f := newFiles(from)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.serve(w, withNonce(r, protect(w.Header())))
	})
}

const (
	index = "index.html"
	hole  = "__CSP_NONCE__" // in index.html, where the nonce of the answer's policy goes
)

// hashed are the names that the page's build makes of a file's content: what is under one never changes.
var hashed = regexp.MustCompile(`^assets/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$`)

// types are the kinds of files that a build makes; what the system's own table says could be anything.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".ico": "image/x-icon",
	".woff2": "font/woff2", ".woff": "font/woff", ".json": "application/json", ".webmanifest": "application/manifest+json",
	".txt": "text/plain; charset=utf-8", ".map": "application/json", ".wasm": "application/wasm",
}

func (f files) serve(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	kind := types[path.Ext(name)]
	answering(w)
	content, err := f.read(name)
	if err != nil && path.Ext(name) == "" { // a place within the page
		name, kind = index, types[".html"]
		content, err = f.read(name)
	}
	switch {
	case err != nil && name == index:
		w.Header().Set("Content-Type", types[".txt"])
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("This Steward was built without its page. `make build` brings it in; the commands work all the same.\n"))
		return
	case err != nil || kind == "":
		refuse(w, http.StatusNotFound, &agents.Error{Code: agents.CodeNotFound, Message: "there is no such page", Hint: "begin at /"})
		return
	case name == index:
		content = bytes.ReplaceAll(content, []byte(hole), []byte(nonceOf(r)))
	case hashed.MatchString(name):
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(content) // whoever asked may have gone; of HEAD only the headers go out
}

func (f files) read(name string) ([]byte, error) {
	if f.FS == nil || !fs.ValidPath(name) || name == "." {
		return nil, fs.ErrNotExist
	}
	content, err := fs.ReadFile(f.FS, name)
	if err != nil {
		return nil, errors.Join(fs.ErrNotExist, err)
	}
	return content, nil
}

type nonceKey struct{}

func withNonce(r *http.Request, nonce string) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), nonceKey{}, nonce))
}

func nonceOf(r *http.Request) string {
	nonce, _ := r.Context().Value(nonceKey{}).(string)
	return nonce
}
