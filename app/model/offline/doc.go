// Package offline is the provider for those who have no language model: a planner that matches a request to a skill and
// fills in its parameters, and a reader that summarises and extracts without writing a word of its own.
//
// [Plan] compares the request, in English or Traditional Chinese, with the phrases of the skills. Words count by what
// they mean (lexicon.txt): politeness is free, unknown words cost, and a request for something that no skill does ("delete
// …", "… and send it to Bob") is refused rather than mistaken for one that some skill does.
//
// [Reader] works on texts of others. What it gives back is cut from them, so it carries their label.
package offline
