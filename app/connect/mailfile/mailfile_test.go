package mailfile_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email/wire"
	"github.com/stewardhq/steward/app/connect/mailfile"
)

// walk lists what is under a path as "source|subject|flags|problem", sources relative to the path.
func walk(t *testing.T, path string) []string {
	t.Helper()
	var all []string
	err := mailfile.Walk(t.Context(), path, func(item mailfile.Item) error {
		header, _, _ := wire.ReadHeader(item.Raw)
		flags := ""
		for _, f := range []struct {
			set  bool
			name string
		}{{item.Flags.Seen, "seen "}, {item.Flags.Flagged, "flagged "}, {item.Flags.Answered, "answered "}, {item.Flags.Draft, "draft "}, {item.Flags.Sent, "sent "}} {
			if f.set {
				flags += f.name
			}
		}
		source := strings.TrimPrefix(strings.TrimPrefix(item.Source, path), "/")
		all = append(all, fmt.Sprintf("%s|%s|%s|%s", source, header.Text("Subject"), strings.TrimSpace(flags), item.Problem))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func compare(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// tree writes files into a folder; a name that ends in a slash is a folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			must(t, os.MkdirAll(path, 0o700))
			continue
		}
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(path, []byte(content), 0o600))
	}
	return dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestThunderbird(t *testing.T) {
	compare(t, walk(t, "testdata/thunderbird"),
		"Mail/Inbox#1|Read and plain|seen|",
		"Mail/Inbox#3|會議|flagged answered|",
		"Mail/Local.sbd/Sent#1|Mine|seen sent|",
	)
	err := mailfile.Walk(t.Context(), "testdata/thunderbird/Mail/Inbox", func(item mailfile.Item) error {
		if strings.HasSuffix(item.Source, "#1") {
			body := string(item.Raw)
			if !strings.Contains(body, "\nFrom Monday on") || !strings.Contains(body, "\nFrom what I hear, at 10:30") || !strings.HasSuffix(body, "\nFrom the desk of Anna\n") {
				t.Errorf("body = %q", body)
			}
		}
		return nil
	})
	must(t, err)
}

func TestMbox(t *testing.T) {
	const a = "From a@b.example Thu Nov 19 09:00:00 2026\n"
	rows := []struct {
		name, content string
		want          []string
	}{
		{"status", a + "Status: RO\nX-Status: AF\nSubject: one\n\nx\n\n" + a + "Status: O\nSubject: two\n\nx\n\n" + a + "Subject: three\n\nx\n", []string{"#1|one|seen flagged answered|", "#2|two||", "#3|three||"}},
		{"deleted", a + "Status: RO\nX-Status: D\nSubject: one\n\nx\n", nil},
		{"takeout", a + "X-Gmail-Labels: Inbox,Unread,Starred\nSubject: one\n\nx\n\n" + a + "X-Gmail-Labels: =?UTF-8?Q?=E5=AF=84=E4=BB=B6=E5=82=99=E4=BB=BD?=\nSubject: two\n\nx\n", []string{"#1|one|flagged|", "#2|two|seen sent|"}},
		{"a server's own notes", a + "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1 2\n\nx\n\n" + a + "Subject: one\n\nx\n", []string{"#2|one||"}},
		{"carriage returns", strings.ReplaceAll(a+"Subject: one\n\nx\n\n"+a+"Subject: two\n\nx\n", "\n", "\r\n"), []string{"#1|one||", "#2|two||"}},
		{"no blank line in between belongs to the text", a + "Subject: one\n\nx\n" + a + "Subject: two\n\nx\n", []string{"#1|one||"}},
		{"a separator in the text without a header after it", a + "Subject: one\n\nlook:\n\n" + a + "this is not a header\n", []string{"#1|one||"}},
		{"other dates", "From a@b.example Thu Nov 19 9:00 2026\nSubject: one\n\nx\n\nFrom 17@xxx Thu Nov 19 09:00:00 +0000 2026\nSubject: two\n\nx\n\nFrom a Thu Nov 19 09:00:00 PST 2026\nSubject: three\n\nx\n", []string{"#1|one||", "#2|two||", "#3|three||"}},
		{"no end of line", a + "Subject: one\n\nx", []string{"#1|one||"}},
		{"empty messages", a + "\n" + a + "Subject: two\n\nx\n", []string{"#1|||", "#2|two||"}},
		{"nothing after a separator", a, nil},
		{"empty", "", nil},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			dir := tree(t, map[string]string{"a.mbox": row.content})
			got := walk(t, filepath.Join(dir, "a.mbox"))
			compare(t, got, row.want...)
		})
	}
}

