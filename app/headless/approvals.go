package headless

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/approval/screen"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/store"
)

type approvalsCommands struct {
	List    approvalsList    `cmd:"" help:"List what waits for your word."`
	Show    approvalsShow    `cmd:"" help:"Show everything that a run wants to do."`
	Approve approvalsApprove `cmd:"" help:"Let it be done, exactly as shown."`
	Deny    approvalsDeny    `cmd:"" help:"Do not let it be done."`
	Edit    approvalsEdit    `cmd:"" help:"Put your own words in place of a field."`
	Answer  approvalsAnswer  `cmd:"" help:"Answer what a run asks you."`
}

type approvalsList struct{}

func (c *approvalsList) run(ctx context.Context, s *session) error {
	list, err := call[api.SheetList](ctx, s, "Approvals/List", api.Nothing{})
	if err != nil {
		return err
	}
	for _, sheet := range list.Sheets {
		s.print.object("sheet", sheet)
		s.print.line("%s  %s  %s", sheet.Run, pad(screen.Summary(sheet), 24), clean(sheet.Request))
		if !sheet.Expires.IsZero() {
			s.print.line("    until %s", moment(sheet.Expires))
		}
	}
	s.print.object("result", map[string]any{"count": len(list.Sheets)})
	if len(list.Sheets) == 0 {
		s.print.line("Nothing waits for your word.")
	}
	return nil
}

type approvalsShow struct {
	ID string `arg:"" help:"The run's id, or its beginning."`
}

func (c *approvalsShow) run(ctx context.Context, s *session) error {
	sheet, err := s.sheet(ctx, c.ID)
	if err != nil {
		return err
	}
	s.print.object("result", sheet)
	s.showSheet(sheet)
	s.lines(screen.Next(sheet))
	return nil
}

func (s *session) sheet(ctx context.Context, id string) (engine.Sheet, error) {
	return call[engine.Sheet](ctx, s, "Approvals/Show", api.RunID{ID: id})
}

// showSheet prints everything that a run wants to do, to the last byte.
func (s *session) showSheet(sheet engine.Sheet) {
	s.lines(screen.Sheet(sheet, s.columns(), time.Local))
}

func (s *session) lines(lines []string) {
	for _, l := range lines {
		s.print.line("%s", l)
	}
}

// columns is how wide the terminal is; 0 if nobody knows.
func (s *session) columns() int {
	out := s.streams.Out
	if o, wrapped := out.(*outlet); wrapped {
		out = o.Writer
	}
	file, ok := out.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return width
}

func moment(t time.Time) string { return screen.Moment(t, time.Local) }

type approvalsApprove struct {
	ID         string `arg:"" help:"The run's id, or its beginning."`
	Hash       string `help:"The hash of the sheet that you saw. Without it the sheet is shown, and you are asked at the terminal."`
	Step       []int  `help:"Only these steps; all if none is named."`
	AllowUntil string `help:"From now on let this automation do exactly the same without asking, up to this day." placeholder:"YYYY-MM-DD"`
	AllowTimes int    `help:"And at most so often." placeholder:"N"`
}

func (c *approvalsApprove) run(ctx context.Context, s *session) error {
	sheet, err := s.sheet(ctx, c.ID)
	if agents.CodeOf(err) == agents.CodeNotFound && c.Hash != "" {
		return s.answeredBefore(ctx, c.ID, c.Hash, err)
	}
	if err != nil {
		return err
	}
	if len(c.Step) == 0 {
		c.Step = screen.Steps(sheet)
	}
	given := api.Answered{ID: sheet.Run, Approve: c.Step}
	if given.Grants, err = c.grants(sheet); err != nil {
		return err
	}
	if given.Hash = c.Hash; c.Hash == "" {
		if given.Hash, err = s.confirm(sheet, &given); err != nil {
			return err
		}
	} else if asks := screen.Questions(sheet); len(asks) > 0 {
		return &agents.Error{
			Code: agents.CodeInvalid, Message: "the run asks you something too, and an answer is given once",
			Hint: fmt.Sprintf("steward approvals answer %s --hash %s --step %d %s --approve all", sheet.Run, sheet.Hash, asks[0].Step, screen.Flag(asks[0])),
		}
	}
	return s.answer(ctx, given)
}

// answeredBefore says of a sheet that is there no more that the user's word on it was taken, if it was.
func (s *session) answeredBefore(ctx context.Context, id, hash string, gone error) error {
	d, err := call[api.RunDetail](ctx, s, "Runs/Show", api.RunID{ID: id})
	if err != nil {
		return gone
	}
	taken := false
	err = s.eachRow(ctx, store.LedgerFilter{Kind: "approval", Run: d.Run.ID}, func(r store.LedgerRow) {
		var is struct {
			Sheet    string `json:"sheet"`
			Approved []int  `json:"approved"`
		}
		taken = taken || json.Unmarshal(r.Content, &is) == nil && is.Sheet == hash && is.Approved != nil
	})
	if err != nil || !taken {
		return gone
	}
	return &agents.Error{Code: agents.CodeConflict, Message: "this was answered already, here or elsewhere", Hint: "see what became of it: `steward runs show " + d.Run.ID + "`", Err: gone}
}

