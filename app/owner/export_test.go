package owner

// Parts that the tests drive with a clock of their own, or on a path that this machine would not take.
var (
	EnterWith   = enter
	ReachByLink = reachByLink
)
