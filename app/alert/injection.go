package alert

// What in a text makes it look like an attempt to steer an assistant.
const (
	SignOrder    = "order"    // speaks to an assistant and gives it an order
	SignOverride = "override" // says that earlier instructions no longer count
	SignRole     = "role"     // imitates a message of the system
	SignHidden   = "hidden"   // holds characters that nobody sees
)
