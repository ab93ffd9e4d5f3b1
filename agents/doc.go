// Package agents is Steward's vocabulary: the words in which every other package speaks, and nothing else.
//
// An [Agent] is a named role with [Capability] values that a script may call. A script runs as a [Run], whose journal
// is a list of [Step] values. Whatever came from outside is a [Text] with a [Label]. What a step does to the world is its
// [Effect]; what proves it is its [Receipt]; what happened is an [Entry] of the ledger.
//
// The package holds types and the algebra of labels; it has no implementation, and imports the standard library only.
package agents
