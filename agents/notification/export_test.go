package notification

// In lets the tests call the capability as the engine does, which makes the arguments by reflection.
type In = userIn
