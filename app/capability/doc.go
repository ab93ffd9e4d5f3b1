// Package capability binds the agents' Go functions to scripts. One definition, a Go function with its argument and
// result structs, gives the declaration in steward.d.ts, the decoding of arguments, the handles, and the journal's form.
//
// A value lives in three forms. In Go it is what the capability takes or returns. As a [Value] it is what the journal
// keeps: every text with its labels, every object with its hidden fields. As the script sees it, texts from outside are
// handles and objects carry an identity that only the host's [Table] can resolve.
package capability
