package email_test

import (
	"reflect"
	"strings"

	"github.com/stewardhq/steward/agents"
)

// args are a capability's arguments by their json names, as a script gives them.
type args map[string]any

// arguments fills a copy of the argument struct.
func arguments(zero, in any) any {
	v := reflect.New(reflect.TypeOf(zero)).Elem()
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if given, ok := in.(args)[name]; ok {
			v.Field(i).Set(reflect.ValueOf(given))
		}
	}
	return v.Interface()
}

// replyOptions fills the options of mail.reply.
func replyOptions(in any, all bool) any {
	f, _ := reflect.TypeOf(in).FieldByName("Options")
	v := reflect.New(f.Type.Elem())
	v.Elem().FieldByName("All").SetBool(all)
	return v.Interface()
}

// newDraft fills the argument of mail.draft.
func newDraft(in any, to, cc []agents.Person, subject, body agents.Text) any {
	f, _ := reflect.TypeOf(in).FieldByName("Draft")
	v := reflect.New(f.Type).Elem()
	for name, value := range map[string]any{"To": to, "Cc": cc, "Subject": subject, "Body": body} {
		v.FieldByName(name).Set(reflect.ValueOf(value))
	}
	return v.Interface()
}
