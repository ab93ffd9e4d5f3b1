package desktop

import (
	"fmt"
	"html"
	"net/http"
	"path"
	"strings"

	"github.com/stewardhq/steward/agents"
)

// troubled serves the page, or says what keeps Steward from working at all.
func troubled(page http.Handler, problem *agents.Error) http.Handler {
	if problem == nil {
		return page
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path.Ext(r.URL.Path) != "" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")
		h.Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Steward</title>
<style>:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:36rem;margin:20vh auto;padding:0 2rem}h1{font-size:1.25rem}</style>
</head><body><main role="alert"><h1>%s</h1><p>%s</p></main></body></html>`, html.EscapeString(sentence(problem.Message)), html.EscapeString(sentence(problem.Hint)))
	})
}

// sentence begins with a capital letter, as it stands alone on a page.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
