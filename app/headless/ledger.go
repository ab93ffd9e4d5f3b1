package headless

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/store"
	"github.com/stewardhq/steward/store/link"
)

type ledgerCommands struct {
	Show   ledgerShow   `cmd:"" help:"Show what happened."`
	Left   ledgerLeft   `cmd:"" help:"Show what left this machine: hosts, bytes, why, and what was sent to whom."`
	Verify ledgerVerify `cmd:"" help:"Check that nothing was changed, removed or rolled back."`
	Export ledgerExport `cmd:"" help:"Write all rows as JSON lines that anybody can check without your keys."`
}

type ledgerShow struct {
	Run   string `help:"Only this run." placeholder:"ID"`
	Kind  string `help:"Only this kind: run, decision, intent, outcome, approval, grant, egress, model, setting, login, lock, alert." placeholder:"KIND"`
	Limit int    `default:"100" help:"The latest so many."`
}

func (c *ledgerShow) run(ctx context.Context, s *session) error {
	if c.Limit < 1 {
		return &agents.Error{Code: agents.CodeInvalid, Message: "--limit is a number from 1 on"}
	}
	filter := store.LedgerFilter{Kind: c.Kind}
	if c.Run != "" {
		d, err := call[api.RunDetail](ctx, s, "Runs/Show", api.RunID{ID: c.Run})
		if err != nil {
			return err
		}
		filter.Run = d.Run.ID
	}
	var last []store.LedgerRow
	err := s.eachRow(ctx, filter, func(r store.LedgerRow) {
		if last = append(last, r); len(last) > 2*c.Limit {
			last = append([]store.LedgerRow(nil), last[len(last)-c.Limit:]...)
		}
	})
	if err != nil {
		return err
	}
	last = last[max(0, len(last)-c.Limit):]
	for _, r := range last {
		s.print.object("row", r)
		s.print.line("%6d  %s  %-8s %s", r.Seq, r.Time.Local().Format("2006-01-02 15:04:05"), r.Kind, clean(string(r.Content)))
	}
	s.print.object("result", map[string]any{"count": len(last)})
	if len(last) == 0 {
		s.print.line("Nothing of this kind was written down.")
	}
	return nil
}

// eachRow goes through the rows of the ledger, oldest first, a page at a time.
func (s *session) eachRow(ctx context.Context, filter store.LedgerFilter, use func(store.LedgerRow)) error {
	for {
		page, err := call[api.LedgerRows](ctx, s, "Ledger/Show", filter)
		if err != nil || len(page.Rows) == 0 {
			return err
		}
		for _, r := range page.Rows {
			filter.After = r.Seq
			use(r)
		}
	}
}

type ledgerVerify struct {
	File string `help:"An export to check instead of this home; neither the home nor its keys are needed." placeholder:"FILE"`
}

func (c *ledgerVerify) needsNoHome() {} // it enters itself where it needs one

func (c *ledgerVerify) run(ctx context.Context, s *session) error {
	if c.File != "" {
		return c.file(s)
	}
	if err := s.open(ctx); err != nil {
		return err
	}
	v, err := call[store.Verification](ctx, s, "Ledger/Verify", api.Nothing{})
	if err != nil {
		return err
	}
	return s.verified(v, map[string]any{}, "somebody or something changed the home; do not trust later rows, and look at your snapshots")
}

func (c *ledgerVerify) file(s *session) error {
	f, err := os.Open(c.File)
	if err != nil {
		return &agents.Error{Code: agents.CodeNotFound, Message: "the file cannot be opened", Hint: "name an export: steward ledger export --output FILE", Err: err}
	}
	defer func() { _ = f.Close() }() // only read
	v, erased, err := link.VerifyExport(f)
	if err != nil {
		return err
	}
	return s.verified(v, map[string]any{"erased": erased}, "the file was changed since it was exported, or the ledger had been before")
}

// verified tells what came out of a check.
func (s *session) verified(v store.Verification, result map[string]any, hint string) error {
	result["rows"], result["ok"], result["first_bad"] = v.Rows, v.OK, nil
	if !v.OK {
		result["first_bad"], result["problem"] = v.FirstBad, v.Problem
	}
	s.print.object("result", result)
	if !v.OK {
		s.print.error(&agents.Error{
			Code: agents.CodeDamaged, Message: fmt.Sprintf("the ledger does not check out at row %d: %s", v.FirstBad, v.Problem), Hint: hint,
		})
		return exitCode(ExitFailed)
	}
	s.print.line("%d rows, all in order.", v.Rows)
	if erased, _ := result["erased"].(int); erased > 0 {
		s.print.line("The content of %d of them was erased; the chain over them holds.", erased)
	}
	return nil
}

