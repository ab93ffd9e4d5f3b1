package pack_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stewardhq/steward/store/pack"
)

func TestAFrameGivesItsPartsBack(t *testing.T) {
	want := [][]byte{[]byte("one"), {}, {0, 0, 0, 9}, bytes.Repeat([]byte("x"), 70_000)}
	frame := pack.Frame(want...)
	got, whole := pack.Parts(frame, len(want))
	if !whole || !slices.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("got %d parts, whole %v", len(got), whole)
	}
	for cut := range 20 {
		if _, whole := pack.Parts(frame[:cut], len(want)); whole {
			t.Errorf("%d bytes pass for the whole", cut)
		}
	}
	if _, whole := pack.Parts(frame[:len(frame)-1], len(want)); whole {
		t.Error("a frame without its end passes for the whole")
	}
}

func FuzzParts(f *testing.F) {
	f.Add(pack.Frame([]byte("a"), nil), 2)
	f.Add([]byte{0xff, 0xff, 0xff, 0xff}, 1)
	f.Fuzz(func(t *testing.T, frame []byte, n int) {
		if n < 0 || n > 100 {
			return
		}
		if parts, whole := pack.Parts(frame, n); whole && !bytes.HasPrefix(frame, pack.Frame(parts...)) {
			t.Error("the parts are not those of the frame")
		}
	})
}
