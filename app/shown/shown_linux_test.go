package shown_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/shown"
)

// memory gives a test a place of its own in memory, and the directory that will be made there.
func memory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "steward-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	shown.Use(t, dir)
	return filepath.Join(dir, "steward-"+strconv.Itoa(os.Geteuid()))
}

func write(t *testing.T, name, data string) string {
	t.Helper()
	path, err := shown.Write(name, []byte(data))
	if err != nil {
		t.Fatalf("write: %v", err)
	}
	return path
}

func wantCode(t *testing.T, err error, code, hint string) {
	t.Helper()
	if agents.CodeOf(err) != code || !strings.Contains(agents.AsError(err).Hint, hint) {
		t.Fatalf("got %v (%s), want code %s and hint with %q", err, agents.CodeOf(err), code, hint)
	}
}

func TestFilesArePrivateAndUnguessable(t *testing.T) {
	dir := memory(t)
	if got, err := shown.Dir(); err != nil || got != dir {
		t.Fatalf("%q, %v", got, err)
	}
	first, second := write(t, "briefing.html", "<p>"), write(t, "briefing.html", "<p>")
	if first == second || filepath.Dir(first) != dir {
		t.Errorf("%s and %s", first, second)
	}
	if !regexp.MustCompile(`/briefing-[0-9a-f]{32}\.html$`).MatchString(first) {
		t.Errorf("name %s", first)
	}
	info, err := os.Lstat(first)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if b, err := os.ReadFile(first); err != nil || string(b) != "<p>" {
		t.Errorf("%q, %v", b, err)
	}
	if info, err := os.Lstat(dir); err != nil || info.Mode() != os.ModeDir|0o700 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestNamesStayInTheDirectory(t *testing.T) {
	dir := memory(t)
	for name, want := range map[string]string{
		"":                              `^file-\w+\.file$`,
		"../../etc/passwd":              `^etcpasswd-\w+\.file$`,
		"/abs.html":                     `^abs-\w+\.html$`,
		"a\x00b\n.HTML":                 `^ab-\w+\.html$`,
		"會議.html":                       `^file-\w+\.html$`,
		"..":                            `^file-\w+\.file$`,
		"x.h/t/m/l":                     `^xhtml-\w+\.file$`,
		strings.Repeat("n", 300) + ".e": `^n{40}-\w+\.e$`,
	} {
		path := write(t, name, "x")
		if filepath.Dir(path) != dir || !regexp.MustCompile(want).MatchString(filepath.Base(path)) {
			t.Errorf("%q became %s", name, path)
		}
	}
}

func TestSweepAndClear(t *testing.T) {
	dir := memory(t)
	if err := errors.Join(shown.Sweep(0, time.Now()), shown.Clear()); err != nil {
		t.Errorf("with nothing shown: %v", err)
	}
	if _, err := os.Lstat(dir); !os.IsNotExist(err) {
		t.Error("sweeping made the directory")
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	old, fresh := write(t, "old.html", "x"), write(t, "fresh.html", "x")
	if err := errors.Join(os.Chtimes(old, now, now.Add(-2*time.Hour)), os.Chtimes(fresh, now, now.Add(-time.Hour))); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "outside")
	if err := errors.Join(os.WriteFile(outside, nil, 0o600), os.Symlink(outside, filepath.Join(dir, "link"))); err != nil {
		t.Fatal(err)
	}
	if err := shown.Sweep(time.Hour, now); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Error("the old file is left")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error("the fresh file is gone")
	}
	if err := shown.Clear(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(dir); !os.IsNotExist(err) {
		t.Error("the directory is left")
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error("clearing followed a link")
	}
}

// TestSquattedPlace has somebody else make the directory first: /dev/shm is everybody's.
func TestSquattedPlace(t *testing.T) {
	elsewhere := t.TempDir()
	for name, squat := range map[string]func(dir string) error{
		"link":        func(dir string) error { return os.Symlink(elsewhere, dir) },
		"dead link":   func(dir string) error { return os.Symlink("/nowhere", dir) },
		"file":        func(dir string) error { return os.WriteFile(dir, nil, 0o700) },
		"open to all": func(dir string) error { return errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o777)) },
		"readable":    func(dir string) error { return errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o750)) },
		"somebody's": func(dir string) error {
			if os.Geteuid() != 0 { // nobody else can give a directory away
				return os.Symlink(elsewhere, dir)
			}
			return errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, 65534, 65534))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := memory(t)
			if err := squat(dir); err != nil {
				t.Fatal(err)
			}
			_, err := shown.Write("briefing.html", []byte("secret"))
			wantCode(t, err, agents.CodeDenied, "export")
			_, err = shown.Dir()
			wantCode(t, err, agents.CodeDenied, "export")
			wantCode(t, shown.Clear(), agents.CodeDenied, "export")
		})
	}
	if left, _ := os.ReadDir(elsewhere); len(left) != 0 {
		t.Errorf("written elsewhere: %v", left)
	}
}

