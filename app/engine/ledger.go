package engine

import (
	"encoding/json"

	"github.com/stewardhq/steward/agents"
)

// ledgerEntry makes a row for the ledger. The content is made here of marshallable values only.
func ledgerEntry(kind, run string, step int, content map[string]any) agents.Entry {
	raw, err := json.Marshal(content)
	if err != nil {
		panic("engine: a ledger entry cannot be written: " + err.Error())
	}
	return agents.Entry{Kind: kind, Run: run, Step: step, Content: raw}
}

func decisionEntry(s agents.Step) agents.Entry {
	return ledgerEntry("decision", s.Run, s.Seq, map[string]any{
		"capability": s.Capability, "effect": s.Effect.String(), "verdict": s.Decision.Verdict, "rule": s.Decision.Rule, "reasons": s.Decision.Reasons,
	})
}

func outcomeEntry(s agents.Step) agents.Entry {
	return ledgerEntry("outcome", s.Run, s.Seq, map[string]any{
		"capability": s.Capability, "state": s.State, "receipt": s.Receipt, "error": errorCode(s.Error), "attempt": s.Attempt,
	})
}

func errorCode(e *agents.Error) string {
	if e == nil {
		return ""
	}
	return e.Code
}
