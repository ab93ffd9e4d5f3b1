package store_test

const crashDir = "STEWARD_STORE_CRASH_DIR"

func crashChild(dir string) {}
