//go:build unix

package mailfile_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stewardhq/steward/app/connect/mailfile"
)

// program finds a program of others. A test without it proves nothing, so that skipping must be asked for.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("STEWARD_ALLOW_SKIP") != "" {
			t.Skipf("%s is not installed", name)
		}
		t.Fatalf("%s is not installed (set STEWARD_ALLOW_SKIP to leave this test out)", name)
	}
	return path
}

func run(t *testing.T, cmd *exec.Cmd, input string) {
	t.Helper()
	cmd.Stdin = strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
}

func TestMutt(t *testing.T) {
	mutt := program(t, "mutt")
	dir := t.TempDir()
	config := filepath.Join(dir, "muttrc")
	box := filepath.Join(dir, "sent.mbox")
	must(t, os.WriteFile(config, []byte(fmt.Sprintf(`set sendmail=/bin/true
set record=%q
set mbox_type=mbox
set from=sam@lin.example
set realname="Sam Lin"
set copy=yes
set charset=utf-8
set send_charset="us-ascii:big5:utf-8"
set use_envelope_from=no
`, box)), 0o600))
	for _, m := range [][2]string{{"會議", "會議改期\n\nFrom here it goes on.\n"}, {"Second", "Two\n"}} {
		cmd := exec.Command(mutt, "-n", "-F", config, "-s", m[0], "--", "anna@tidewater.example")
		cmd.Env = append(os.Environ(), "HOME="+dir, "LC_ALL=C.UTF-8")
		run(t, cmd, m[1])
	}
	compare(t, walk(t, box), "#1|會議|seen sent|", "#2|Second|seen sent|")
	must(t, mailfile.Walk(t.Context(), box, func(item mailfile.Item) error {
		if strings.HasSuffix(item.Source, "#1") && !bytes.Contains(item.Raw, []byte("\nFrom here it goes on.")) {
			t.Errorf("body = %q", item.Raw)
		}
		return nil
	}))
}

func TestDovecot(t *testing.T) {
	doveadm := program(t, "doveadm")
	dir, err := os.MkdirTemp("", "steward-dovecot-")
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	config := filepath.Join(dir, "dovecot.conf")
	must(t, os.WriteFile(config, []byte(fmt.Sprintf(`protocols =
ssl = no
mail_location = maildir:%[1]s/Maildir
log_path = %[1]s/log
base_dir = %[1]s/run
state_dir = %[1]s/state
first_valid_uid = 0
namespace inbox {
  inbox = yes
  separator = /
}
`, dir)), 0o644))
	must(t, os.Chmod(dir, 0o755))
	dove := func(input string, args ...string) {
		t.Helper()
		cmd := exec.Command(doveadm, append([]string{"-c", config}, args...)...)
		cmd.Env = append(os.Environ(), "HOME="+dir, "USER=nobody")
		if os.Geteuid() == 0 { // Dovecot refuses to keep root's mail
			const nobody = 65534
			must(t, os.Chown(dir, nobody, nobody))
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
		run(t, cmd, input)
	}
	message := func(subject string) string {
		return "From: anna@tidewater.example\r\nTo: sam@lin.example\r\nSubject: " + subject + "\r\n\r\nHello\r\n"
	}
	dove("", "mailbox", "create", "寄件備份", "Archive/2025")
	dove(message("flagged"), "save", "-m", "INBOX")
	dove("", "flags", "add", `\Seen \Flagged`, "mailbox", "INBOX", "all")
	dove(message("unread"), "save", "-m", "INBOX")
	dove(message("mine"), "save", "-m", "寄件備份")
	dove(message("old"), "save", "-m", "Archive/2025")

	got := map[string]string{}
	for _, line := range walk(t, filepath.Join(dir, "Maildir")) {
		parts := strings.Split(line, "|")
		got[parts[1]] = parts[2] + "|" + parts[3]
	}
	want := map[string]string{"flagged": "seen flagged|", "unread": "|", "mine": "sent|", "old": "|"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
