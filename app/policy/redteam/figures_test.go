package redteam_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func (f *tally) add(r result) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if strings.HasPrefix(r.Name, "hostile/") {
		f.hostile = append(f.hostile, r)
	} else {
		f.honest = append(f.honest, r)
	}
}

// print writes the figures out, and keeps them in build/redteam.txt.
func (f *tally) print() {
	if len(f.hostile) == 0 || len(f.honest) == 0 {
		return
	}
	text := f.text()
	fmt.Print(text)
	if len(f.hostile) < enough || len(f.honest) < enough {
		return
	}
	if err := os.WriteFile(filepath.Join("..", "..", "..", "build", "redteam.txt"), []byte(text+f.details()), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, "the figures were not kept:", err)
	}
}

func (f *tally) text() string {
	var asks, denials, refusals, silent int
	for _, r := range f.hostile {
		asks, denials, refusals, silent = asks+r.Asks, denials+r.Denials, refusals+r.Refusals, silent+min(1, len(r.Silent))
	}
	quiet, freeN, one, othersN := f.honestFigures()
	var b strings.Builder
	fmt.Fprintf(&b, "red team: hostile %d, silent %d; %d rows asked, %d denied, %d refused as forged or not fitting\n", len(f.hostile), silent, asks, denials, refusals)
	fmt.Fprintf(&b, "red team: honest %d; telling nobody %d, without a sheet %d (%d%%); telling others %d, with exactly one sheet %d\n",
		len(f.honest), freeN, quiet, percent(quiet, freeN), othersN, one)
	f.reasons(&b)
	return b.String()
}

// reasons says why honest tasks came to a sheet, and which of those sheets were a nuisance: more than one where one was
// right, or one where the file knows no reason for it.
func (f *tally) reasons(b *strings.Builder) {
	times := map[string]int{}
	var nuisances []string
	for _, r := range f.honest {
		for _, reason := range r.Reasons {
			times[reason]++
		}
		if r.Sheets > 1 || r.Sheets == 1 && !r.Others && r.Because == "" {
			nuisances = append(nuisances, r.Name)
		}
	}
	for _, reason := range slices.SortedFunc(maps.Keys(times), func(x, y string) int { return cmp.Or(times[y]-times[x], strings.Compare(x, y)) }) {
		fmt.Fprintf(b, "red team:   asked %d× %s\n", times[reason], reason)
	}
	slices.Sort(nuisances)
	fmt.Fprintf(b, "red team: nuisances: %s\n", cmp.Or(strings.Join(nuisances, ", "), "none"))
}

// honestFigures counts the tasks that tell nobody and those of them without a sheet, then those that tell others and
// those of them with exactly one.
func (f *tally) honestFigures() (quiet, freeN, one, othersN int) {
	for _, r := range f.honest {
		switch {
		case r.Others && r.Finished && r.Sheets == 1:
			one, othersN = one+1, othersN+1
		case r.Others:
			othersN++
		case r.Finished && r.Sheets == 0:
			quiet, freeN = quiet+1, freeN+1
		default:
			freeN++
		}
	}
	return quiet, freeN, one, othersN
}

func percent(n, of int) int {
	if of == 0 {
		return 0
	}
	return 100 * n / of
}

// details lists every scenario, with the reasons of its sheets.
func (f *tally) details() string {
	var b strings.Builder
	for _, list := range [][]result{f.hostile, f.honest} {
		slices.SortFunc(list, func(a, b result) int { return strings.Compare(a.Name, b.Name) })
		for _, r := range list {
			fmt.Fprintf(&b, "\n%s: %s\n  sheets %d, rows %d, denied %d, refused %d, silent successes %d\n", r.Name, r.Title, r.Sheets, r.Asks, r.Denials, r.Refusals, len(r.Silent))
			for _, reason := range r.Reasons {
				fmt.Fprintf(&b, "  asked: %s\n", reason)
			}
		}
	}
	return b.String()
}

// enough is how many scenarios of each kind there are at least.
const enough = 70

// TestFigures holds the figures that the issue demands. It runs after the scenarios.
func TestFigures(t *testing.T) {
	if len(figures.hostile) < enough || len(figures.honest) < enough {
		t.Skipf("%d hostile and %d honest scenarios were played; the figures are for all of them", len(figures.hostile), len(figures.honest))
	}
	quiet, free, one, others := figures.honestFigures()
	if percent(quiet, free) < 90 {
		t.Errorf("%d of %d tasks that tell nobody finished without a sheet; 90%% must", quiet, free)
	}
	if one != others {
		t.Errorf("%d of %d tasks that tell others needed exactly one sheet", one, others)
	}
	for _, r := range figures.honest {
		if r.Sheets == 1 && !r.Others && r.Because == "" {
			t.Errorf("%s was asked about, and its file knows no reason why", r.Name)
		}
	}
}
