package headless

import (
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
)

func TestAnOwnerThatDoesNotServeGivesNoLink(t *testing.T) {
	_, client := home(t)
	for _, c := range []serveCommand{{}, {Link: true}} {
		var out strings.Builder
		s := &session{attached: client, print: &printer{out: &out, err: &out}}
		e := agents.AsError(c.attach(t.Context(), s))
		if e.Code != agents.CodeConflict || e.Hint == "" || strings.Contains(out.String(), "http://") {
			t.Errorf("%+v, %s", e, out.String())
		}
	}
}
