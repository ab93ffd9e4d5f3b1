package store

import (
	"database/sql"
	"fmt"
	"slices"
)

const looseDays = 30 // how far apart an answer without references and its thread may be

// thread gives the thread of a mail that is about to be stored, and makes one of those that it connects. Messages of an
// account that name, or are named by, the same Message-ID are always in one thread, whichever came first; therefore one
// message for each name is enough to look at.
func (b *batch) thread(p *prepared, n int64, people []*personRow) (thread int64, loose bool, err error) {
	var threads []int64
	names := p.references
	if p.message.Valid {
		names = append(slices.Clip(names), p.message.Int64)
	}
	for _, name := range names {
		var t sql.NullInt64
		_, err := b.First(`SELECT coalesce((SELECT thread FROM mail WHERE message = ?1 LIMIT 1),
			(SELECT m.thread FROM mail_reference r CROSS JOIN mail m ON m.n = r.mail WHERE r.message = ?1 LIMIT 1))`, []any{name}, &t)
		if err != nil {
			return 0, false, fmt.Errorf("find the thread: %w", err)
		}
		if t.Valid && !slices.Contains(threads, t.Int64) {
			threads = append(threads, t.Int64)
		}
	}
	loose = p.answer && len(threads) == 0
	if p.subject.Valid {
		more, err := b.threadsBySubject(p, n, people, loose)
		if err != nil {
			return 0, false, fmt.Errorf("find the thread: %w", err)
		}
		for _, t := range more {
			if !slices.Contains(threads, t) {
				threads = append(threads, t)
			}
		}
	}
	if len(threads) == 0 {
		return random63(), loose, nil
	}
	thread, err = b.merge(threads)
	return thread, loose, err
}

// threadsBySubject is for mail programs that name no references: an answer belongs to the last message with its subject,
// and a message to the answers that came before it. But only between people who were in it: a stranger who writes "Re:"
// and guesses a subject does not get among the participants of a thread.
func (b *batch) threadsBySubject(p *prepared, n int64, people []*personRow, loose bool) ([]int64, error) {
	const span = looseDays * 24 * 3600 << 8
	var threads []int64
	if loose && len(people) > 0 && p.people[0].role == roleFrom {
		var t int64
		found, err := b.First(`SELECT m.thread FROM mail m WHERE m.subject = ?1 AND m.n < ?2 AND m.n >= ?3
			AND EXISTS (SELECT 1 FROM mail_person p WHERE p.mail = m.n AND p.person = ?4) ORDER BY m.n DESC LIMIT 1`,
			[]any{p.subject, n, n - span, people[0].n}, &t)
		if err != nil {
			return nil, err
		}
		if found {
			threads = append(threads, t)
		}
	}
	type answer struct{ mail, thread int64 }
	var answers []answer
	err := b.Each(`SELECT n, thread FROM mail WHERE subject = ? AND n > ? AND n <= ? AND loose = 1 ORDER BY n LIMIT 20`,
		[]any{p.subject, n, n + span}, func(r *sql.Rows) error {
			var a answer
			err := r.Scan(&a.mail, &a.thread)
			answers = append(answers, a)
			return err
		})
	if err != nil {
		return nil, err
	}
	for _, a := range answers {
		var from int64
		found, err := b.First("SELECT person FROM mail_person WHERE mail = ? AND role = 0", []any{a.mail}, &from)
		if err != nil {
			return nil, err
		}
		if found && slices.ContainsFunc(people, func(r *personRow) bool { return r.n == from }) {
			threads = append(threads, a.thread)
		}
	}
	return threads, nil
}

// merge makes one thread of several: the largest keeps its number, so that a long thread is not rewritten for a short one.
func (b *batch) merge(threads []int64) (int64, error) {
	if len(threads) == 1 {
		return threads[0], nil
	}
	keep, most := threads[0], -1
	for _, t := range threads {
		var size int
		if _, err := b.First("SELECT count(*) FROM (SELECT 1 FROM mail WHERE thread = ? LIMIT 10000)", []any{t}, &size); err != nil {
			return 0, err
		}
		if size > most {
			keep, most = t, size
		}
	}
	for _, gone := range threads {
		if gone == keep {
			continue
		}
		for _, query := range []string{
			"UPDATE mail SET thread = ?1 WHERE thread = ?2",
			"UPDATE thread_merged SET into_thread = ?1 WHERE into_thread = ?2",
			"INSERT INTO thread_merged(into_thread, thread) VALUES (?1, ?2)",
		} {
			if _, err := b.Exec(query, keep, gone); err != nil {
				return 0, fmt.Errorf("merge threads: %w", err)
			}
		}
	}
	return keep, nil
}
