package headless

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/term"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/approval/screen"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/shown"
)

type approvalsAnswer struct {
	ID      string `arg:"" help:"The run's id, or its beginning."`
	Hash    string `help:"The hash of the sheet that you saw."`
	Step    int    `help:"The step that asks; it may be left out where there is one question." placeholder:"N"`
	Choose  []int  `help:"The numbers of what you choose, as shown." placeholder:"N,…"`
	Text    string `help:"Your answer, where none is offered." placeholder:"TEXT"`
	Approve string `help:"What else on the sheet is to be done: all, none, or the numbers of the steps." placeholder:"all|none|N,…"`
}

func (c *approvalsAnswer) run(ctx context.Context, s *session) error {
	sheet, err := s.sheet(ctx, c.ID)
	if err != nil {
		return err
	}
	given := api.Answered{ID: sheet.Run, Hash: c.Hash, Approve: []int{}}
	if c.Hash == "" {
		given.Hash = sheet.Hash
	}
	row, err := c.question(sheet)
	if err != nil {
		return err
	}
	words := c.Text
	if len(c.Choose) > 0 {
		words = strings.Trim(fmt.Sprint(c.Choose), "[]")
	}
	reply, err := screen.Reply(row, words)
	if err != nil {
		return err
	}
	given.Replies = []engine.ReplyTo{reply}
	if given.Approve, err = c.approved(sheet); err != nil {
		return err
	}
	return s.answer(ctx, given)
}

// question is the row that is answered.
func (c *approvalsAnswer) question(sheet engine.Sheet) (engine.Row, error) {
	asks := screen.Questions(sheet)
	if len(asks) > 1 {
		return engine.Row{}, &agents.Error{Code: agents.CodeInvalid, Message: "the run asks several things, and an answer is given once", Hint: "answer them at a terminal: steward approvals approve " + sheet.Run}
	}
	if len(asks) == 0 || c.Step != 0 && asks[0].Step != c.Step {
		return engine.Row{}, &agents.Error{Code: agents.CodeInvalid, Message: "that step asks nothing", Hint: "look at it: steward approvals show " + sheet.Run}
	}
	return asks[0], nil
}

// approved is what else the answer lets be done. A sheet is answered once, so it has to be said.
func (c *approvalsAnswer) approved(sheet engine.Sheet) ([]int, error) {
	steps := screen.Steps(sheet)
	switch {
	case c.Approve == "all":
		if c.Hash == "" {
			return nil, &agents.Error{Code: agents.CodeInvalid, Message: "say which sheet you saw", Hint: fmt.Sprintf("look at it with `steward approvals show %s`, which prints its --hash", sheet.Run)}
		}
		return steps, nil
	case c.Approve == "none", c.Approve == "" && len(steps) == 0:
		return []int{}, nil
	case c.Approve == "":
		return nil, &agents.Error{
			Code: agents.CodeInvalid, Message: fmt.Sprintf("the run also wants to do %d %s, and an answer is given once", len(steps), plural(len(steps), "step")),
			Hint: "say what is to become of them: --approve all, --approve none, or their numbers",
		}
	case c.Hash == "":
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: "say which sheet you saw", Hint: fmt.Sprintf("look at it with `steward approvals show %s`, which prints its --hash", sheet.Run)}
	}
	return screen.Numbers(c.Approve)
}

type approvalsEdit struct {
	ID    string `arg:"" help:"The run's id, or its beginning."`
	Hash  string `help:"The hash of the sheet that you saw."`
	Step  int    `required:"" help:"The step." placeholder:"N"`
	Field string `required:"" help:"The field, as shown: draft.body, draft.to." placeholder:"PATH"`
}

func (c *approvalsEdit) run(ctx context.Context, s *session) error {
	sheet, err := s.sheet(ctx, c.ID)
	if err != nil {
		return err
	}
	text, err := s.words(ctx, screen.Content(sheet, c.Step, c.Field))
	if err != nil {
		return err
	}
	edited := api.Edited{ID: sheet.Run, Hash: sheet.Hash, Step: c.Step, Edits: []api.Typed{{Path: c.Field, Text: text}}}
	if c.Hash != "" {
		edited.Hash = c.Hash
	}
	if sheet, err = call[engine.Sheet](ctx, s, "Approvals/Edit", edited); err != nil {
		return err
	}
	s.print.object("result", sheet)
	s.showSheet(sheet)
	s.lines(screen.Next(sheet))
	return nil
}

// mostWords is how much may be typed in place of a field.
const mostWords = 1 << 20

// words are the user's own: from standard input, or, at a terminal, from the user's editor, which begins with what is
// there now.
func (s *session) words(ctx context.Context, now string) (string, error) {
	in, ok := s.streams.In.(*os.File)
	if ok && term.IsTerminal(int(in.Fd())) {
		return s.edit(ctx, in, now)
	}
	if s.streams.In == nil {
		return "", nil
	}
	text, err := io.ReadAll(io.LimitReader(s.streams.In, mostWords+1))
	if err != nil {
		return "", fmt.Errorf("read your words: %w", err)
	}
	if len(text) > mostWords {
		return "", &agents.Error{Code: agents.CodeLimit, Message: "that is more text than a field may have", Hint: fmt.Sprintf("at most %d bytes", mostWords)}
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), nil
}

// edit opens the user's editor on a file in memory.
func (s *session) edit(ctx context.Context, in *os.File, now string) (text string, err error) {
	editor := strings.Fields(os.Getenv("EDITOR"))
	if len(editor) == 0 {
		return "", &agents.Error{Code: agents.CodeInvalid, Message: "no editor is set", Hint: "set EDITOR, or give the text on standard input"}
	}
	path, err := shown.Write("field.txt", []byte(now+"\n"))
	if err != nil {
		return "", err
	}
	defer func() {
		if dropped := shown.Drop(path); err == nil {
			err = dropped
		}
	}()
	command := exec.CommandContext(ctx, editor[0], append(editor[1:], path)...)
	command.Stdin, command.Stdout, command.Stderr = in, os.Stderr, os.Stderr
	if err := command.Run(); err != nil {
		return "", &agents.Error{Code: agents.CodeUnavailable, Message: "the editor failed, and nothing was changed", Hint: "look at EDITOR, or give the text on standard input", Err: err}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read what was edited: %w", err)
	}
	return strings.TrimSuffix(string(raw), "\n"), nil
}
