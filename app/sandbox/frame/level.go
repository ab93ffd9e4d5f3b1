package frame

import (
	"fmt"
	"strings"
)

// Full reports whether every wall that Steward knows stands.
func (l Level) Full() bool { return l.Landlock > 0 && l.Seccomp && l.Rlimits }

// String says in plain words what holds a script, and what does not.
func (l Level) String() string {
	walls := []string{"WebAssembly", "memory and time limits"}
	var missing []string
	for _, w := range []struct {
		stands bool
		name   string
	}{
		{l.Seccomp, "system call filter"},
		{l.Landlock > 0, "landlock"},
		{l.Rlimits, "resource limits"},
	} {
		if !w.stands {
			missing = append(missing, w.name)
			continue
		}
		if w.name == "landlock" {
			w.name = fmt.Sprintf("landlock %d", l.Landlock)
		}
		walls = append(walls, w.name)
	}
	s := "locked process: " + strings.Join(walls, ", ")
	if len(missing) > 0 {
		s += " (not on this system: " + strings.Join(missing, ", ") + ")"
	}
	return s
}
