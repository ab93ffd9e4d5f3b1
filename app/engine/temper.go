package engine

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/stewardhq/steward/agents"
)

// tempered is what a run says at its end. A script says "sent" before anybody was asked, so where the user said no, the
// host says first what was not done.
func tempered(run agents.Run, steps []agents.Step) *agents.Text {
	asked, refused := 0, 0
	for _, s := range steps {
		if s.Decision.Verdict != agents.Ask || !s.Effect.Changes() {
			continue
		}
		asked++
		if s.State == agents.StepFailed && s.Attempt == 0 {
			refused++
		}
	}
	if refused == 0 || run.Result == nil {
		return run.Result
	}
	said := fmt.Sprintf("Not done, as you said no: %d of %d.", refused, asked)
	lead := "\nThe script could not know that, and says: "
	if strings.ContainsFunc(run.Request, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		said = fmt.Sprintf("您沒有同意，因此沒有執行：%d／%d 項。", refused, asked)
		lead = "\n腳本不知道這一點，它說："
	}
	text := agents.Plain(said)
	if run.Result.Raw() != "" {
		text = agents.Concat(agents.Plain(said+lead), *run.Result)
	}
	return &text
}
