package orchestrator

import (
	"encoding/json"

	"github.com/stewardhq/steward/agents"
)

func entry(kind, run string, content map[string]any) agents.Entry {
	raw, err := json.Marshal(content)
	if err != nil {
		panic("orchestrator: a ledger entry cannot be written: " + err.Error())
	}
	return agents.Entry{Kind: kind, Run: run, Content: raw}
}
