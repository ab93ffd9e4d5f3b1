package alert

import (
	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/notification"
)

// Words are what is said of an alert, in English; the window and the page say it in the user's language, by its kind and
// facts.
type Words struct {
	Title  string `json:"title"`
	Text   string `json:"text"`
	Advice string `json:"advice"`
}

// Say is what is said of an alert. What somebody else chose, such as a host's name, is quoted.
func Say(a agents.Alert) Words {
	fact := func(name string) agents.Text {
		return agents.Labelled(a.Facts[name], agents.Label{Integrity: agents.Untrusted})
	}
	says := func(title, advice string, parts ...agents.Text) Words {
		return Words{title, notification.Clean(agents.Concat(parts...)), advice}
	}
	p := agents.Plain
	switch a.Kind {
	case agents.AlertInjection:
		return says("Something that was read gives orders to an assistant",
			"It had no say in what was done: texts from others are never followed. Look at the message before you do what it asks, and be careful with its sender.",
			p("A run read a text from outside that tries to tell your assistant what to do. Noticed: "+signText(a.Facts["sign"])+"."))
	case agents.AlertEgress:
		return says("A connection was refused",
			"Nothing left. If Steward should reach this host, add it as a model, an account or a connection; if you do not know it, look at the run that wanted it.",
			p("Something wanted to connect to "), fact("host"), p(", which is not allowed."))
	case agents.AlertDenied:
		return says("Policy denied something",
			"Nothing was done. See why with `steward policy explain`; if you did not ask for it, look at the run.",
			p("A script wanted to use "), fact("capability"), p(" and may not."))
	case agents.AlertBurst:
		return says("Unusually much is happening",
			"Look at what runs, and pause or stop what you did not ask for: `steward runs list`.",
			p("In the last ten minutes there were "), fact("effects"), p(" effects; the most of the past week was "), fact("usual"), p("."))
	case agents.AlertChanged:
		return says("A capability describes itself differently",
			"Steward was not updated, so nothing should have changed. Do not use it until you know who changed it, and check the program with `steward doctor`.",
			fact("capability"), p(" of "), fact("agent"), p(" says something else of itself than before, under the same version."))
	case agents.AlertLedger:
		return says("The ledger does not check out",
			"Somebody or something changed the home, or an older copy was put back. Run `steward ledger verify`, compare with an export that you kept, and do not trust later rows.",
			fact("problem"))
	case agents.AlertAccess:
		return says("Many wrong attempts to come in",
			"Nobody came in. If it was not you, end the served mode, or lock Steward and choose another passphrase.",
			fact("attempts"), p(" wrong attempts by way of the "), fact("via"), p(" within ten minutes."))
	}
	return Words{"Something was noticed", "", "Look at the latest runs: `steward runs list`."}
}

func signText(sign string) string {
	switch sign {
	case SignOrder:
		return "it speaks to an assistant and gives it an order"
	case SignOverride:
		return "it says that earlier instructions no longer count"
	case SignRole:
		return "it is written as if it came from the system"
	case SignHidden:
		return "it holds characters that nobody sees"
	default:
		return "its form"
	}
}

// Code is what the words of an alert are called, for other languages: its kind, and for an injection what was noticed.
func Code(a agents.Alert) string {
	if sign := a.Facts["sign"]; a.Kind == agents.AlertInjection && sign != "" {
		return string(a.Kind) + "." + sign
	}
	return string(a.Kind)
}
