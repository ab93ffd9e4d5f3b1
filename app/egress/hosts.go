package egress

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/stewardhq/steward/agents"
	"golang.org/x/net/idna"
)

// reach is how far a listed host may lead.
type reach uint8

const (
	nowhere      reach = iota
	toPublic           // a name
	toPrivate          // a name that may lead into a private network
	toLoopback         // localhost
	toTheAddress       // an address, listed as such
)

// hosts is the list, by canonical host:port.
type hosts map[string]reach

func newHosts(allow, private []string) (hosts, error) {
	list := hosts{}
	for i, entry := range append(append([]string{}, allow...), private...) {
		host, port, err := net.SplitHostPort(entry)
		if err != nil {
			return nil, misspelt(entry)
		}
		name, ip, ok := Canonical(host)
		number, err := strconv.ParseUint(port, 10, 16)
		if !ok || err != nil || number == 0 || port != strconv.FormatUint(number, 10) {
			return nil, misspelt(entry)
		}
		far := toPublic
		switch {
		case ip.IsValid():
			far = toTheAddress
		case name == "localhost":
			far = toLoopback
		case i >= len(allow):
			far = toPrivate
		}
		if ip.IsValid() && forbidden(ip) {
			return nil, denied(entry+" is an address where machines get their own credentials, and never reached", "give the server's own address")
		}
		key := net.JoinHostPort(name, port)
		list[key] = max(list[key], far)
	}
	return list, nil
}

func misspelt(entry string) error {
	return &agents.Error{
		Code: agents.CodeInvalid, Message: fmt.Sprintf("%q is not a host and port", entry),
		Hint: "write it like api.example.com:443, 192.168.1.5:8080 or [::1]:8080",
	}
}

// Canonical gives a host its one spelling. Where it is an address the second result is valid. Spellings that programs
// read differently, such as 127.1, 0x7f000001, 017700000001 or an address with a zone, have none.
func Canonical(host string) (string, netip.Addr, bool) {
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Zone() != "" {
			return "", netip.Addr{}, false
		}
		ip = ip.Unmap()
		return ip.String(), ip, true
	}
	name, err := idna.Lookup.ToASCII(host)
	if err != nil || name == "" || len(name) > 253 || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") {
		return "", netip.Addr{}, false
	}
	name = strings.ToLower(name)
	for _, c := range name {
		if c != '-' && c != '.' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return "", netip.Addr{}, false
		}
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	if last == "" || last[0] >= '0' && last[0] <= '9' { // an address to some; no real domain begins with a digit
		return "", netip.Addr{}, false
	}
	return name, netip.Addr{}, true
}
