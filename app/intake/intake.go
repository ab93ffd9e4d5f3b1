// Package intake brings mail from files into the store: a reader, parsers side by side, and batches in the order of the
// files. Memory is bounded whatever the size of the mailbox; what was broken off is simply done again, since the sink
// knows what it has.
package intake

import (
	"context"
	"runtime"
	"time"

	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/app/connect/mailfile"
	"github.com/stewardhq/steward/store"
)

// Sink takes batches of mail. A mail that it has already is counted as a duplicate and changes nothing.
type Sink interface {
	AddMails(ctx context.Context, mails []email.Parsed) (store.AddResult, error)
}

// Options say what to bring in.
type Options struct {
	Paths    []string        // files and folders
	Items    []mailfile.Item // messages that are at hand, before those of Paths
	Me       []string        // the user's addresses; guessed from the mail if there is none
	Account  string
	Now      time.Time      // the import's time
	Progress func(Progress) // called after each batch; may be nil
}

// Progress is how far an import is.
type Progress struct {
	Read       int   `json:"read"` // messages
	Bytes      int64 `json:"bytes"`
	Imported   int   `json:"imported"`
	Duplicates int   `json:"duplicates"`
}

// Problem is a message that could not be read as a whole. If it could be read at all, it is imported nevertheless.
type Problem struct {
	Source  string `json:"source"`
	Problem string `json:"problem"`
}

// Result says what became of an import.
type Result struct {
	Imported   int       `json:"imported"`
	Duplicates int       `json:"duplicates"`
	Left       int       `json:"left"`    // messages that could not be taken in: too large, or their file not readable
	Damaged    []Problem `json:"damaged"` // the first thousand
	More       int       `json:"more"`    // damaged ones beyond those
	Me         []string  `json:"me"`      // as given or guessed
}

const maxDamaged = 1_000

// Limits of what is in flight.
const (
	batchMails = 200
	batchBytes = 8 << 20
	maxFlight  = 24 << 20 // raw bytes between reader and sink; one message may exceed it
	queueMails = 2 * batchMails
)

// Import reads all messages and gives them to the sink. On an error the result says what had been done by then; to go on,
// import again.
func Import(ctx context.Context, o Options, sink Sink) (Result, error) {
	if len(o.Me) == 0 {
		me, err := GuessMe(ctx, o)
		if err != nil {
			return Result{Damaged: []Problem{}, Me: []string{}}, err
		}
		o.Me = me
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	p := &pipeline{
		o: o, sink: sink, flight: newGate(maxFlight),
		jobs: make(chan *job, runtime.GOMAXPROCS(0)), order: make(chan *job, queueMails),
	}
	p.result.Me, p.result.Damaged = append([]string{}, o.Me...), []Problem{} // a list that is empty is told as one
	stop := context.AfterFunc(ctx, p.flight.open)
	defer stop()
	readErr := make(chan error, 1)
	go func() { readErr <- p.read(ctx) }()
	for range runtime.GOMAXPROCS(0) {
		go p.parse()
	}
	err := p.store(ctx)
	if err != nil {
		cancel(err)
		p.drain()
	}
	if e := <-readErr; err == nil {
		err = e
	}
	return p.result, err
}

// walk gives every message of the options.
func (o *Options) walk(ctx context.Context, yield func(mailfile.Item) error) error {
	for _, item := range o.Items {
		if err := yield(item); err != nil {
			return err
		}
	}
	for _, path := range o.Paths {
		if err := mailfile.Walk(ctx, path, yield); err != nil {
			return err
		}
	}
	return nil
}
