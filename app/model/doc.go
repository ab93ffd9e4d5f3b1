// Package model speaks to language models over the OpenAI-compatible protocol, and has them plan.
//
// [Client] sends one conversation and gives back the text and what it cost. It retries what may pass, tells people what to
// do about the rest, and never shows as an answer what a model meant for a tool. [Planner] turns a request into a script: one
// request, a check, and at most one round of repair.
//
// The HTTP client is handed in, so that whatever leaves the machine goes through the host's egress. Each request is asked of a
// [Meter] beforehand and told to it afterwards. No type of a vendor's library leaves the package. The provider for those
// without a model is the package offline below this one.
package model
