package egress

import "net/netip"

func prefixes(list ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(list))
	for i, p := range list {
		all[i] = netip.MustParsePrefix(p)
	}
	return all
}

var (
	// inPrivate are the networks of homes and companies, and this machine.
	inPrivate = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "::1/128", "fc00::/7")
	// nobodys are not hosts of the public network, and no private ones either: documentation, tests, protocols, and
	// link-local, where clouds hand out a machine's credentials.
	nobodys = prefixes(
		"0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "224.0.0.0/3", "168.63.129.16/32", "100.100.100.200/32", "fd00:ec2::/32",
		"2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16",
	)
	// credentials are where clouds hand a machine its own: nobody ever means to reach them.
	credentials = prefixes("169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32", "fd00:ec2::/32", "fe80::/10")

	global = netip.MustParsePrefix("2000::/3")
	// Networks whose addresses hold an IPv4 address that is the real target, and where it stands.
	nat64  = netip.MustParsePrefix("64:ff9b::/96")
	sixTo4 = netip.MustParsePrefix("2002::/16")
)

// public reports whether an address is one of the public network.
func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsValid() || ip.Zone() != "" || contains(nobodys, ip) || contains(inPrivate, ip) {
		return false
	}
	if ip.Is4() {
		return true
	}
	b := ip.As16()
	switch {
	case nat64.Contains(ip):
		return public(netip.AddrFrom4([4]byte(b[12:])))
	case sixTo4.Contains(ip):
		return public(netip.AddrFrom4([4]byte(b[2:6])))
	}
	return global.Contains(ip)
}

// private reports whether an address is one of a private network, or this machine's.
func private(ip netip.Addr) bool {
	ip = ip.Unmap()
	return ip.Zone() == "" && contains(inPrivate, ip) && !contains(nobodys, ip)
}

func contains(list []netip.Prefix, ip netip.Addr) bool {
	for _, p := range list {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// forbidden reports whether an address is one that nobody means to reach, also where it stands inside another.
func forbidden(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsValid() || ip.Zone() != "" || contains(credentials, ip) {
		return true
	}
	b := ip.As16()
	switch {
	case ip.Is4():
		return false
	case nat64.Contains(ip):
		return contains(credentials, netip.AddrFrom4([4]byte(b[12:])))
	case sixTo4.Contains(ip):
		return contains(credentials, netip.AddrFrom4([4]byte(b[2:6])))
	}
	return false
}

// allows reports whether a host with this reach may lead to an address. Names never lead to forbidden ones, which are
// neither public nor private; an address that is one is not taken into a list.
func (r reach) allows(ip netip.Addr) bool {
	switch r {
	case toTheAddress:
		return true // it was compared when the host was
	case toLoopback:
		return ip.Unmap().IsLoopback()
	case toPrivate:
		return public(ip) || private(ip)
	case toPublic:
		return public(ip)
	default:
		return false
	}
}
