// Package reports is the reports agent: it turns what a script gathered into a report that a person reads, as one
// self-contained HTML file, as Markdown and as a text for the terminal.
//
// Most of a report was written by strangers. The package's task is that nobody can mistake their words for Steward's,
// and that no viewer acts on them: whatever is untrusted is cleaned of everything invisible, kept as literal text in
// each form, and stands between ‹ and ›, two characters that are found nowhere else. [Terminal] and [TerminalLine] do
// the same for every other text that quotes somebody.
package reports
