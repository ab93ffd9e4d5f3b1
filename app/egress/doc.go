// Package egress is the one dialer: whatever Steward itself sends to another machine goes through it, and is written down
// before it does.
//
// It reaches hosts on a list and no others. A name is resolved once, all its addresses are checked, and the connection is
// made to exactly a checked address, so that a name cannot change its mind in between. What serves a machine its own
// credentials is out of reach even where it is on the list.
package egress
