package reports

import (
	"fmt"
	"strings"

	"github.com/stewardhq/steward/agents"
)

// What a report may hold. A person reads it; more than this is an export, not a report.
const (
	maxSections = 100
	maxItems    = 2000    // in all sections together
	maxBytes    = 4 << 20 // of all texts together
	maxTag      = 40      // characters
)

// check refuses what cannot become a readable report.
func check(c ReportContent) error {
	if strings.TrimSpace(clean(c.Title.Raw())) == "" {
		return invalid("the report has no title", "give r.title a text, such as \"Today's mail\"")
	}
	if c.Lang != "" && c.Lang != english && c.Lang != chinese {
		return invalid("r.lang is neither \"en\" nor \"zh-Hant\"", "leave it out, and the language of the title is used")
	}
	if len(c.Sections) > maxSections {
		return limit(fmt.Sprintf("the report has %d sections, and %d is the most", len(c.Sections), maxSections), "join sections")
	}
	items, size := 0, 0
	for _, s := range c.Sections {
		items += len(s.Items)
		for n, i := range s.Items {
			if len([]rune(i.Tag)) > maxTag {
				return invalid(fmt.Sprintf("the tag of item %d is longer than %d characters", n+1, maxTag), "a tag is one or two words; put more into detail")
			}
		}
	}
	if items > maxItems {
		return limit(fmt.Sprintf("the report has %d items, and %d is the most", items, maxItems), "list the first ones, and say how many there are")
	}
	for _, t := range c.texts() {
		for _, s := range t.Spans {
			size += len(s.Content)
		}
	}
	if size > maxBytes {
		return limit(fmt.Sprintf("the report's texts are larger than %d MB", maxBytes>>20), "shorten bodies with read.summarize first")
	}
	return nil
}

func invalid(message, hint string) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: "report.create: " + message, Hint: hint}
}

func limit(message, hint string) error {
	return &agents.Error{Code: agents.CodeLimit, Message: "report.create: " + message, Hint: hint}
}
