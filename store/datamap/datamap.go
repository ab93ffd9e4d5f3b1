// Package datamap says of every kind of data in a home what it holds and why, how long it is kept, whether it is sealed,
// and how the user gets it and gets rid of it.
package datamap

import (
	"path"
	"strings"
)

// Kind says of one kind of data what it is and what becomes of it. A kind is a table of the database or a pattern of
// files, never both.
type Kind struct {
	Name      string `json:"name"`
	Table     string `json:"table,omitempty"` // of the database; a name that ends in * stands for those that begin so
	File      string `json:"file,omitempty"`  // below the home, with slashes, as path.Match has it; dir/** is all below dir
	Holds     string `json:"holds"`
	Why       string `json:"why"`
	Class     string `json:"class"` // "content" quotes a person; "fact" is of this machine; "key" opens others; "derived" can be made again
	Retention string `json:"retention"`
	Sealed    bool   `json:"sealed"` // everything in it that quotes a person is encrypted
	Export    string `json:"export"`
	Erase     string `json:"erase"`
}

// HasTable reports whether a table of the database is of this kind.
func (k Kind) HasTable(table string) bool {
	if k.Table == "" {
		return false
	}
	if start, ok := strings.CutSuffix(k.Table, "*"); ok {
		return strings.HasPrefix(table, start)
	}
	return table == k.Table
}

// HasFile reports whether a file, named from the home with slashes, is of this kind.
func (k Kind) HasFile(file string) bool {
	if k.File == "" {
		return false
	}
	if dir, ok := strings.CutSuffix(k.File, "/**"); ok {
		return strings.HasPrefix(file, dir+"/")
	}
	ok, err := path.Match(k.File, file)
	return ok && err == nil
}

const (
	classContent = "content"
	classFact    = "fact"
	classKey     = "key"
	classDerived = "derived"

	withMail    = "as long as its mail"
	withRun     = "as long as its run"
	withHome    = "as long as the home"
	byRetention = "until the user's retention setting, or its erasure"
	inArchive   = "in `steward data export`"
	noExport    = "not exported"
	asMail      = "goes with its mail"
	asRun       = "goes with its run"
)