func TestMboxOfLongLines(t *testing.T) {
	line := strings.Repeat("x", 200<<10)
	dir := tree(t, map[string]string{"a.mbox": "From a Thu Nov 19 09:00:00 2026\nSubject: one\n\n" + line + "From \n\n" + line + "\n\nFrom a Thu Nov 19 09:00:00 2026\nSubject: two\n\nx\n"})
	compare(t, walk(t, filepath.Join(dir, "a.mbox")), "#1|one||", "#2|two||")
}

func TestTooLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 130 MB")
	}
	path := filepath.Join(t.TempDir(), "a.mbox")
	f, err := os.Create(path)
	must(t, err)
	_, err = f.WriteString("From a Thu Nov 19 09:00:00 2026\nSubject: one\n\n")
	must(t, err)
	chunk := strings.Repeat(strings.Repeat("y", 1023)+"\n", 1<<10)
	for range mailfile.MaxMessage/len(chunk) + 1 {
		_, err = f.WriteString(chunk)
		must(t, err)
	}
	_, err = f.WriteString("\nFrom a Thu Nov 19 09:00:00 2026\nSubject: two\n\nx\n")
	must(t, err)
	must(t, f.Close())
	compare(t, walk(t, path), "#1|||it is larger than 128 MB and was left out", "#2|two||")
}

func TestMaildir(t *testing.T) {
	m := func(subject string) string { return "Subject: " + subject + "\nStatus: RO\n\nx\n" }
	dir := tree(t, map[string]string{
		"new/1.host":                        m("new"),
		"cur/2.host:2,S":                    m("seen"),
		"cur/3.host:2,FRS":                  m("all"),
		"cur/4.host:2,T":                    m("trashed"),
		"cur/5.host;2,D":                    m("draft"),
		"cur/6.gz:2,S":                      "\x1f\x8bxx",
		"tmp/7.host":                        m("half"),
		"dovecot-uidlist":                   "3 V1 N8\n",
		".Sent/cur/8.host:2,S":              m("sent"),
		".Sent/new/":                        "",
		".INBOX.Sent Items/new/9":           m("sent too"),
		".INBOX.Sent Items/cur/":            "",
		".&W8RO9lCZTv0-/cur/a:2,S":          m("sent in chinese"),
		".&W8RO9lCZTv0-/new/":               "",
		".Archive.2025/cur/b:2,S":           m("archived"),
		".Archive.2025/new/":                "",
		".Archive.2025/dovecot.index.log":   "From nothing: x\n",
		".Archive.2025/cur/.hidden":         m("hidden"),
		".Archive.2025/cur/subfolder/x.eml": m("not a maildir's"),
	})
	compare(t, walk(t, dir),
		".&W8RO9lCZTv0-/cur/a:2,S|sent in chinese|seen sent|",
		".Archive.2025/cur/b:2,S|archived|seen|",
		".INBOX.Sent Items/new/9|sent too|sent|",
		".Sent/cur/8.host:2,S|sent|seen sent|",
		"cur/2.host:2,S|seen|seen|",
		"cur/3.host:2,FRS|all|seen flagged answered|",
		"cur/5.host;2,D|draft|draft|",
		"cur/6.gz:2,S|||it is compressed; unpack it first",
		"new/1.host|new||",
	)
}

