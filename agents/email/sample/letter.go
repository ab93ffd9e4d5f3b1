package sample

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

//go:embed content/*.txt
var content embed.FS

// letter is one message as content/ describes it. The format: "=== KEY" begins a letter, "name: value" lines follow, then
// an empty line and the text; "--- html", "--- file NAME" and "--- rows" begin further sections. With rows the letter is
// a pattern: each row, "WHEN | a | b", makes one letter in which {1} and {2} are a and b. In texts, {w+2} and the like
// are dates (see when.go) and {u+1b} is a character that an editor would not show.
//
//	at        when it arrives: see when.go
//	from, to, cc   keys of people.txt, or "Name <address>", separated by commas
//	subject   "Re: " and that of the letter answered, if left out
//	re        key of the letter that it answers; its text is quoted unless "quote: no"
//	lang      en (default) or zh: how dates and quotations are written
//	flags     unread, flagged
//	encode    qp, base64, 8bit, flowed; the fitting one if left out
//	charset   utf-8 (default), big5, gb2312 (holding GB18030, as some programs send it), or none
//	dmarc     pass, none, fail; that of the sender in people.txt if left out
//	list      "ID | address of unsubscribing": makes it a newsletter
//	auto      value of Auto-Submitted
//	event     "METHOD | uid | sequence | start | minutes or allday | windows, iana or utc | place | summary"
//	header    a further header, as it stands; may be repeated
//	damage    "cut": the message breaks off in its last part
type letter struct {
	key      string
	when     moment
	from     person
	to, cc   []person
	field    map[string]string
	headers  []string
	text     string
	html     string
	files    []file
	position int // among the letters of its day
}

// file is an attachment before it is made.
type file struct{ name, text string }

// person is somebody with an address.
type person struct{ name, address, dmarc string }

func readContent() ([]*letter, error) {
	people, err := readPeople()
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(content, "content/*.txt")
	if err != nil {
		return nil, fmt.Errorf("list content: %w", err)
	}
	var all []*letter
	for _, name := range names {
		if name == "content/people.txt" {
			continue
		}
		text, err := content.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read content: %w", err)
		}
		for _, block := range strings.Split("\n"+strings.TrimSpace(string(text)), "\n=== ")[1:] {
			some, err := parseLetters(block, people)
			if err != nil {
				key, _, _ := strings.Cut(block, "\n")
				return nil, fmt.Errorf("%s: %s: %w", name, key, err)
			}
			all = append(all, some...)
		}
	}
	for i, l := range all {
		l.position = i
	}
	return all, nil
}

// readPeople reads "key | name | address | dmarc" lines.
func readPeople() (map[string]person, error) {
	text, err := content.ReadFile("content/people.txt")
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	people := map[string]person{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := fields(line)
		if len(f) != 4 {
			return nil, fmt.Errorf("people.txt: %q does not have four fields", line)
		}
		people[f[0]] = person{f[1], f[2], f[3]}
	}
	return people, nil
}

// parseLetters reads one block: a letter, or as many as it has rows.
func parseLetters(block string, people map[string]person) ([]*letter, error) {
	sections := strings.Split(block, "\n--- ")
	head, text, _ := strings.Cut(sections[0], "\n\n")
	key, head, _ := strings.Cut(head, "\n")
	sections[0] = text
	var rows []string
	for i, s := range sections {
		if lines, ok := strings.CutPrefix(s, "rows\n"); ok {
			rows = strings.Split(strings.TrimSpace(lines), "\n")
			sections = slices.Delete(sections, i, i+1)
			break
		}
	}
	if rows == nil {
		l, err := parseLetter(key, head, sections, people)
		return []*letter{l}, err
	}
	var all []*letter
	for n, row := range rows {
		f := fields(row)
		var pairs []string
		for i, value := range f[1:] {
			pairs = append(pairs, fmt.Sprintf("{%d}", i+1), strings.ReplaceAll(value, `\n`, "\n"))
		}
		fill := strings.NewReplacer(pairs...)
		filled := make([]string, len(sections))
		for i, s := range sections {
			filled[i] = fill.Replace(s)
		}
		l, err := parseLetter(fmt.Sprintf("%s-%d", key, n+1), "at: "+f[0]+"\n"+fill.Replace(head), filled, people)
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}

func parseLetter(key, head string, sections []string, people map[string]person) (*letter, error) {
	l := &letter{key: key, field: map[string]string{}, text: strings.TrimSpace(sections[0])}
	for line := range strings.SplitSeq(head, "\n") {
		name, value, ok := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); !ok {
			return nil, fmt.Errorf("%q is no field", line)
		}
		if name == "header" {
			l.headers = append(l.headers, value)
		} else {
			l.field[name] = value
		}
	}
	for _, s := range sections[1:] {
		title, text, _ := strings.Cut(s, "\n")
		if name, ok := strings.CutPrefix(title, "file "); ok {
			l.files = append(l.files, file{name, strings.TrimSpace(text)})
		} else {
			l.html = strings.TrimSpace(text)
		}
	}
	var err error
	if l.when, err = parseMoment(l.field["at"]); err != nil {
		return nil, err
	}
	from := peopleOf(l.field["from"], people)
	if len(from) != 1 {
		return nil, fmt.Errorf("%d senders", len(from))
	}
	l.from, l.to, l.cc = from[0], peopleOf(l.field["to"], people), peopleOf(l.field["cc"], people)
	if l.to == nil {
		l.to = []person{people["me"]}
	}
	return l, nil
}

func peopleOf(list string, people map[string]person) []person {
	var all []person
	for entry := range strings.SplitSeq(list, ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		if p, ok := people[entry]; ok {
			all = append(all, p)
			continue
		}
		name, address, _ := strings.Cut(strings.TrimSuffix(entry, ">"), "<")
		all = append(all, person{strings.TrimSpace(name), address, "none"})
	}
	return all
}

// fields splits "a | b | c".
func fields(line string) []string {
	f := strings.Split(line, "|")
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	return f
}
