package email

import (
	"context"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
)

const (
	defaultLimit = 50
	maxLimit     = 1000
)

// SearchOptions narrow a search; all of them must hold.
type SearchOptions struct {
	From    *agents.Person `json:"from,omitempty"`
	To      *agents.Person `json:"to,omitempty"`
	Since   *time.Time     `json:"since,omitempty" doc:"received at or after"`
	Until   *time.Time     `json:"until,omitempty" doc:"received before"`
	Kind    string         `json:"kind,omitempty" enum:"personal|newsletter|notification|invitation|invoice|receipt"`
	Unread  *bool          `json:"unread,omitempty"`
	Starred *bool          `json:"starred,omitempty"`
	About   string         `json:"about,omitempty" doc:"any of these words, best match first"`
	Order   string         `json:"order,omitempty" enum:"newest|oldest"`
	Limit   int            `json:"limit,omitempty" doc:"1 to 1000, 50 if left out"`
}

type searchIn struct {
	Query   string         `json:"query"`
	Options *SearchOptions `json:"options,omitempty"`
}

// search joins what was searched, found or not: the whole mailbox, or one person's mail if that was asked for.
//
// Influence is strict. What is found by words, kind or attachments is the senders' choice; so is what is found by From,
// unless the receiving server vouches for it. And every Mail carries plain fields that its sender decides (kind,
// needsAnswer, starts, attachments), so that finding any mail of others counts as content's say, whatever it was found
// by; only what the user wrote, counts by host facts and finding nothing by host facts do not.
func (a *agent) search(ctx context.Context, call *agents.Call, in searchIn) ([]Mail, error) {
	q, err := buildQuery("mail.search", in, call)
	if err != nil {
		return nil, err
	}
	want := q.Limit
	if q.From != "" {
		q.Limit = min(maxLimit, want+50) // forged ones are dropped below
	}
	messages, err := a.box.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	if q.From != "" {
		messages = genuine(messages)
	}
	messages = messages[:min(len(messages), want)]
	content := contentQuery(q)
	for _, m := range messages {
		content = content || !m.Mine
	}
	v, err := a.viewer(ctx)
	if err != nil {
		return nil, err
	}
	saw(call, v.searched(q), content)
	return v.mails(ctx, call, messages)
}

func (a *agent) count(ctx context.Context, call *agents.Call, in searchIn) (int, error) {
	if in.Options != nil && in.Options.Limit != 0 {
		return 0, invalid("mail.count", "takes no options.limit", "leave it out: everything that fits is counted")
	}
	q, err := buildQuery("mail.count", in, call)
	if err != nil {
		return 0, err
	}
	q.Rank = false
	v, err := a.viewer(ctx)
	if err != nil {
		return 0, err
	}
	// How many mails claim to be from somebody, or name somebody among their recipients, is up to any sender.
	saw(call, v.searched(q), contentQuery(q) || q.From != "")
	return a.box.Count(ctx, q)
}

func saw(call *agents.Call, label agents.Label, content bool) {
	label.Integrity = agents.FromHost
	if content {
		label.Integrity = agents.Untrusted
		call.ContentDecided()
	} else {
		call.HostFacts()
	}
	call.Saw(label)
}

// contentQuery reports whether senders decide what a query finds.
func contentQuery(q Query) bool {
	return len(q.Terms) > 0 || q.Kind != "" || q.Attached != nil || q.To != "" || q.Rank
}

// genuine leaves out what the receiving server found to be forged.
func genuine(messages []Message) []Message {
	kept := make([]Message, 0, len(messages))
	for _, m := range messages {
		if !m.Forged {
			kept = append(kept, m)
		}
	}
	return kept
}

func invalid(capability, what, hint string) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: capability + ": " + what, Hint: hint}
}

// buildQuery joins the query's words and the options. Where both set the same thing, they must not contradict.
func buildQuery(capability string, in searchIn, call *agents.Call) (Query, error) {
	q, err := ParseQuery(in.Query, call.Now, call.Zone)
	if err != nil {
		e := agents.AsError(err)
		return q, &agents.Error{Code: e.Code, Message: capability + ": " + e.Message, Hint: e.Hint}
	}
	q.Limit = defaultLimit
	o := in.Options
	if o == nil {
		return q, nil
	}
	if err := o.people(capability, &q); err != nil {
		return q, err
	}
	if err := o.times(capability, &q); err != nil {
		return q, err
	}
	if o.Kind != "" {
		kind, ok := ParseKind(o.Kind)
		if !ok || q.Kind != "" && q.Kind != kind {
			return q, invalid(capability, "options.kind is not a kind, or not the one in the query", "one of personal, newsletter, notification, invitation, invoice, receipt")
		}
		q.Kind = kind
	}
	if o.Unread != nil {
		q.Unread = o.Unread
	}
	if o.Starred != nil {
		q.Starred = o.Starred
	}
	if err := o.ordering(capability, &q); err != nil {
		return q, err
	}
	if o.Limit < 0 || o.Limit > maxLimit {
		return q, invalid(capability, "options.limit must be 1 to 1000", "for more, go on with options.until at the oldest mail's received")
	}
	if o.Limit > 0 {
		q.Limit = o.Limit
	}
	return q, nil
}

func (o *SearchOptions) people(capability string, q *Query) error {
	for _, p := range []struct {
		name   string
		person *agents.Person
		into   *string
	}{{"from", o.From, &q.From}, {"to", o.To, &q.To}} {
		if p.person == nil {
			continue
		}
		if p.person.ID == "" {
			return invalid(capability, "options."+p.name+" must be a Person", "take one from a mail, such as m.from, or from contacts.find(name)")
		}
		*p.into = p.person.ID
	}
	return nil
}

func (o *SearchOptions) times(capability string, q *Query) error {
	if o.Since != nil && o.Since.After(q.Since) {
		q.Since = *o.Since
	}
	if o.Until != nil && (q.Until.IsZero() || o.Until.Before(q.Until)) {
		q.Until = *o.Until
	}
	if !q.Since.IsZero() && !q.Until.IsZero() && !q.Since.Before(q.Until) {
		return invalid(capability, "options.since must be before options.until", "since is the beginning, until the end; a day is from dates.startOf(\"day\", d) to the next one's")
	}
	return nil
}

// ordering sets what comes first: by date if that is said, else by how well it fits what it is about.
func (o *SearchOptions) ordering(capability string, q *Query) error {
	switch o.Order {
	case "":
		q.Rank = o.About != ""
	case "oldest":
		q.Oldest = true
	case "newest":
	default:
		return invalid(capability, `options.order must be "newest" or "oldest"`, "leave it out for newest first")
	}
	if o.About == "" {
		return nil
	}
	var words []Term
	for word := range strings.FieldsFuncSeq(o.About, func(r rune) bool { return !wordRune(r) }) {
		if len(words) < maxTerms && !smallWords[strings.ToLower(word)] {
			words = append(words, Term{Text: word})
		}
	}
	switch len(words) {
	case 0:
		return invalid(capability, "options.about has no word to search for", `name what it is about, such as "kitchen renovation"`)
	case 1:
		q.Terms = append(q.Terms, words[0])
	default:
		t := words[0]
		t.Or = words
		q.Terms = append(q.Terms, t)
	}
	return nil
}
