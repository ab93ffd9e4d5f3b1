package model

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func read(r io.Reader) (all []string, err error) {
	err = events(r, func(data []byte) error {
		all = append(all, string(data))
		return nil
	})
	return all, err
}

func TestEventsOfAStream(t *testing.T) {
	for _, tc := range []struct {
		name, stream string
		want         []string
	}{
		{"usual", "data: {\"a\":1}\n\ndata: [DONE]\n\n", []string{`{"a":1}`, "[DONE]"}},
		{"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", []string{"a", "b"}},
		{"CR", "data: a\r\rdata: b\r\r", []string{"a", "b"}},
		{"several lines", "data: a\ndata: b\n\n", []string{"a\nb"}},
		{"other fields and comments", ": hello\nevent: message\nid: 7\nretry: 10\ndata:a\n\n: ping\n\n", []string{"a"}},
		{"byte order mark", "\ufeffdata: a\n\n", []string{"a"}},
		{"no last blank line", "data: a\n\ndata: b", []string{"a", "b"}},
		{"nothing", "", nil},
		{"no event at all", "<html>\n<body>\n\n", nil},
	} {
		for _, r := range []io.Reader{strings.NewReader(tc.stream), iotest.OneByteReader(strings.NewReader(tc.stream))} {
			if got, err := read(r); err != nil || !slices.Equal(got, tc.want) {
				t.Errorf("%s: %q, %v; want %q", tc.name, got, err, tc.want)
			}
		}
	}
}

func TestAnEventWithoutEndIsRefused(t *testing.T) {
	for name, line := range map[string]string{"one line": "data: " + strings.Repeat("x", maxEvent+1), "many lines": strings.Repeat("data: "+strings.Repeat("x", 1<<20)+"\n", 6)} {
		if _, err := read(strings.NewReader(line)); !errors.Is(err, errHuge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := read(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("data: a\n\n")))); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("a connection that breaks: %v", err)
	}
}

// Whatever comes over the wire, however it is cut into pieces, reads the same and does not break the reader.
func FuzzEvents(f *testing.F) {
	f.Add("data: {\"choices\":[]}\r\n\r\ndata: [DONE]\n\n")
	f.Add("\ufeff: x\rdata\r\r\ndata:\n\n")
	f.Fuzz(func(t *testing.T, stream string) {
		whole, err := read(strings.NewReader(stream))
		pieces, err2 := read(iotest.OneByteReader(strings.NewReader(stream)))
		if !slices.Equal(whole, pieces) || (err == nil) != (err2 == nil) {
			t.Errorf("%q, %v in one piece; %q, %v in many", whole, err, pieces, err2)
		}
		var a assembly
		for _, data := range whole {
			if a.take([]byte(data), nil) != nil {
				break
			}
		}
		if a.text.Len() > maxAnswer {
			t.Errorf("%d bytes were taken", a.text.Len())
		}
	})
}
