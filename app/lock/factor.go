package lock

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/stewardhq/steward/agents"
)

const (
	factorBytes = 20 // as RFC 4226 recommends, and every app takes
	period      = 30 // seconds
	digits      = otp.DigitsSix
)

// Factor is a second factor to be put into an app that makes codes. It is the one moment in which its secret is shown.
type Factor struct {
	Secret string // base32
	URI    string // otpauth://
}

var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// BeginFactor makes a second factor. It counts from the first code on: see FinishFactor.
func (l *Lock) BeginFactor() Factor {
	secret := make([]byte, factorBytes)
	_, _ = rand.Read(secret) // never fails: the program is ended instead
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending.Clear()
	l.pending = agents.NewSecret(secret)
	text := encoding.EncodeToString(secret)
	clear(secret)
	v := url.Values{"secret": {text}, "issuer": {"Steward"}, "algorithm": {"SHA1"}, "digits": {digits.String()}, "period": {fmt.Sprint(period)}}
	return Factor{Secret: text, URI: "otpauth://totp/Steward:home?" + v.Encode()}
}

// FinishFactor sets the second factor that was begun, if the code is of it.
func (l *Lock) FinishFactor(ctx context.Context, code string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pending.Empty() {
		return &agents.Error{Code: agents.CodeConflict, Message: "no second factor is being set up", Hint: "begin with a new secret"}
	}
	step, ok := l.step(l.pending, code, 0)
	if !ok {
		return &agents.Error{Code: agents.CodeDenied, Message: "this code is not of the secret that was shown", Hint: "look whether the clocks of both devices are right, and give the code that is shown now"}
	}
	if err := l.vault.Set(ctx, factorName, l.pending.Reveal()); err != nil {
		return fmt.Errorf("keep the second factor: %w", err)
	}
	r := l.record
	r.Factor, r.Step = true, step
	if err := l.keep(ctx, r); err != nil {
		return err
	}
	l.factor, l.pending, l.elevations = l.pending, agents.Secret{}, nil
	return nil
}

// RemoveFactor removes the second factor.
func (l *Lock) RemoveFactor(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.record.Factor {
		return nil
	}
	r := l.record
	r.Factor, r.Step = false, 0
	if err := l.keep(ctx, r); err != nil {
		return err
	}
	l.factor.Clear()
	l.factor, l.elevations = agents.Secret{}, nil
	if err := l.vault.Delete(ctx, factorName); err != nil {
		return fmt.Errorf("forget the second factor: %w", err)
	}
	return nil
}

// step finds of which time step a code is, the one before and the one after included; only of one after the last that was
// accepted. It looks at all of them, whichever it is.
func (l *Lock) step(secret agents.Secret, code string, last int64) (step int64, ok bool) {
	code = strings.TrimSpace(code)
	if secret.Empty() || len(code) != digits.Length() {
		return 0, false
	}
	text := encoding.EncodeToString(secret.Reveal())
	at := l.now().Unix() / period
	for s := at - 1; s <= at+1; s++ {
		if s < 0 {
			continue
		}
		good, err := hotp.ValidateCustom(code, uint64(s), text, hotp.ValidateOpts{Digits: digits, Algorithm: otp.AlgorithmSHA1}) // in constant time
		if err == nil && good && s > last {
			step, ok = s, true
		}
	}
	return step, ok
}

// Squares is a QR code of a text: true is dark.
func Squares(text string) ([][]bool, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("draw the QR code: %w", err)
	}
	size := code.Bounds().Dx()
	rows := make([][]bool, size)
	for y := range rows {
		rows[y] = make([]bool, size)
		for x := range rows[y] {
			r, _, _, _ := code.At(x, y).RGBA()
			rows[y][x] = r == 0
		}
	}
	return rows, nil
}

// Picture is a QR code as the address of an SVG picture, good for the src of an image.
func Picture(text string) (string, error) {
	rows, err := Squares(text)
	if err != nil {
		return "", err
	}
	var dark strings.Builder
	for y, row := range rows {
		for x, is := range row {
			if is {
				fmt.Fprintf(&dark, "M%d %dh1v1h-1z", x+4, y+4)
			}
		}
	}
	size := len(rows) + 8
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`, size, size, size, size, dark.String())
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(svg)), nil
}

// Blocks is a QR code for a terminal, two rows in each line, light on dark.
func Blocks(text string) (string, error) {
	rows, err := Squares(text)
	if err != nil {
		return "", err
	}
	const quiet = 2
	dark := func(x, y int) bool {
		x, y = x-quiet, y-quiet
		return y >= 0 && y < len(rows) && x >= 0 && x < len(rows) && rows[y][x]
	}
	var b strings.Builder
	for y := 0; y < len(rows)+2*quiet; y += 2 {
		for x := range len(rows) + 2*quiet {
			b.WriteString(map[[2]bool]string{{false, false}: "█", {false, true}: "▀", {true, false}: "▄", {true, true}: " "}[[2]bool{dark(x, y), dark(x, y+1)}])
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}
