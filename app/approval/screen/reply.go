package screen

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/approval"
	"github.com/stewardhq/steward/app/engine"
)

// Reply is a person's answer to a question: the numbers of choices as [Question] shows them, or words.
func Reply(row engine.Row, answer string) (engine.ReplyTo, error) {
	reply := engine.ReplyTo{Step: row.Step}
	if len(row.Question.Choices) == 0 {
		if reply.Text = answer; strings.TrimSpace(answer) == "" {
			return reply, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("step %d asks for your words", row.Step), Hint: Flag(row)}
		}
		return reply, nil
	}
	chosen, err := Numbers(answer)
	if err != nil {
		return reply, err
	}
	for _, n := range chosen {
		if n < 1 || n > len(row.Question.Choices) {
			return reply, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("there is no choice %d", n), Hint: fmt.Sprintf("choices are 1 to %d", len(row.Question.Choices))}
		}
		reply.Chosen = append(reply.Chosen, n-1)
	}
	if len(chosen) == 0 || len(chosen) > 1 && !row.Question.Many {
		most := "one"
		if row.Question.Many {
			most = "at least one"
		}
		return reply, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("step %d wants %s of what it offers", row.Step, most), Hint: Flag(row)}
	}
	return reply, nil
}

// Numbers reads numbers with commas or spaces between them.
func Numbers(list string) ([]int, error) {
	var all []int
	for _, word := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, &agents.Error{Code: agents.CodeInvalid, Message: approval.Visible(word) + " is no number", Hint: "write numbers with commas between: 1,3"}
		}
		all = append(all, n)
	}
	return all, nil
}

// Flag is how a question is answered on the command line.
func Flag(row engine.Row) string {
	switch {
	case len(row.Question.Choices) == 0:
		return `--text "…"`
	case row.Question.Many:
		return "--choose 1,2"
	default:
		return "--choose 1"
	}
}
