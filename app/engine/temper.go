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

// words is the label of what the script writes itself: nobody's until it has revealed something, and from then on that of
// all that it knows, as it may write what it has read.
//
// A script whose planner was shown something from outside may write what its planner read, from its first line on.
func (x *execution) words() agents.Label {
	if !x.run.Revealed {
		return x.base
	}
	return x.run.Label
}

// ownWords marks what a result says that is not marked already, once the script has revealed something.
func (x *execution) ownWords(t agents.Text) agents.Text {
	words := x.words()
	if !words.Outside() {
		return t
	}
	var marked agents.Text
	for _, s := range t.Spans {
		if !s.Label.Outside() {
			s.Label = s.Label.Join(words)
		}
		marked.Spans = append(marked.Spans, s)
	}
	return marked
}

// ownError marks what a script says of its failure, once it has revealed something.
func (x *execution) ownError(e *agents.Error) *agents.Error {
	if e == nil || e.Code != agents.CodeScript || !x.words().Outside() {
		return e
	}
	said := strings.NewReplacer("‹", "", "›", "").Replace(e.Message)
	return &agents.Error{Code: e.Code, Message: "the script failed after it had read text from outside, and says: ‹" + said + "›", Hint: e.Hint, Err: e.Err}
}
