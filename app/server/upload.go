package server

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/shown"
)

const maxUpload = 2 << 30 // bytes

const byPath = "bring it in from where it lies instead: steward mail import FILE"

type uploaded struct {
	Path string `json:"path"`
}

// upload takes one file into memory, where Mail/Import finds it under the path that is answered, and whence it goes when
// it was imported or a day is over.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	if err := s.options.Surface.Admits(); err != nil {
		respond(r.Context(), w, nil, err)
		return
	}
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	default:
		refuse(w, http.StatusTooManyRequests, &agents.Error{Code: agents.CodeLimit, Message: "another file is coming in", Hint: "wait until it is here"})
		return
	}
	if r.ContentLength < 0 {
		refuse(w, http.StatusLengthRequired, invalid("how large the file is was not said", "send it with a Content-Length"))
		return
	}
	if r.ContentLength > maxUpload {
		refuse(w, http.StatusRequestEntityTooLarge, &agents.Error{Code: agents.CodeLimit, Message: "the file is larger than 2 GB", Hint: byPath})
		return
	}
	_ = shown.Sweep(shown.Keep, s.options.Now()) // room for this one; the next may have more luck
	path, err := shown.Take(r.URL.Query().Get("name"), patient{r.Body, http.NewResponseController(w)}, r.ContentLength)
	if err != nil {
		e := *agents.AsError(err)
		status := http.StatusUnprocessableEntity
		switch e.Code {
		case agents.CodeUnsupported, agents.CodeDiskFull, agents.CodeLimit:
			status, e.Hint = http.StatusInsufficientStorage, byPath
		case agents.CodeInternal:
			e = agents.Error{Code: agents.CodeUnavailable, Message: "the file did not come in whole", Hint: "try again", Err: err}
		}
		refuse(w, status, &e)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	write(w, uploaded{path})
}

// patient is a body that is waited for as long as something comes.
type patient struct {
	io.Reader
	control *http.ResponseController
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.control.SetReadDeadline(time.Now().Add(bodyWithin)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return p.Reader.Read(b)
}
