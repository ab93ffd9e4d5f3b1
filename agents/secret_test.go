package agents_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
)

// A secret comes out of nothing that prints, logs or encodes, however deep it lies in what is printed.
func TestSecretsComeOutOfNothing(t *testing.T) {
	const canary = "sk-canary-7391"
	secret := agents.NewSecret([]byte(canary))
	type open struct{ Key agents.Secret }
	type shut struct {
		key agents.Secret
		in  *open
	}
	things := []any{
		secret, &secret,
		[]agents.Secret{secret},
		map[string]agents.Secret{"k": secret},
		open{secret},
		&open{secret},
		shut{secret, &open{secret}},
		&shut{secret, nil},
		struct{ any }{secret},
		struct{ err error }{fmt.Errorf("wrong key %v", secret)},
		fmt.Errorf("wrong key %s: %w", secret, errors.New("no")),
		&agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprint("key ", secret), Err: fmt.Errorf("%v", open{secret})},
	}
	var out bytes.Buffer
	plain := log.New(&out, "", 0)
	for _, thing := range things {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%t", "%T", "%c", "%U", "%e", "%p", "%w"} {
			fmt.Fprintf(&out, verb+"\n", thing)
		}
		fmt.Fprintln(&out, thing)
		plain.Println(thing)
		for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(handler).With("with", thing).Info("said", "thing", thing, slog.Group("group", "thing", thing))
		}
		if raw, err := json.Marshal(thing); err == nil {
			out.Write(raw)
		}
		func() {
			defer func() { fmt.Fprintln(&out, recover()) }()
			panic(thing)
		}()
	}
	raw := []byte(canary)
	for name, form := range map[string]string{
		"text": canary, "hex": fmt.Sprintf("%x", raw), "HEX": fmt.Sprintf("%X", raw), "spaced hex": fmt.Sprintf("% x", raw), "numbers": strings.Trim(fmt.Sprint(raw), "[]"), //nolint:staticcheck // the numbers are what is looked for
		"Go": strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", raw), "[]byte{"), "}"), "base64": base64.StdEncoding.EncodeToString(raw)[:12], "piece": canary[:9],
	} {
		if strings.Contains(out.String(), form) {
			t.Errorf("it is printed as %s", name)
		}
	}
	if !strings.Contains(out.String(), "[secret]") {
		t.Error("nothing was printed; the test proves nothing")
	}
	if string(secret.Reveal()) != canary || secret.Empty() || !secret.Equal(agents.NewSecret(raw)) || secret.Equal(agents.Secret{}) {
		t.Error("the secret itself is lost")
	}
	if zero := (agents.Secret{}); !zero.Empty() || zero.Reveal() != nil || !zero.Equal(agents.Secret{}) {
		t.Error("the empty secret is not empty")
	}
	secret.Clear()
	if bytes.Contains(secret.Reveal(), []byte("canary")) {
		t.Error("it is still there after clearing")
	}
}
