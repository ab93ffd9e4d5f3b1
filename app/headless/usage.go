package headless

import (
	"errors"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/stewardhq/steward/agents"
)

// usage turns what the parser says of a command line into an error that names the command and the help to read.
func usage(err error) *agents.Error {
	e := &agents.Error{Code: agents.CodeInvalid, Message: err.Error(), Hint: "steward --help"}
	var parsing *kong.ParseError
	if !errors.As(err, &parsing) || parsing.Context == nil {
		return e
	}
	node, path := parsing.Context.Model.Node, "steward"
	for _, step := range parsing.Context.Path {
		if step.Command != nil {
			node, path = step.Command, path+" "+step.Command.Name
		}
	}
	e.Hint = path + " --help"
	word, unexpected := strings.CutPrefix(e.Message, "unexpected argument ")
	word, similar, _ := strings.Cut(word, ", did you mean ")
	missing, expected := strings.CutPrefix(e.Message, "expected ")
	switch {
	case expected && len(node.Children) > 0:
		e.Message = "say which: " + path + " " + alternatives(node)
	case expected:
		e.Message = path + " needs " + strings.Trim(missing, `"`)
	case unexpected && len(node.Children) > 0:
		e.Message = `there is no command "` + strings.TrimPrefix(path+" ", "steward ") + word + `"`
		if similar != "" {
			e.Hint = "did you mean " + similar + " All commands: " + e.Hint
		}
	case unexpected:
		e.Message = `"` + word + `" is one word too many for ` + path
		e.Hint += `; a text of several words stands in quotes: "like this"`
	}
	return e
}

func alternatives(node *kong.Node) string {
	var names []string
	for _, child := range node.Children {
		if !child.Hidden {
			names = append(names, child.Name)
		}
	}
	return strings.Join(names, ", ")
}

// wantsJSON looks for --json in a command line that could not be parsed.
func wantsJSON(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return slices.Contains(args, "--json")
}

// Help is shown by steward --help.
func (*commands) Help() string {
	return `To begin, with mail that is made up, or with your own:

  steward mail import --sample
  steward mail import ~/mail/archive.mbox
  steward ask "Brief me on today's mail"

Your data lies sealed in one folder, the home; its key lies in the system's keychain. Where there is none, such as on a
server, a passphrase in a file opens it: STEWARD_KEYRING=file STEWARD_PASSPHRASE_FILE=FILE (chmod 600).

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 waiting for your approval.`
}

// Help is shown by steward ask --help.
func (*askCommand) Help() string {
	return `For example:

  steward ask "Brief me on today's mail"
  steward ask "Find the invoice from Acme last week"
  steward ask "整理今天的郵件"

Without a model, Steward does what its skills do (steward agents list), in English and Traditional Chinese. Add a model
with steward models add, and it writes the script for any other request.`
}

// Help is shown by steward automations add --help.
func (*automationsAdd) Help() string {
	return `The text says on which days of the week and at what time, in English or Chinese:

  steward automations add "Brief me on today's mail every weekday at 8:00"
  steward automations add "每週一、四上午九點整理今天的郵件"
  steward automations add "every weekday at 8:00" --from RUN

An automation is pinned to its script: that of the skill as it is now, or that of the run. What the request means, such as
today, is worked out for the day on which it runs. It runs while Steward stays open. What was due while it was not, or while
the machine slept, is listed as missed and said; the latest of it runs late if it is not older than 12 hours.`
}

// Help is shown by steward mail import --help.
func (*mailImport) Help() string {
	return `Nothing comes in twice: an import that was broken off, or that is repeated, finds what is already here. Every message
is kept byte for byte, a damaged one too; the files themselves are only read.`
}

// Help is shown by steward mail search --help.
func (*mailSearch) Help() string {
	return `Words, all of which must be in the message, and:

  "a phrase"   -without   this OR that
  from:anna   to:sam   subject:budget   has:attachment   kind:invoice
  is:unread   is:read   is:starred   is:sent
  newer_than:30d   older_than:2w   since:yesterday   after:2026-01-31   before:2026-02-28

A query that begins with a minus stands after two dashes: steward mail search -- -newsletter`
}

// Help is shown by steward script run --help.
func (*scriptRun) Help() string {
	return `A script is the body of an async function; what it returns is shown. For example:

  const mails = await mail.search("invoice newer_than:30d")
  return t` + "`${mails.length} invoices, the latest about ${mails[0].subject}`" + `

It runs in a locked process without network, files or clock of its own; what it can call is in steward script api.`
}

// Help is shown by steward models add --help.
func (*modelsAdd) Help() string {
	return `For example:

  steward models add openai-compatible --name home --base-url http://127.0.0.1:11434/v1 --model qwen3
  steward models use home

The key, if the server wants one, is read from standard input and kept in the vault.`
}

// Help is shown by steward approvals approve --help.
func (*approvalsApprove) Help() string {
	return `What you saw is what is done. Without --hash the whole sheet is shown and you are asked at the terminal. Where there is
no terminal, or with --json, --hash says which sheet you saw: steward approvals show prints it. If the sheet has changed
since, nothing is done.

--allow-until and --allow-times let an automation do exactly the same again without asking, where the sheet offers that.`
}

// Help is shown by steward approvals edit --help.
func (*approvalsEdit) Help() string {
	return `Your words are read from standard input, or, at a terminal, from EDITOR; of a list of people, addresses, one a line:

  echo "See you at ten." | steward approvals edit 01J… --step 3 --field draft.body

The sheet is then another one, with another hash, and still waits.`
}

// Help is shown by steward approvals answer --help.
func (*approvalsAnswer) Help() string {
	return `A sheet is answered once. Where it also holds steps, say with --approve what is to become of them. Several questions are
answered one after another at a terminal: steward approvals approve ID.`
}

// Help is shown by steward unlock --help.
func (*unlockCommand) Help() string {
	return `When the passphrase or the keychain entry is lost, the recovery code that was shown when the home was made opens it, and
a new passphrase (STEWARD_PASSPHRASE_FILE) or keychain entry is set:

  steward unlock --recover < FILE`
}

// Help is shown by steward serve --help.
func (*serveCommand) Help() string {
	return `It prints a link, good once and for 10 minutes; whoever opens it in a browser on this machine is in, and nobody else. It
serves until Ctrl-C. steward serve --link, and steward serve where Steward serves already, print a fresh link.

A new home waits for its first start in the page. Other commands go through the Steward that serves.`
}
