package pack

import "encoding/binary"

// Frame puts parts into one, byte for byte, each with its length before it.
func Frame(parts ...[]byte) []byte {
	size := 0
	for _, p := range parts {
		size += 4 + len(p)
	}
	frame := make([]byte, 0, size)
	for _, p := range parts {
		frame = binary.BigEndian.AppendUint32(frame, uint32(len(p)))
		frame = append(frame, p...)
	}
	return frame
}

// Parts takes the first n parts out of a frame; false if it is cut short.
func Parts(frame []byte, n int) ([][]byte, bool) {
	parts := make([][]byte, n)
	for i := range parts {
		if len(frame) < 4 || uint64(len(frame)-4) < uint64(binary.BigEndian.Uint32(frame)) {
			return nil, false
		}
		end := 4 + int(binary.BigEndian.Uint32(frame))
		parts[i], frame = frame[4:end:end], frame[end:]
	}
	return parts, true
}