func TestNoMemory(t *testing.T) {
	for name, dir := range map[string]string{"missing": "/nowhere", "a disk": onDisk(t)} {
		t.Run(name, func(t *testing.T) {
			shown.Use(t, dir)
			_, err := shown.Write("briefing.html", []byte("secret"))
			wantCode(t, err, agents.CodeUnsupported, "file of your choice")
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Errorf("left on the disk: %v", left)
			}
		})
	}
}

// onDisk is an empty directory that is not in memory, on machines whose /tmp is as well.
func onDisk(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(".", "disk-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// failing gives some bytes, and then an error.
type failing struct{ err error }

func (f *failing) Read(b []byte) (int, error) {
	if f.err == nil {
		return 0, io.ErrClosedPipe
	}
	err := f.err
	f.err = nil
	return copy(b, "half"), err
}

func TestWhatIsTakenInIsWholeOrNotThere(t *testing.T) {
	dir := memory(t)
	path, err := shown.Take("../My Mail.mbox", strings.NewReader("From anna, and more"), 9)
	if err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "From anna" || !strings.HasPrefix(path, dir+"/MyMail-") {
		t.Errorf("%s %q %v", path, content, err)
	}
	if _, err := shown.Take("a.mbox", strings.NewReader("short"), 9); !errors.Is(err, io.EOF) {
		t.Errorf("one that ends before: %v", err)
	}
	if _, err := shown.Take("a.mbox", &failing{os.ErrDeadlineExceeded}, 9); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("one that breaks off: %v", err)
	}
	_, err = shown.Take("a.mbox", &failing{os.ErrInvalid}, 1<<50)
	wantCode(t, err, agents.CodeDiskFull, "export")
	if errors.Is(err, os.ErrInvalid) {
		t.Error("it was read although there is no room")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are there, %v", len(left), err)
	}
}

func TestOnlyWhatIsShownIsDropped(t *testing.T) {
	dir := memory(t)
	kept, gone := write(t, "a.mbox", "1"), write(t, "a.mbox", "2")
	elsewhere := filepath.Join(t.TempDir(), "a.mbox")
	if err := os.WriteFile(elsewhere, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{gone, gone, elsewhere, dir, filepath.Join(dir, "..", "x"), "", filepath.Join(dir, "sub", filepath.Base(kept))} {
		if err := shown.Drop(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	for path, there := range map[string]bool{kept: true, gone: false, elsewhere: true} {
		if _, err := os.Stat(path); (err == nil) != there {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestNamesForAPerson(t *testing.T) {
	dir := memory(t)
	path := write(t, "../My Mail.MBOX", "1")
	for path, want := range map[string]string{
		path: "MyMail.mbox", "/home/sam/" + filepath.Base(path): "/home/sam/" + filepath.Base(path), filepath.Join(dir, "a.mbox"): filepath.Join(dir, "a.mbox"), "": "",
	} {
		if got := shown.Name(path); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}
