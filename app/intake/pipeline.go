package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/app/connect/mailfile"
)

// job is one message on its way. done is closed when parsed is set.
type job struct {
	item   mailfile.Item
	parsed email.Parsed
	done   chan struct{}
}

// pipeline: read puts every job into order and jobs; parsers take from jobs; store takes from order and waits for each,
// so that the sink sees the order of the files.
type pipeline struct {
	o      Options
	sink   Sink
	flight *gate
	jobs   chan *job
	order  chan *job
	result Result
	seen   Progress
}

func (p *pipeline) read(ctx context.Context) error {
	defer close(p.order)
	defer close(p.jobs)
	return p.o.walk(ctx, func(item mailfile.Item) error {
		p.flight.take(int64(len(item.Raw)))
		j := &job{item: item, done: make(chan struct{})}
		select {
		case p.jobs <- j:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		select {
		case p.order <- j:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		return nil
	})
}

func (p *pipeline) parse() {
	for j := range p.jobs {
		if j.item.Problem == "" {
			j.parsed = parse(j.item, p.o)
		}
		close(j.done)
	}
}

// parse must not take the program down: a message that breaks the parser is kept as it came.
func parse(item mailfile.Item, o Options) (parsed email.Parsed) {
	defer func() {
		if recover() == nil {
			return
		}
		sum := sha256.Sum256(item.Raw)
		parsed = email.Parsed{Raw: item.Raw, DedupeKey: "unparsed:" + hex.EncodeToString(sum[:]), Message: email.Message{
			Account: o.Account, Received: o.Now, Size: int64(len(item.Raw)), Kind: email.Personal, Damaged: true,
			Problems: []string{"Steward could not read it, which is a defect: please report it"},
		}}
	}()
	return email.Parse(item.Raw, email.ParseOptions{Account: o.Account, Now: o.Now, Flags: item.Flags, Me: o.Me})
}

// store gathers batches in order and hands them to the sink.
func (p *pipeline) store(ctx context.Context) error {
	var batch []email.Parsed
	var bytes int64
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		added, err := p.sink.AddMails(ctx, batch)
		if err != nil {
			return err
		}
		p.result.Imported += added.Imported
		p.result.Duplicates += added.Duplicates
		p.seen.Imported, p.seen.Duplicates = p.result.Imported, p.result.Duplicates
		p.flight.give(bytes)
		clear(batch)
		batch, bytes = batch[:0], 0
		if p.o.Progress != nil {
			p.o.Progress(p.seen)
		}
		return nil
	}
	for {
		j, ok, err := p.next(flush)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		p.seen.Read++
		size := int64(len(j.item.Raw))
		p.seen.Bytes += size
		p.note(j)
		if j.item.Problem != "" {
			continue
		}
		batch, bytes = append(batch, j.parsed), bytes+size
		if len(batch) == batchMails || bytes >= batchBytes || p.flight.crowded() {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	return flush()
}

// next waits for the next message, parsed. If meanwhile the reader waits for room that only the batch under way can
// make, the batch is flushed.
func (p *pipeline) next(flush func() error) (*job, bool, error) {
	for {
		select {
		case j, ok := <-p.order:
			if ok {
				<-j.done
			}
			return j, ok, nil
		case <-p.flight.full:
			if err := flush(); err != nil {
				return nil, false, err
			}
		}
	}
}

func (p *pipeline) note(j *job) {
	problem := j.item.Problem
	if problem != "" {
		p.result.Left++
	} else if j.parsed.Damaged {
		problem = strings.Join(j.parsed.Problems, "; ")
	}
	switch {
	case problem == "":
	case len(p.result.Damaged) < maxDamaged:
		p.result.Damaged = append(p.result.Damaged, Problem{Source: j.item.Source, Problem: problem})
	default:
		p.result.More++
	}
}

// drain lets reader and parsers end after the sink has failed.
func (p *pipeline) drain() {
	for j := range p.order {
		<-j.done
	}
}
