package frame_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stewardhq/steward/app/sandbox/frame"
)

func TestRoundTrip(t *testing.T) {
	var b bytes.Buffer
	for _, text := range []string{"", "<&>", "會議", strings.Repeat("x", 1<<20)} {
		if err := frame.Write(&b, frame.Up{Kind: frame.Log, Text: text}); err != nil {
			t.Fatal(err)
		}
		payload, err := frame.Read(&b, 2<<20)
		if err != nil {
			t.Fatal(err)
		}
		var m frame.Up
		if err := frame.Decode(payload, &m); err != nil || m.Text != text {
			t.Errorf("%v, %d bytes", err, len(m.Text))
		}
	}
	if _, err := frame.Read(&b, 100); !errors.Is(err, io.EOF) {
		t.Errorf("after the last: %v", err)
	}
}

func TestCutAndTooLarge(t *testing.T) {
	var b bytes.Buffer
	if err := frame.Write(&b, frame.Up{Kind: frame.Idle}); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	for cut := 1; cut < len(whole); cut++ {
		if _, err := frame.Read(bytes.NewReader(whole[:cut]), 100); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut at %d: %v", cut, err)
		}
	}
	if _, err := frame.Read(bytes.NewReader(whole), 3); !errors.Is(err, frame.ErrTooLarge) {
		t.Error(err)
	}
}

func TestDecodeIsStrict(t *testing.T) {
	for _, s := range []string{"", "x", `{"k":"log"`, `{"k":"log"}{}`, `{"k":"log"}]`, `{"k":1}`, `{"other":1}`, `[]`, `{"n":1.5}`, `{"n":99999999999999999999}`} {
		if err := frame.Decode([]byte(s), &frame.Up{}); err == nil {
			t.Errorf("%s was taken", s)
		}
	}
}

func TestLevel(t *testing.T) {
	full := frame.Level{OS: "linux", Landlock: 7, Seccomp: true, Rlimits: true}
	if !full.Full() || strings.Contains(full.String(), "not on this system") || !strings.Contains(full.String(), "landlock 7") {
		t.Error(full.String())
	}
	bare := frame.Level{OS: "darwin"}
	if bare.Full() || !strings.Contains(bare.String(), "not on this system: system call filter, landlock, resource limits") {
		t.Error(bare.String())
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x02{}"))
	f.Add([]byte("\xff\xff\xff\xff{}"))
	f.Add([]byte("\x00\x00\x00\x0c{\"k\":\"idle\"}"))
	f.Add([]byte{0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 10
		r := bytes.NewReader(data)
		for {
			payload, err := frame.Read(r, limit)
			if err != nil {
				return
			}
			if len(payload) > limit {
				t.Fatalf("%d bytes", len(payload))
			}
			var m frame.Up
			if frame.Decode(payload, &m) != nil {
				continue
			}
			var b bytes.Buffer
			if err := frame.Write(&b, m); err != nil {
				t.Fatalf("what was read cannot be written: %v", err)
			}
		}
	})
}