type ledgerExport struct {
	Output string `help:"Write it to this file, which must not exist yet; otherwise it is printed." placeholder:"FILE"`
}

func (c *ledgerExport) run(ctx context.Context, s *session) (err error) {
	out := s.print.out
	if c.Output != "" {
		f, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return &agents.Error{Code: agents.CodeInvalid, Message: "the file cannot be made", Hint: "name a file that does not exist yet, in a folder that you may write to", Err: err}
		}
		defer func() {
			closing := f.Close()
			if err == nil && closing != nil {
				err = fmt.Errorf("write the export: %w", closing)
			}
		}()
		out = f
	}
	rows := 0
	for page := (api.LedgerExport{}); !page.Done; {
		if page, err = call[api.LedgerExport](ctx, s, "Ledger/Export", api.LedgerPage{After: page.Last}); err != nil {
			return err
		}
		rows += strings.Count(page.Lines, "\n")
		if c.Output == "" {
			page.Lines = inert(page.Lines) // a terminal may be what it is printed on
		}
		if _, err := io.WriteString(out, page.Lines); err != nil {
			return fmt.Errorf("write the export: %w", err)
		}
	}
	if c.Output != "" {
		s.print.object("result", map[string]any{"rows": rows - 1, "file": c.Output})
		s.print.line("%d rows. It is no longer sealed there. Check it anywhere: steward ledger verify --file %s", rows-1, c.Output)
	}
	return nil
}

type ledgerLeft struct {
	Since string `default:"today" help:"today, yesterday, a number of days such as 7d, or a date such as 2026-01-31."`
	Until string `help:"Up to and with this day." placeholder:"DATE"`
}

func (c *ledgerLeft) run(ctx context.Context, s *session) error {
	asked, err := c.asked(time.Now())
	if err != nil {
		return err
	}
	left, err := call[api.Left](ctx, s, "Ledger/Left", asked)
	if err != nil {
		return err
	}
	s.print.object("result", left)
	if len(left.Hosts) == 0 && len(left.Sends) == 0 {
		s.print.line("Nothing left this machine since %s.", left.Since.Local().Format("2006-01-02 15:04"))
		return nil
	}
	for _, h := range left.Hosts {
		s.print.line("%s  %d %s, %d bytes out, %d bytes in%s", clean(h.Host), h.Times, plural(h.Times, "time"), h.BytesOut, h.BytesIn, refused(h.Refused))
		for _, why := range h.Why {
			s.print.line("    why: %s", clean(why))
		}
		for _, class := range h.Class {
			s.print.line("    data: %s", clean(class))
		}
		for _, run := range h.Runs {
			s.print.line("    run: %s", run)
		}
	}
	for _, sent := range left.Sends {
		state := ""
		if sent.State == agents.StepUnknown {
			state = " (perhaps: whether it arrived is unknown)"
		}
		s.print.line("%s  %s to %s%s", sent.Time.Local().Format("2006-01-02 15:04:05"), sent.Capability, clean(strings.Join(sent.Recipients, ", ")), state)
		s.print.line("    receipt: %s\n    run: %s", clean(sent.Receipt), sent.Run)
	}
	s.print.line("In all %d bytes out, %d bytes in; %d %s refused.", left.TotalOut, left.TotalIn, left.Refused, plural(left.Refused, "connection"))
	return nil
}

func refused(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", refused %d %s", n, plural(n, "time"))
}

// asked reads the times as the user writes them.
func (c *ledgerLeft) asked(now time.Time) (api.LeftAsked, error) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	since, err := day(c.Since, today)
	if err != nil {
		return api.LeftAsked{}, err
	}
	asked := api.LeftAsked{Since: since}
	if c.Until != "" {
		until, err := day(c.Until, today)
		if err != nil {
			return asked, err
		}
		asked.Until = until.AddDate(0, 0, 1)
	}
	return asked, nil
}

var errDay = errors.New("it is neither today, yesterday, a number of days nor a date")

// day is the beginning of a day as a person writes it.
func day(text string, today time.Time) (time.Time, error) {
	var days int
	switch text {
	case "today":
		return today, nil
	case "yesterday":
		return today.AddDate(0, 0, -1), nil
	}
	if n, err := fmt.Sscanf(text, "%dd", &days); err == nil && n == 1 && days >= 0 && days < 100_000 && fmt.Sprintf("%dd", days) == text {
		return today.AddDate(0, 0, -days), nil
	}
	at, err := time.ParseInLocation("2006-01-02", text, today.Location())
	if err != nil {
		return at, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("%q is no day", text), Hint: "say today, yesterday, 7d, or a date such as 2026-01-31", Err: errDay}
	}
	return at, nil
}
