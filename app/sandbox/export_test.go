package sandbox

// CheckEngine lets the tests show it another engine than the one that is built in.
var CheckEngine = checkEngine
