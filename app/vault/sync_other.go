//go:build !unix

package vault

// syncDir does nothing: here a rename lasts by itself, and a directory cannot be synced.
func syncDir(string) error { return nil }