// grants are what the user wants to allow for later: what the approved steps offer, and nothing else.
func (c *approvalsApprove) grants(sheet engine.Sheet) ([]engine.Giving, error) {
	if c.AllowUntil == "" && c.AllowTimes == 0 {
		return nil, nil
	}
	if c.AllowUntil == "" || c.AllowTimes < 1 {
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: "what is allowed for later has an end, and a number", Hint: "say both: --allow-until 2027-01-31 --allow-times 20"}
	}
	until, err := time.ParseInLocation(time.DateOnly, c.AllowUntil, time.Local)
	if err != nil {
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: clean(c.AllowUntil) + " is no day", Hint: "write it as 2027-01-31", Err: err}
	}
	var all []engine.Giving
	for _, row := range sheet.Rows {
		if row.Offer != nil && slices.Contains(c.Step, row.Step) {
			all = append(all, engine.Giving{Step: row.Step, Until: until.AddDate(0, 0, 1), Uses: c.AllowTimes})
		}
	}
	if len(all) == 0 {
		return nil, &agents.Error{
			Code: agents.CodeInvalid, Message: "nothing of this can be allowed for later",
			Hint: "only what an automation does again and again for people whom you know, without having read foreign text, can; approve it without --allow-until",
		}
	}
	return all, nil
}

// confirm shows a sheet and asks a person whether it is to be done, and what the run wants to know. It gives the hash of
// what was shown, so that nothing else is done, even if the sheet has changed by then.
func (s *session) confirm(sheet engine.Sheet, given *api.Answered) (string, error) {
	ask := s.asker()
	if ask == nil || s.print.json {
		return "", &agents.Error{
			Code: agents.CodeInvalid, Message: "nobody is there who could be shown the sheet and asked",
			Hint: fmt.Sprintf("look at it with `steward approvals show %s`, then say which you saw: steward approvals approve %s --hash HASH", sheet.Run, sheet.Run),
		}
	}
	s.showSheet(sheet)
	for _, row := range screen.Questions(sheet) {
		answer, err := ask(fmt.Sprintf("Your answer to step %d: ", row.Step))
		if err != nil {
			return "", undone(sheet, err)
		}
		reply, err := screen.Reply(row, strings.TrimSpace(answer))
		if err != nil {
			return "", err
		}
		given.Replies = append(given.Replies, reply)
	}
	all := len(screen.Steps(sheet))
	if all == 0 {
		return sheet.Hash, nil
	}
	later := ""
	if len(given.Grants) > 0 {
		later = fmt.Sprintf(" And the like of %d of them, without asking, up to %s and at most %d times each?", len(given.Grants), moment(given.Grants[0].Until), given.Grants[0].Uses)
	}
	answer, err := ask(fmt.Sprintf("Let %d of %d %s be done, exactly as shown?%s Type yes: ", len(given.Approve), all, plural(all, "step"), later))
	if strings.TrimSpace(strings.ToLower(answer)) != "yes" {
		return "", undone(sheet, err)
	}
	return sheet.Hash, nil
}

func undone(sheet engine.Sheet, cause error) error {
	return &agents.Error{Code: agents.CodeCancelled, Message: "nothing was done, and it still waits", Hint: "to say no for good: steward approvals deny " + sheet.Run, Err: cause}
}

// asker asks whoever sits at the terminal; nil if there is none.
func (s *session) asker() func(string) (string, error) {
	if s.ask != nil {
		return s.ask
	}
	in, ok := s.streams.In.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return nil
	}
	read := bufio.NewReader(in)
	return func(question string) (string, error) {
		fmt.Fprint(s.print.err, question)
		return read.ReadString('\n')
	}
}

type approvalsDeny struct {
	ID   string `arg:"" help:"The run's id, or its beginning."`
	Stop bool   `help:"And do not let the script go on."`
}

func (c *approvalsDeny) run(ctx context.Context, s *session) error {
	sheet, err := s.sheet(ctx, c.ID)
	if err != nil {
		return err
	}
	no := api.Answered{ID: sheet.Run, Hash: sheet.Hash, Approve: []int{}, Stop: c.Stop}
	if !c.Stop {
		return s.answer(ctx, no)
	}
	if _, err := call[api.RunID](ctx, s, "Approvals/Answer", no); err != nil {
		return err
	}
	s.print.object("result", map[string]any{"run": sheet.Run, "state": agents.Cancelled})
	s.print.line("Nothing of it was done, and the run was stopped.")
	return nil
}

func (s *session) answer(ctx context.Context, in api.Answered) error {
	run, err := call[api.RunID](ctx, s, "Approvals/Answer", in)
	if err != nil {
		return err
	}
	if err := s.watch(ctx, run.ID, func(engine.Event) {}); err != nil { // what happened before was told then
		return err
	}
	return s.outcome(ctx, run.ID)
}
