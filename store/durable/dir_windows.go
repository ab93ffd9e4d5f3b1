package durable

// SyncDir does nothing: Windows has no way to sync a directory, and NTFS journals its entries itself.
func SyncDir(string) error { return nil }
