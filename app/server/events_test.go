package server_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stewardhq/steward/app/engine"
)

// listener reads a stream of events.
type listener struct {
	t     *testing.T
	lines *bufio.Reader
	close func() error
	id    string
}

func (h *house) listen(r *http.Request, last string) *listener {
	h.t.Helper()
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	response, err := h.client.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		h.t.Fatal(response.Status, response.Header)
	}
	return &listener{h.t, bufio.NewReader(response.Body), response.Body.Close, ""}
}

// next gives the next block that is an event or a comment.
func (l *listener) next() (event engine.Event, comment bool) {
	l.t.Helper()
	for {
		line, err := l.lines.ReadString('\n')
		if err != nil {
			l.t.Fatal("the stream ended: ", err)
		}
		line = strings.TrimSuffix(line, "\n")
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			l.id = id
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			if err := json.Unmarshal([]byte(data), &event); err != nil {
				l.t.Fatal(err)
			}
			return event, false
		}
		if strings.HasPrefix(line, ":") {
			return event, true
		}
	}
}

func TestAStreamGoesOnWhereItWas(t *testing.T) {
	h := newHouse(t)
	as := h.signIn()
	events := h.door.Events()
	tell(events, 3)
	l := h.listen(as(http.MethodGet, "/events", ""), "")
	for l.id == "" { // it begins with where it stands, so that a page which loses it at once can name that
		if _, err := l.lines.Peek(1); err != nil {
			t.Fatal(err)
		}
		line, _ := l.lines.ReadString('\n')
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "id: "); ok {
			l.id = id
		}
	}
	if l.id != events.Boot()+"-3" {
		t.Fatal(l.id)
	}
	tell(events, 2)
	for want := 4; want <= 5; want++ {
		if e, _ := l.next(); e.Seq != want || e.Run != "r" || !strings.HasSuffix(l.id, "-"+string(rune('0'+want))) {
			t.Errorf("%+v %s, want %d", e, l.id, want)
		}
	}
	l.close()
	tell(events, 4)
	again := h.listen(as(http.MethodGet, "/events", ""), l.id)
	for want := 6; want <= 9; want++ {
		if e, _ := again.next(); e.Seq != want {
			t.Errorf("%+v, want %d", e, want)
		}
	}
}

func TestAStreamTellsAGap(t *testing.T) {
	h := newHouse(t)
	as := h.signIn()
	events := h.door.Events()
	tell(events, 10_000)
	for _, last := range []string{events.Boot() + "-1", "0123456789abcdef-9999", events.Boot() + "-10001", events.Boot() + "-x", "x", "-5", events.Boot() + "--5"} {
		l := h.listen(as(http.MethodGet, "/events", ""), last)
		if e, _ := l.next(); e.Kind != engine.Gap || e.Seq != events.Last() || l.id != events.Boot()+"-10000" {
			t.Errorf("%s: %+v %s", last, e, l.id)
		}
		l.close()
	}
	l := h.listen(as(http.MethodGet, "/events", ""), events.Boot()+"-1")
	if e, _ := l.next(); e.Kind != engine.Gap {
		t.Error(e)
	}
	tell(events, 1)
	if e, _ := l.next(); e.Seq != 10_001 || e.Kind != "progress" {
		t.Error("after the gap:", e)
	}
}

func TestASilentStreamGivesSignsOfLife(t *testing.T) {
	h := newHouse(t)
	l := h.listen(h.signIn()(http.MethodGet, "/events", ""), "")
	for range 3 {
		for !h.clock.ring() { // until the stream waits
		}
		if _, comment := l.next(); !comment {
			t.Error("no sign of life")
		}
	}
	tell(h.door.Events(), 1)
	if e, comment := l.next(); comment || e.Kind != "progress" {
		t.Error("after the signs of life:", e)
	}
}

func TestStreamsAreBoundedAndEndWithTheServer(t *testing.T) {
	h := newHouse(t)
	as := h.signIn()
	var open []*listener
	for range 24 {
		open = append(open, h.listen(as(http.MethodGet, "/events", ""), ""))
	}
	if a := h.do(as(http.MethodGet, "/events", "")); a.StatusCode != http.StatusServiceUnavailable || a.failure(t).Hint == "" {
		t.Error(a.Status, a.body)
	}
	if err := h.server.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, l := range open {
		for {
			if _, err := l.lines.ReadString('\n'); err != nil {
				break
			}
		}
	}
}
