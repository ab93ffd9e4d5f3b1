package mailfile_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/connect/mailfile"
)

// entry is a file of an archive; one whose name ends in a slash is a folder.
type entry struct {
	name, content string
	header        func(*zip.FileHeader)
}

func pack(tb testing.TB, entries ...entry) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.header != nil {
			e.header(h)
		}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write([]byte(e.content))
		}
		if err != nil && !strings.HasSuffix(e.name, "/") {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// inFile writes an archive into a folder that holds nothing else.
func inFile(tb testing.TB, content []byte) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "mail.zip")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

const fromLine = "From 17@xxx Thu Nov 19 09:00:00 +0000 2026\n"

func takeout(labels, subject string) string {
	return fromLine + "X-Gmail-Id: 17\nX-Gmail-Labels: " + labels + "\nSubject: " + subject + "\n\nx\n\n"
}

func TestZip(t *testing.T) {
	m := func(subject string) string { return "Subject: " + subject + "\n\nx\n" }
	rows := []struct {
		name    string
		entries []entry
		want    []string
	}{
		{"takeout", []entry{
			{name: "Takeout/"},
			{name: "Takeout/archive_browser.html", content: "<html>From here\n"},
			{name: "Takeout/Mail/All mail Including Spam and Trash.mbox", content: takeout("Inbox,Unread,Important", "one") + takeout("Sent", "two") +
				takeout("Inbox,Opened,Starred", "three") + takeout("=?UTF-8?Q?=E6=94=B6=E4=BB=B6=E5=8C=A3,=E6=9C=AA=E8=AE=80,=E5=B7=B2=E5=8A=A0?=\n =?UTF-8?Q?=E6=98=9F=E8=99=9F?=", "four") +
				takeout(`"Work, later",Drafts`, "five") + fromLine + "Subject: six\n\nx\n"},
			{name: "Takeout/Mail/User Settings/Filters.json", content: "{}"},
		}, []string{
			"Takeout/Mail/All mail Including Spam and Trash.mbox#1|one||", "Takeout/Mail/All mail Including Spam and Trash.mbox#2|two|seen sent|",
			"Takeout/Mail/All mail Including Spam and Trash.mbox#3|three|seen flagged|", "Takeout/Mail/All mail Including Spam and Trash.mbox#4|four|flagged|",
			"Takeout/Mail/All mail Including Spam and Trash.mbox#5|five|seen draft|", "Takeout/Mail/All mail Including Spam and Trash.mbox#6|six||",
		}},
		{"takeout by label, in chinese", []entry{{name: "Takeout/Mail/寄件備份.mbox", content: takeout("Archived", "one")}}, []string{"Takeout/Mail/寄件備份.mbox#1|one|seen sent|"}},
		{
			"messages in nested folders",
			[]entry{{name: "a/b/c/one.eml", content: m("one")}, {name: "Two.EML", content: m("two")}, {name: "a/b/Sent/three.eml", content: m("three")}, {name: "a/notes.txt", content: "Dear: diary\n"}},
			[]string{"Two.EML|two|seen|", "a/b/Sent/three.eml|three|seen sent|", "a/b/c/one.eml|one|seen|"},
		},
		{
			"a maildir",
			[]entry{{name: "Maildir/cur/2.host:2,FS", content: m("two")}, {name: "Maildir/new/1.host", content: m("one")}, {name: "Maildir/tmp/3", content: m("half")}, {name: "Maildir/dovecot-uidlist", content: "3 V1\n"}},
			[]string{"Maildir/cur/2.host:2,FS|two|seen flagged|", "Maildir/new/1.host|one||"},
		},
		{"a maildir with nothing new", []entry{{name: "Maildir/new/"}, {name: "Maildir/cur/1.host:2,S", content: m("one")}}, []string{"Maildir/cur/1.host:2,S|one|seen|"}},
		{"stored, not packed", []entry{{name: "one.eml", content: m("one"), header: func(h *zip.FileHeader) { h.Method = zip.Store }}}, []string{"one.eml|one|seen|"}},
		{"names that lead elsewhere", []entry{
			{name: "../../etc/one.eml", content: m("one")},
			{name: "/root/two.eml", content: m("two")},
			{name: `C:\mail\..\three.eml`, content: m("three")},
			{name: "a/../../four.eml", content: m("four")},
			{name: "./a//five.eml", content: m("five")},
			{name: "..", content: m("none")},
			{name: "\xa4\xa4.eml", content: m("six")},
		}, []string{"?.eml|six|seen|", "C:/three.eml|three|seen|", "a/five.eml|five|seen|", "etc/one.eml|one|seen|", "four.eml|four|seen|", "root/two.eml|two|seen|"}},
		{
			"the same name twice, and a file in the way of a folder",
			[]entry{{name: "a.eml", content: m("one")}, {name: "a.eml", content: m("two")}, {name: "b", content: m("none")}, {name: "b/c.eml", content: m("three")}, {name: "d/e.eml", content: m("four")}, {name: "d", content: "none"}},
			[]string{"a (2).eml|two|seen|", "a.eml|one|seen|", "b/c.eml|three|seen|", "d/e.eml|four|seen|"},
		},
		{"a link", []entry{{name: "link.eml", content: "/etc/passwd", header: func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }}, {name: "one.eml", content: m("one")}}, []string{"one.eml|one|seen|"}},
		{
			"an archive in it",
			[]entry{{name: "inner.zip", content: string(pack(t, entry{name: "a.eml", content: m("none")}))}, {name: "one.eml", content: m("one")}},
			[]string{"inner.zip|||it is an archive in an archive; unpack it first", "one.eml|one|seen|"},
		},
		{
			"a password",
			[]entry{{name: "a.eml", content: m("none"), header: func(h *zip.FileHeader) { h.Flags |= 1 }}, {name: "b.txt", content: "x", header: func(h *zip.FileHeader) { h.Flags |= 1 }}, {name: "one.eml", content: m("one")}},
			[]string{"a.eml|||it is protected by a password; unpack it first", "one.eml|one|seen|"},
		},
		{"no mail in it", []entry{{name: "a/"}, {name: "/"}, {name: "photo.jpg", content: "\xff\xd8\xff"}, {name: "empty.eml"}}, nil},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			compare(t, walk(t, inFile(t, pack(t, row.entries...))), row.want...)
		})
	}
}

