package policy

import (
	"time"

	"github.com/cedar-policy/cedar-go"
)

// Permits is Cedar's own word on a proposal under one policy.
func Permits(one *cedar.Policy, p Proposal, now time.Time) (bool, cedar.Diagnostic) {
	word, said := cedar.Authorize(cedar.PolicyMap{"it": one}, entitiesOf(&p), requestOf(&p, now))
	return bool(word), said
}

// Known are the attributes of the context.
var Known = known
