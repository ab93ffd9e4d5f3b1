package web

import "net/http"

const mostRedirects = 5

// admit is the check before anything else, of a first request as of each one that an answer redirects to.
func (t *transport) admit(r *http.Request) error {
	switch {
	case r.URL.Scheme != "https" && r.URL.Scheme != "http":
		return denied("only http and https addresses can be reached", "check the address")
	case r.URL.User != nil:
		return denied("an address with a user's name in it is not reached", "give the name and password as the connection's secret")
	case r.Host != "" && r.Host != r.URL.Host:
		return denied("the request names another host than the one it goes to", "report this")
	}
	if err := t.dialer.Check(hostPort(r.URL)); err != nil {
		return err
	}
	if r.Response != nil {
		return admitRedirect(r)
	}
	return nil
}

// admitRedirect looks at a request that an answer redirects to. What was meant for one host is not told to another, even
// if both are on the list.
func admitRedirect(r *http.Request) error {
	first, hops := chain(r)
	switch {
	case hops > mostRedirects:
		return denied("the answer was redirected too often", "check the address")
	case r.Response.Request.URL.Scheme == "https" && r.URL.Scheme != "https":
		return denied("the answer was redirected to an unencrypted address", "check the address; the server is set up wrongly, or somebody interferes")
	case origin(r.URL) != origin(first.URL) && r.Body != nil && r.Body != http.NoBody:
		return denied("the request was to be sent on to another host with its content", "if that is right, give "+hostPort(r.URL)+" as the address")
	}
	return nil
}

// chain goes back along the redirects to the request that the program made.
func chain(r *http.Request) (first *http.Request, hops int) {
	for r.Response != nil && r.Response.Request != nil {
		r, hops = r.Response.Request, hops+1
	}
	return r, hops
}

// strip leaves those headers that may be sent. Another origin than the one that was meant learns nothing of the user.
func strip(r *http.Request, headers http.Header) {
	headers.Del("Cookie")
	if first, _ := chain(r); origin(r.URL) == origin(first.URL) {
		return
	}
	for name := range headers {
		switch name {
		case "Accept", "Accept-Language", "User-Agent":
		default:
			headers.Del(name)
		}
	}
}
