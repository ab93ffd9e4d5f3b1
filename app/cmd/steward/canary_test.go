package main_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// canaries are twenty words that stand nowhere else; half of them are Chinese.
func canaries() []string {
	var words []string
	for i := range 20 {
		var b strings.Builder
		for range 10 {
			if i%2 == 0 {
				b.WriteByte(byte('a' + rand.IntN(26)))
			} else {
				b.WriteRune(rune(0x4e00 + rand.IntN(5000)))
			}
		}
		words = append(words, b.String())
	}
	return words
}

// encodings are the forms in which a word could lie in a file.
func encodings(word string) map[string][]byte {
	forms := map[string][]byte{"UTF-8": []byte(word)}
	for name, big := range map[string]bool{"UTF-16LE": false, "UTF-16BE": true} {
		var wide []byte
		for _, u := range utf16.Encode([]rune(word)) {
			if big {
				wide = append(wide, byte(u>>8), byte(u))
			} else {
				wide = append(wide, byte(u), byte(u>>8))
			}
		}
		forms[name] = wide
	}
	for offset := range 3 {
		// In the middle of a longer text, base64 depends on where the word begins, and its ends on what is beside it.
		padded := append(make([]byte, offset), word...)
		encoded := base64.RawStdEncoding.EncodeToString(padded)
		forms[fmt.Sprintf("base64+%d", offset)] = []byte(encoded[4 : len(encoded)-2])
	}
	return forms
}

// scan looks for the words in every file of a place, except where the test itself put them.
func scan(t *testing.T, p place, words []string, when string) (files int) {
	t.Helper()
	err := filepath.WalkDir(p.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Dir(path) == p.root {
			return nil //nolint:nilerr // files come and go while Steward runs
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return nil //nolint:nilerr // as above
		}
		files++
		for _, word := range words {
			for form, encoded := range encodings(word) {
				if bytes.Contains(content, encoded) || bytes.Contains([]byte(path), encoded) {
					t.Errorf("%s: %s is in %s as %s", when, word, path, form)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Words of mail are found in no file under HOME, the XDG directories and the temporary folder, at any time.
func TestWordsOfMailLieNowhereInTheClear(t *testing.T) {
	words := canaries()
	p := newPlace(t)
	mbox := p.mbox(300, func(i int) string { return words[i%len(words)] })
	commands := [][]string{
		{"mail", "import", mbox, "--me", "sam@lin.example"},
		{"ask", "Brief me on today's mail"},
		{"mail", "search", words[0]},
		{"ask", "find " + words[2]},
		{"runs", "list"},
	}
	for _, args := range commands {
		cmd := p.command(args...)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		for running := true; running; {
			scan(t, p, words, "during "+args[0])
			select {
			case err := <-ended:
				if err != nil {
					t.Fatalf("%v: %v\n%s", args, err, out.String())
				}
				running = false
			case <-time.After(20 * time.Millisecond):
			}
		}
		if args[1] == "search" && !strings.Contains(out.String(), "1") {
			t.Errorf("the planted word is not found by Steward itself:\n%s", out.String())
		}
	}
	killAt(t, p, moment{events: 8}, "ask", "Brief me on today's mail")
	if files := scan(t, p, words, "after a kill"); files < 4 {
		t.Errorf("only %d files were there to look at", files)
	}
	p.must("doctor")
	scan(t, p, words, "after all")
	if raw, err := os.ReadFile(mbox); err != nil || !bytes.Contains(raw, []byte(words[0])) {
		t.Error("the words were not planted; the test proves nothing")
	}
}
