package alert

type attempts struct{}