// All has one row for every kind of data in the home. A test of the store fails if a table or file is of no kind or of two.
var All = []Kind{
	{Name: "accounts", Table: "account", Holds: "names of mail accounts", Why: "mail belongs to an account, and is sealed under its key", Class: classContent, Retention: withHome, Sealed: true, Export: inArchive, Erase: "row and key of the account"},
	{Name: "content", Table: "blob", Holds: "keyed names and sizes of stored content", Why: "large content is stored once", Class: classFact, Retention: "as long as something refers to it", Sealed: true, Export: noExport, Erase: "goes with the last that refers to it"},
	{Name: "content parts", Table: "blob_part", Holds: "raw mail, large values of steps, reports", Why: "the raw message is always kept; results are replayed", Class: classContent, Retention: "as long as something refers to it", Sealed: true, Export: inArchive, Erase: "goes with its content"},
	{Name: "runs", Table: "run", Holds: "requests, parameters, results, errors and logs of runs", Why: "to resume a run, and to show what was done", Class: classContent, Retention: byRetention, Sealed: true, Export: inArchive, Erase: "row, with its steps"},
	{Name: "steps", Table: "step", Holds: "inputs, decisions, results and receipts of capability calls", Why: "to resume a run without doing anything twice, and to prove what was done", Class: classContent, Retention: withRun, Sealed: true, Export: inArchive, Erase: asRun},
	{Name: "scripts", Table: "script", Holds: "sources of deployed scripts", Why: "a run is pinned to its script", Class: classContent, Retention: "as long as a run, skill or automation is pinned to it", Sealed: true, Export: inArchive, Erase: "row"},
	{Name: "automations", Table: "automation", Holds: "requests, schedules and parameters of automations, and the script each is pinned to", Why: "to run them when they are due", Class: classContent, Retention: "until you remove it", Sealed: true, Export: inArchive, Erase: "row, with its occurrences; its runs stay"},
	{Name: "occurrences", Table: "occurrence", Holds: "due times of automations, what became of each, notes and errors", Why: "so that none is missed in silence, and none runs twice", Class: classContent, Retention: "as long as its automation", Sealed: true, Export: inArchive, Erase: "goes with its automation"},
	{Name: "grants", Table: "standing_grant", Holds: "what you allowed an automation to do without asking, for whom and until when", Why: "so that you are not asked the same again", Class: classContent, Retention: "until you revoke it, or a year after it ran out", Sealed: true, Export: inArchive, Erase: "row"},
	{Name: "alerts", Table: "alert", Holds: "what was noticed: a kind, a time, a run, a host or a mail's id", Why: "to tell you", Class: classContent, Retention: "until you put it away, or 90 days", Sealed: true, Export: inArchive, Erase: "row"},
	{Name: "reports", Table: "report", Holds: "ids and times of reports; their text is content", Why: "the user asked for them", Class: classContent, Retention: byRetention, Sealed: true, Export: inArchive, Erase: "row and content"},
	{Name: "settings", Table: "setting", Holds: "settings, the user's own addresses among them", Why: "the user chose them", Class: classContent, Retention: withHome, Sealed: true, Export: inArchive, Erase: "row"},
	{Name: "ledger", Table: "ledger", Holds: "times, kinds, run ids and hashes of what was decided and done", Why: "to prove that nothing was changed or left out", Class: classFact, Retention: withHome, Sealed: true, Export: "`steward ledger export`", Erase: "stays: it holds no content; only erasing the home removes it"},
	{Name: "ledger content", Table: "ledger_content", Holds: "what was decided, done and sent where", Why: "to show it", Class: classContent, Retention: byRetention, Sealed: true, Export: "`steward ledger export`", Erase: "row, salt included; the chain still verifies"},
	{Name: "mails", Table: "mail", Holds: "times, sizes, flags and kinds of mails, keyed hashes of ids and subjects", Why: "to list, thread and filter mail", Class: classFact, Retention: byRetention, Sealed: true, Export: "`steward mail export`", Erase: "row, with everything that hangs on it"},
	{Name: "mail headers", Table: "mail_content", Holds: "subjects, addresses, attachment names", Why: "to show mail", Class: classContent, Retention: withMail, Sealed: true, Export: "`steward mail export`", Erase: asMail},
	{Name: "mail references", Table: "mail_reference", Holds: "keyed hashes of the ids that a mail answers", Why: "to put answers into threads", Class: classDerived, Retention: withMail, Sealed: true, Export: noExport, Erase: asMail},
	{Name: "merged threads", Table: "thread_merged", Holds: "numbers of threads that became one", Why: "to find a thread under its old id", Class: classFact, Retention: withHome, Sealed: true, Export: noExport, Erase: "with the home"},
	{Name: "people", Table: "person", Holds: "names and addresses of the people in mails, and how often the user wrote to them", Why: "recipients are known people, not strings", Class: classContent, Retention: "as long as a mail names them", Sealed: true, Export: inArchive, Erase: "row"},
	{Name: "people in mails", Table: "mail_person", Holds: "which person stands in which mail", Why: "to find mail by person", Class: classDerived, Retention: withMail, Sealed: true, Export: noExport, Erase: asMail},
	{Name: "search index", Table: "mail_words*", Holds: "keyed hashes of the words of mails; tells which words are equal, their order, and which stand together", Why: "to find mail by words", Class: classDerived, Retention: withMail, Sealed: true, Export: noExport, Erase: "goes with its mail; then the index is rewritten, or deleted hashes stay"},

	{Name: "database", File: "steward.db", Holds: "the tables above", Why: "the state of Steward", Class: classContent, Retention: withHome, Sealed: true, Export: "`steward backup create`", Erase: "with the home; single rows by their kind"},
	{Name: "database log", File: "steward.db-wal", Holds: "the database's last changes", Why: "nothing is lost in a crash", Class: classContent, Retention: "until Steward closes", Sealed: true, Export: noExport, Erase: "emptied when Steward closes"},
	{Name: "database index of the log", File: "steward.db-shm", Holds: "positions in the log", Why: "several connections read while one writes", Class: classDerived, Retention: "until Steward closes", Sealed: true, Export: noExport, Erase: "removed when Steward closes"},
	{Name: "rollback journal", File: "steward.db-journal", Holds: "pages of the database while it is being made", Why: "SQLite needs it before its log is there", Class: classContent, Retention: "a moment; after a crash until the next start", Sealed: true, Export: noExport, Erase: "removed at the next start"},
	{Name: "keyring", File: "keyring", Holds: "the keys of all sealed content, wrapped under the vault's", Why: "erasing a key erases all that it sealed", Class: classKey, Retention: withHome, Sealed: true, Export: "`steward backup create`, apart from the data", Erase: "with the home; an account's key with the account"},
	{Name: "files being replaced", File: "*.tmp", Holds: "the new keyring, checkpoint or other small file", Why: "a crash leaves the old file or the new one", Class: classKey, Retention: "a moment; after a crash until the next start", Sealed: true, Export: noExport, Erase: "removed at the next start"},
	{Name: "ledger checkpoint", File: "ledger.head", Holds: "a row number and hash of the ledger", Why: "to notice a ledger that was cut off", Class: classFact, Retention: withHome, Sealed: true, Export: noExport, Erase: "with the home"},
	{Name: "snapshots", File: "snapshots/*", Holds: "the database as it was before an update, as sealed as it", Why: "an update that goes wrong can be undone", Class: classContent, Retention: "the last three", Sealed: true, Export: noExport, Erase: "removed by any erasure"},
	{Name: "vault", File: "vault.json", Holds: "the master key, sealed by passphrase or recovery code", Why: "opens the keyring where there is no keychain", Class: classKey, Retention: withHome, Sealed: true, Export: noExport, Erase: "with the home"},
	{Name: "lock", File: "lock", Holds: "nothing, or the number of the owning process", Why: "one process owns a home", Class: classFact, Retention: "while Steward runs", Sealed: true, Export: noExport, Erase: "with the home"},
	{Name: "socket", File: "socket", Holds: "nothing", Why: "other commands attach to the owner", Class: classFact, Retention: "while Steward runs", Sealed: true, Export: noExport, Erase: "with the home"},
	{Name: "sandbox cache", File: "cache/wazero/**", Holds: "the compiled script engine", Why: "scripts start in milliseconds", Class: classDerived, Retention: "until the engine's next version", Sealed: true, Export: noExport, Erase: "with the home, or by hand at any time"},
}
