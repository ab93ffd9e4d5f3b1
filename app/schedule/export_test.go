package schedule

// Halted is closed when the watch over the clock has been told to end.
func Halted(s *Scheduler) <-chan struct{} { return s.watching.Done() }
