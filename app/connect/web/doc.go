// Package web makes the HTTP client that every library is handed, so that everything which leaves the machine over HTTP
// goes one way and is written down.
//
// The client reaches hosts on a list and no others. A name is resolved once, its addresses are checked, and the
// connection is made to exactly a checked address, so that a name cannot change its mind in between. Redirects are
// requests like any other. There are no proxies from the environment, no cookies, and nothing below TLS 1.2.
package web