// What an archive says of its sizes is not believed, and what grows out of all proportion is given up.
func TestZipBombs(t *testing.T) {
	zeros := strings.Repeat("\n", 20<<20)
	mail := fromLine + "Subject: one\n\nx\n"
	many := make([]entry, 0, 40)
	for i := range 40 {
		many = append(many, entry{name: fmt.Sprintf("%02d.eml", i), content: "Subject: x\n\n" + zeros[:15<<20]})
	}
	overlapping := pack(t, entry{name: "a.eml", content: mail}, entry{name: "b.eml", content: strings.Repeat("word ", 2000)})
	at := bytes.LastIndex(overlapping, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(overlapping[at+20:], uint32(len(overlapping)-10)) // the packed size of the second
	crowd := make([]entry, 0, 1)
	for i := range 9_000 {
		crowd = append(crowd, entry{name: fmt.Sprintf("%s/%d", strings.Repeat("n", 4_000), i)})
	}
	deep := make([]entry, 0, 100)
	for i := range 100 {
		deep = append(deep, entry{name: fmt.Sprintf("%d/%s", i, strings.Repeat("d/", 2_000))})
	}
	rows := []struct {
		name    string
		content []byte
		want    string
	}{
		{"one file", pack(t, entry{name: "a.mbox", content: mail + zeros}), "200 times"},
		{"one file under other mail", pack(t, entry{name: "a.eml", content: mail}, entry{name: "b.eml", content: "Subject: x\n\n" + zeros}), "200 times"},
		{"many files, each too small to be noticed", pack(t, many...), "200 times"},
		{"files that overlap", overlapping, "overlap"},
		{"folders without end", pack(t, deep...), "folders"},
		{"a list without end", pack(t, crowd...), "list of files"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			path := inFile(t, row.content)
			err := mailfile.Walk(t.Context(), path, func(mailfile.Item) error { return nil })
			if e := agents.AsError(err); err == nil || e.Code != agents.CodeInvalid || !strings.Contains(e.Message, row.want) || !strings.Contains(e.Hint, "unpack it") {
				t.Errorf("the error is %+v", err)
			}
			// In a folder it is one bad file among others.
			dir := filepath.Dir(path)
			must(t, os.WriteFile(filepath.Join(dir, "other.eml"), []byte("Subject: other\n\nx\n"), 0o600))
			got := walk(t, dir)
			if len(got) < 2 || !strings.Contains(strings.Join(got, "\n"), row.want) || got[len(got)-1] != "other.eml|other|seen|" {
				t.Errorf("in a folder: %q", got)
			}
		})
	}
}

// An archive may say that a file is large; memory is taken for what comes.
func TestZipThatLiesOfItsSize(t *testing.T) {
	content := pack(t, entry{name: "a.eml", content: "Subject: one\n\nx\n"}, entry{name: "b.eml", content: "Subject: two\n\nx\n"})
	for i := range content[:len(content)-4] {
		if bytes.HasPrefix(content[i:], []byte("PK\x01\x02")) {
			binary.LittleEndian.PutUint32(content[i+24:], 127<<20)
			break
		}
	}
	compare(t, walk(t, inFile(t, content)), "a.eml|||the archive is damaged here; what came before it was read", "b.eml|two|seen|")
}

