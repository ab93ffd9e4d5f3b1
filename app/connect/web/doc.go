// Package web makes the HTTP client that every library is handed, so that everything which leaves the machine over HTTP
// goes one way and is written down.
//
// It dials with [egress.Dialer]: hosts on a list and no others, at addresses that were checked. Redirects are requests like
// any other. There are no proxies from the environment, no cookies, and nothing below TLS 1.2.
package web
