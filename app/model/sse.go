package model

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxEvent is how long one event of a stream may be, in bytes.
const maxEvent = 4 << 20

// events reads server-sent events and gives the data of each, until yield or the stream ends it. Field names other than
// data are passed over, as are comments; lines end in LF, CRLF or CR. An event that the stream breaks off in is given all
// the same: some servers leave out the last blank line.
func events(r io.Reader, yield func(data []byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 16<<10), maxEvent)
	lines.Split(splitLines)
	var data []byte
	give := func() error {
		if len(data) == 0 {
			return nil
		}
		event := data
		data = nil
		return yield(event)
	}
	for lines.Scan() {
		line := bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff"))
		if len(line) == 0 {
			if err := give(); err != nil {
				return err
			}
			continue
		}
		field, value, _ := bytes.Cut(line, []byte(":"))
		if string(field) != "data" {
			continue
		}
		if len(data) > 0 {
			data = append(data, '\n')
		}
		if data = append(data, bytes.TrimPrefix(value, []byte(" "))...); len(data) > maxEvent {
			return errHuge
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return errHuge
	} else if err != nil {
		return err
	}
	return give()
}

// splitLines cuts at LF, CRLF or CR.
func splitLines(data []byte, atEOF bool) (advance int, token []byte, err error) {
	i := bytes.IndexAny(data, "\r\n")
	switch {
	case i < 0 && atEOF && len(data) > 0:
		return len(data), data, nil
	case i < 0:
		return 0, nil, nil
	case data[i] == '\n':
		return i + 1, data[:i], nil
	case i+1 < len(data) && data[i+1] == '\n':
		return i + 2, data[:i], nil
	case i+1 < len(data) || atEOF:
		return i + 1, data[:i], nil
	default:
		return 0, nil, nil // whether an LF follows the CR is not known yet
	}
}