func TestFolderOfMessages(t *testing.T) {
	dir := tree(t, map[string]string{
		"a.eml":            "Subject: one\n\nx\n",
		"B.EML":            "Status: O\nSubject: unread\n\nx\n",
		"sub/deep/c.eml":   "From a Thu Nov 19 09:00:00 2026\nSubject: three\n\nx\n",
		"sub/Drafts/d.eml": "Subject: four\n\nx\n",
		"sub/box.mbox":     "From a Thu Nov 19 09:00:00 2026\nSubject: five\n\nx\n",
		"notes.txt":        "Dear: diary\n\nx\n",
		"photo.jpg":        "\xff\xd8\xff",
		"empty.eml":        "",
	})
	compare(t, walk(t, dir), "B.EML|unread||", "a.eml|one|seen|", "sub/Drafts/d.eml|four|seen draft|", "sub/box.mbox#1|five||", "sub/deep/c.eml|three|seen|")
	compare(t, walk(t, filepath.Join(dir, "a.eml")), "|one|seen|")
}

func TestLinksOutAreNotFollowed(t *testing.T) {
	outside := tree(t, map[string]string{"secret.eml": "Subject: secret\n\nx\n", "folder/s.eml": "Subject: secret\n\nx\n"})
	dir := tree(t, map[string]string{"a.eml": "Subject: one\n\nx\n"})
	must(t, os.Symlink(filepath.Join(outside, "secret.eml"), filepath.Join(dir, "b.eml")))
	must(t, os.Symlink(filepath.Join(outside, "folder"), filepath.Join(dir, "folder")))
	must(t, os.Symlink("..", filepath.Join(dir, "up")))
	must(t, os.Symlink("nowhere", filepath.Join(dir, "c.eml")))
	must(t, os.Symlink("a.eml", filepath.Join(dir, "d.eml")))
	compare(t, walk(t, dir), "a.eml|one|seen|", "b.eml|||the file cannot be read", "c.eml|||the file is gone, or a link that leads nowhere", "d.eml|one|seen|")
}

func TestPathsThatAreNoMail(t *testing.T) {
	dir := tree(t, map[string]string{"photo.jpg": "\xff\xd8\xff\x00", "notes.txt": "just words here\n"})
	for path, code := range map[string]string{"missing": agents.CodeNotFound, "photo.jpg": agents.CodeInvalid, "notes.txt": agents.CodeInvalid} {
		err := mailfile.Walk(t.Context(), filepath.Join(dir, path), func(mailfile.Item) error { return nil })
		if e := agents.AsError(err); err == nil || e.Code != code || e.Hint == "" {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestWalkStops(t *testing.T) {
	enough := errors.New("enough")
	n := 0
	err := mailfile.Walk(t.Context(), "testdata/thunderbird", func(mailfile.Item) error { n++; return enough })
	if !errors.Is(err, enough) || n != 1 {
		t.Errorf("%d items, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := mailfile.Walk(ctx, "testdata/thunderbird", func(mailfile.Item) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func FuzzMbox(f *testing.F) {
	f.Add([]byte("From a Thu Nov 19 09:00:00 2026\nSubject: one\n\nx\n\nFrom a Thu Nov 19 09:00:00 2026\nSubject: two\n\n>From x\n"))
	f.Add([]byte("From - \r\n\r\nFrom - \r\n"))
	path := filepath.Join(f.TempDir(), "a.mbox")
	f.Fuzz(func(t *testing.T, content []byte) {
		content = append([]byte("From a Thu Nov 19 09:00:00 2026\n"), content...)
		must(t, os.WriteFile(path, content, 0o600))
		total := 0
		err := mailfile.Walk(t.Context(), path, func(item mailfile.Item) error {
			total += len(item.Raw)
			return nil
		})
		if err != nil || total > len(content) {
			t.Errorf("%d bytes of mail out of %d, %v", total, len(content), err)
		}
	})
}
