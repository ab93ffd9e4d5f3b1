package fold_test

import (
	"testing"

	"github.com/stewardhq/steward/agents/email/fold"
)

func TestFold(t *testing.T) {
	rows := []struct{ name, in, want string }{
		{"nothing to fold", "Hello\n\nBye", "Hello\n\nBye"},
		{"a reply above", "Yes.\n\nOn Thu, 19 Nov 2026, Sam wrote:\n> Coming?\n> Sam", "Yes."},
		{"introduced over two lines", "Yes.\n\nOn Thu, 19 Nov 2026 at 09:00,\nSam Lin <sam@lin.example> wrote:\n> Coming?", "Yes."},
		{"answers in between", "> One?\nYes.\n\n> Two?\nNo.", "Yes.\nNo."},
		{"chinese", "好的。\n\n林聖 <sam@lin.example> 於 2026年11月19日 週四 上午9:00寫道：\n> 來嗎？", "好的。"},
		{"outlook", "Yes.\n\n________________________________\nFrom: Sam\nSent: Thursday\nTo: Anna\nSubject: Coming?\n\nComing?", "Yes."},
		{"outlook in chinese", "好的。\n\n寄件者: 林聖\n寄件日期: 週四\n收件者: 陳安娜\n主旨: 來嗎？\n\n來嗎？", "好的。"},
		{"original message", "Yes.\n-----Original Message-----\nFrom: Sam\nComing?", "Yes."},
		{"markup that lost its marks", "Yes.\n\nOn Thu, 19 Nov 2026, Sam wrote:\n\nComing?", "Yes."},
		{"signature", "Yes.\n-- \nAnna\nTidewater", "Yes."},
		{"phone", "Yes.\n\nSent from my iPhone", "Yes."},
		{"phone in chinese", "好的。\n\n從我的 iPhone 傳送", "好的。"},
		{"forwarded stays", "FYI\n\n---------- Forwarded message ---------\nFrom: Bob\nDate: Thursday\nSubject: Rent\nTo: Sam\n\nThe rent is due.", "FYI\n\n---------- Forwarded message ---------\nFrom: Bob\nDate: Thursday\nSubject: Rent\nTo: Sam\n\nThe rent is due."},
		{"only a quote stays", "> Coming?", "> Coming?"},
		{"a sentence that begins with On", "On Monday we wrote a letter.\nYou too?", "On Monday we wrote a letter.\nYou too?"},
		{"empty", "", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if got := fold.Fold(row.in); got != row.want {
				t.Errorf("Fold = %q, want %q", got, row.want)
			}
		})
	}
}
