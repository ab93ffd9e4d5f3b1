package email_test

import (
	"testing"

	"github.com/stewardhq/steward/agents/email"
)

func TestKindAndNeedsAnswer(t *testing.T) {
	const person = "From: Anna Chen <anna@tidewater.example>\nTo: sam@lin.example\n"
	const robot = "From: no-reply@shop.example\nTo: sam@lin.example\n"
	rows := []struct {
		name, header, body string
		kind               email.Kind
		answer             bool
	}{
		{"a question", person + "Subject: Lunch", "Shall we?", email.Personal, true},
		{"a question in chinese", person + "Subject: =?utf-8?q?x?=", "明天可以嗎", email.Personal, true},
		{"a full-width question mark", person + "Subject: x", "三點還是四點？", email.Personal, true},
		{"a request", person + "Subject: x", "Please send me the plan.", email.Personal, true},
		{"nothing asked", person + "Subject: Photos", "Here are the photos of Sunday.", email.Personal, false},
		{"a courtesy", person + "Subject: Plan", "Please find attached the plan.", email.Personal, false},
		{"thanks", person + "Subject: Re: x\nIn-Reply-To: <1@lin.example>", "Thank you!\n\nOn Thu, 19 Nov 2026, sam@lin.example wrote:\n> Could you?", email.Personal, false},
		{"asked in the quote only", person + "Subject: Re: x", "It is on the shelf.\n\n> Where is it?", email.Personal, false},
		{"an answer to me with news", person + "Subject: Re: x\nReferences: <1@lin.example>", "The printer says that the panels will be two days late and cost more.\n\nOn Thu, 19 Nov 2026, sam@lin.example wrote:\n> When?", email.Personal, true},
		{"not to me", "From: anna@tidewater.example\nTo: ben@tidewater.example\nCc: sam@lin.example\nSubject: x", "Shall we?", email.Personal, false},
		{"a link with a question mark", person + "Subject: x", "See https://x.example/?a=1", email.Personal, false},
		{"newsletter", "From: news@paper.example\nTo: sam@lin.example\nList-Unsubscribe: <mailto:u@paper.example>\nSubject: Weekly", "Did you know?", email.Newsletter, false},
		{"mailing list", "From: anna@tidewater.example\nTo: list@makers.example\nList-Id: <list.makers.example>\nSubject: [makers] x", "Anyone?", email.Newsletter, false},
		{"notification", robot + "Auto-Submitted: auto-generated\nSubject: Build passed", "ok", email.Notification, false},
		{"no-reply", robot + "Subject: Your parcel is on its way", "Track it?", email.Notification, false},
		{"invoice", robot + "Auto-Submitted: auto-generated\nSubject: Invoice 42 for October", "TWD 940", email.Invoice, false},
		{"invoice in chinese", robot + "Subject: 10 月份水費帳單", "應繳 356 元", email.Invoice, false},
		{"receipt", robot + "Subject: Your receipt", "Total $4", email.Receipt, false},
		{"receipt in chinese", robot + "Subject: 訂單成立", "共 890 元", email.Receipt, false},
		{"a person's invoice", person + "Subject: Invoice for the lights", "NT$ 3,000 please", email.Invoice, false},
		{"talk about an invoice", person + "Subject: Re: invoice question", "Which one do you mean?", email.Personal, true},
		{"billing in a word", robot + "Subject: Billboard opening", "x", email.Notification, false},
		{"bounce", "From: MAILER-DAEMON@mail.example\nTo: sam@lin.example\nReturn-Path: <>\nSubject: Undelivered", "?", email.Notification, false},
		{"my own", "From: sam@lin.example\nTo: anna@tidewater.example\nSubject: Lunch?", "Shall we?", email.Personal, false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			p := email.Parse(message(row.header+"\nContent-Type: text/plain; charset=utf-8\n", row.body), options())
			if p.Kind != row.kind || p.NeedsAnswer != row.answer {
				t.Errorf("kind %s, needs an answer %v", p.Kind, p.NeedsAnswer)
			}
		})
	}
}

func TestInvitationsAreToldApart(t *testing.T) {
	rows := []struct {
		method string
		kind   email.Kind
		answer bool
	}{{"REQUEST", email.Invitation, true}, {"CANCEL", email.Notification, false}, {"REPLY", email.Notification, false}}
	for _, row := range rows {
		calendar := "BEGIN:VCALENDAR\r\nMETHOD:" + row.method + "\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Taipei Standard Time:20261124T140000\r\nSUMMARY:Review\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
		p := email.Parse(message(plainHeader+"Content-Type: multipart/alternative; boundary=b\n\n--b\n\nReview\n--b\nContent-Type: text/calendar; method="+row.method+"\n\n", calendar, "--b--"), options())
		if p.Kind != row.kind || p.NeedsAnswer != row.answer || p.Invitation == nil || p.Invitation.Start.Hour() != 6 || len(p.Attachments) != 0 {
			t.Errorf("%s: kind %s, needs an answer %v, %+v", row.method, p.Kind, p.NeedsAnswer, p.Invitation)
		}
	}
}