func TestZipThatIsDamaged(t *testing.T) {
	whole := pack(t, entry{name: "a.mbox", content: takeout("Inbox", "one") + strings.Repeat("x", 100<<10) + "\n\n" + takeout("Inbox", "two"), header: func(h *zip.FileHeader) { h.Method = zip.Store }}, entry{name: "b.eml", content: "Subject: three\n\nx\n"})
	broken := bytes.Replace(whole, []byte("Subject: two"), []byte("Subject: TWO"), 1)
	got := walk(t, inFile(t, broken))
	if len(got) != 3 || got[0] != "a.mbox#1|one|seen|" || !strings.Contains(got[1], "damaged here") || got[2] != "b.eml|three|seen|" {
		t.Errorf("a changed byte: %q", got)
	}
	for _, n := range []int{len(whole) / 2, len(whole) - 5, 30} {
		err := mailfile.Walk(t.Context(), inFile(t, whole[:n]), func(mailfile.Item) error { return nil })
		if e := agents.AsError(err); err == nil || e.Code != agents.CodeInvalid || !strings.Contains(e.Message, "not whole") || e.Hint == "" {
			t.Errorf("%d bytes of %d: %v", n, len(whole), err)
		}
	}
	err := mailfile.Walk(t.Context(), inFile(t, pack(t)), func(mailfile.Item) error { return nil })
	if agents.CodeOf(err) != agents.CodeInvalid {
		t.Errorf("an empty archive: %v", err)
	}
}

func TestZipsInAFolder(t *testing.T) {
	dir := tree(t, map[string]string{
		"takeout-001.zip": string(pack(t, entry{name: "Takeout/Mail/All.mbox", content: takeout("Inbox", "one")})),
		"takeout-002.zip": string(pack(t, entry{name: "Takeout/Mail/More.mbox", content: takeout("Sent", "two")})),
		"broken.zip":      "PK\x03\x04 and no more",
		"photos.zip":      string(pack(t, entry{name: "p.jpg", content: "\xff\xd8"})),
	})
	compare(t, walk(t, dir),
		"broken.zip|||the archive \""+filepath.Join(dir, "broken.zip")+"\" is damaged or not whole",
		"takeout-001.zip/Takeout/Mail/All.mbox#1|one|seen|", "takeout-002.zip/Takeout/Mail/More.mbox#1|two|seen sent|")
}

// An error of whoever takes the mail ends the walk also within an archive, and stays what it is.
func TestZipStops(t *testing.T) {
	full := &agents.Error{Code: agents.CodeDiskFull, Message: "the disk is full"}
	path := inFile(t, pack(t, entry{name: "a.mbox", content: takeout("Inbox", "one") + takeout("Inbox", "two")}))
	for _, p := range []string{path, filepath.Dir(path)} {
		n := 0
		err := mailfile.Walk(t.Context(), p, func(mailfile.Item) error { n++; return full })
		if !errors.Is(err, full) || n != 1 {
			t.Errorf("%s: %d items, %v", p, n, err)
		}
	}
}

// Nothing of an archive is laid on the disk.
func TestZipIsNotUnpacked(t *testing.T) {
	place := t.TempDir()
	for _, name := range []string{"TMPDIR", "HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"} {
		t.Setenv(name, place)
	}
	t.Chdir(place)
	path := inFile(t, pack(t, entry{name: "a.mbox", content: takeout("Inbox", "one") + strings.Repeat(takeout("Inbox", "more"), 3000)}))
	if n := len(walk(t, path)); n != 3001 {
		t.Errorf("%d messages", n)
	}
	err := filepath.WalkDir(place, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && name != path {
			t.Errorf("there is a file %s", name)
		}
		return err
	})
	must(t, err)
}

func FuzzZip(f *testing.F) {
	f.Add(pack(f, entry{name: "Takeout/Mail/All.mbox", content: takeout("Inbox,Unread", "one")}, entry{name: "../a.eml", content: "Subject: two\n\nx\n"}))
	f.Add(pack(f, entry{name: "Maildir/cur/1:2,S", content: "Subject: one\n\nx\n"}, entry{name: "Maildir/new/"}, entry{name: "b.eml", header: func(h *zip.FileHeader) { h.Method = zip.Store }}))
	raw := []byte("Subject: one\n\nx\n")
	f.Add(pack(f, entry{name: "a.eml", content: string(raw), header: func(h *zip.FileHeader) { h.CRC32, h.Method = crc32.ChecksumIEEE(raw), zip.Store }}))
	path := filepath.Join(f.TempDir(), "a.zip")
	f.Fuzz(func(t *testing.T, content []byte) {
		content = append([]byte("PK\x03\x04"), bytes.TrimPrefix(content, []byte("PK\x03\x04"))...)
		must(t, os.WriteFile(path, content, 0o600))
		total := 0
		err := mailfile.Walk(t.Context(), path, func(item mailfile.Item) error {
			if strings.Contains(filepath.ToSlash(item.Source)+"/", "/../") {
				t.Errorf("the source %q leads elsewhere", item.Source)
			}
			total += len(item.Raw)
			return nil
		})
		if total > 16<<20+200*len(content) {
			t.Errorf("%d bytes of mail out of %d, %v", total, len(content), err)
		}
		if err != nil && agents.CodeOf(err) != agents.CodeInvalid {
			t.Errorf("the error is %v", err)
		}
	})
}
