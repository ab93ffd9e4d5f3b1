// Package headless is Steward without a window: the command line, and the socket through which other commands attach to
// the one process that owns a home.
package headless

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/sandbox"
)

// Exit codes of the command line.
const (
	ExitDone    = 0
	ExitFailed  = 1
	ExitUsage   = 2
	ExitWaiting = 3

	exitDefect = 2 // Steward itself is wrong; a Go program that panics ends with it, too
)

// Streams is where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

type commands struct {
	Home string `help:"Where Steward keeps your data." env:"STEWARD_HOME" placeholder:"DIR"`
	JSON bool   `help:"Print one JSON object a line, the last one being the result, for programs."`

	Ask         askCommand          `cmd:"" help:"Carry out one request, to its end."`
	Automations automationsCommands `cmd:"" help:"Have requests carried out again and again, when they are due."`
	Mail        mailCommands        `cmd:"" help:"Import, find and show mail."`
	Runs        runsCommands        `cmd:"" help:"See and steer what runs and ran."`
	Reports     reportsCommands     `cmd:"" help:"List and export reports."`
	Approvals   approvalsCommands   `cmd:"" help:"See and answer what waits for your word."`
	Script      scriptCommands      `cmd:"" help:"Run or check a script of your own."`
	Ledger      ledgerCommands      `cmd:"" help:"See and verify the record of everything that was decided and done."`
	Alerts      alertsCommands      `cmd:"" help:"See what was noticed and should be looked at."`
	Models      modelsCommands      `cmd:"" help:"Connect language models, and choose which one writes scripts."`
	Agents      agentsCommands      `cmd:"" help:"See the agents, what they can do, and the skills."`
	Policy      policyCommands      `cmd:"" help:"See and choose what Steward may do, and ask why it decided as it did."`
	Grants      grantsCommands      `cmd:"" help:"See and end what you allowed automations to do without asking."`
	Data        dataCommands        `cmd:"" help:"See what is kept, where, and why."`
	Serve       serveCommand        `cmd:"" help:"Serve Steward's page to a browser on this machine."`
	Unlock      unlockCommand       `cmd:"" help:"Open the vault with the recovery code."`
	Doctor      doctorCommand       `cmd:"" help:"Check everything that Steward stands on."`
	Version     versionCommand      `cmd:"" help:"Print the version."`
}

// command is what every command does with an opened home.
type command interface {
	run(ctx context.Context, s *session) error
}

// Main runs the command line and gives its exit code.
func Main(args []string, streams Streams) (code int) {
	if len(args) == 1 && args[0] == sandbox.ChildArg {
		return sandbox.RunChild()
	}
	defer func() { // of a panic nothing is printed but where it was: its value may be anything
		if r := recover(); r != nil {
			code = (&printer{out: streams.Out, err: streams.Err, json: wantsJSON(args)}).fail(api.Defect(r), exitDefect)
		}
	}()
	// The heap of a command is small and short-lived: collecting less often makes it faster, until it would become large.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(80 << 20)
	signal.Ignore(syscall.SIGPIPE) // others may be attached to this process, and what was asked for is still to be done
	out := &outlet{Writer: streams.Out}
	streams.Out = out
	var c commands
	exit := -1
	parser, err := kong.New(&c, kong.Name("steward"), kong.Writers(streams.Out, streams.Err), kong.Exit(func(code int) { exit = code }),
		kong.Description("A personal agent on your desktop. It writes a small script, runs it in a sandbox, and shows what it did."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}))
	if err != nil {
		panic("headless: the command line is defined wrongly: " + err.Error())
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	p := &printer{out: streams.Out, err: streams.Err, json: c.JSON || err != nil && wantsJSON(args)}
	if err != nil {
		return p.fail(usage(err), ExitUsage)
	}
	chosen, ok := parsed.Selected().Target.Addr().Interface().(command)
	if !ok {
		return p.fail(&agents.Error{Code: agents.CodeInvalid, Message: "say what to do", Hint: parsed.Selected().Summary() + " --help"}, ExitUsage)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	code = runCommand(ctx, chosen, &session{home: c.Home, streams: streams, print: p})
	if err := out.trouble(); err != nil && code == ExitDone {
		return p.fail(err, ExitFailed)
	}
	return code
}

// needsNoHome is implemented by commands that work before there is a home.
type needsNoHome interface{ needsNoHome() }

func runCommand(ctx context.Context, c command, s *session) int {
	if _, free := c.(needsNoHome); !free {
		if err := s.open(ctx); err != nil {
			return s.print.fail(err, ExitFailed)
		}
	}
	err := c.run(ctx, s)
	closing := s.close(ctx)
	var code exitCode
	if closing != nil && (err == nil || errors.As(err, &code)) {
		// What was asked for has been answered, and stands: a failure now would make a program ask for it again.
		s.print.warn(closing)
	}
	switch {
	case errors.As(err, &code):
		return int(code)
	case err == nil:
		return ExitDone
	case agents.CodeOf(err) == agents.CodeInvalid:
		return s.print.fail(err, ExitUsage)
	default:
		return s.print.fail(err, ExitFailed)
	}
}

// exitCode ends a command that has said everything already.
type exitCode int

func (e exitCode) Error() string { return "ended" }
