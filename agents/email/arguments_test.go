package email_test

import (
	"reflect"
	"strings"
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
