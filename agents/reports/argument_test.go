package reports_test

import (
	"reflect"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/reports"
)

// argument fills the one positional parameter of report.create, as the host's decoder does.
func argument(c agents.Capability, content reports.ReportContent) any {
	in := reflect.New(reflect.TypeOf(c.In)).Elem()
	in.Field(0).Set(reflect.ValueOf(content))
	return in.Interface()
}

func TestDeclaration(t *testing.T) {
	agent := reports.New(nil)
	c := agent.Capabilities[0]
	in := reflect.TypeOf(c.In)
	if in.NumField() != 1 || in.Field(0).Tag.Get("json") != "r" {
		t.Errorf("report.create takes %v, want one parameter r", in)
	}
	if c.Effect != agents.Local || c.Version != 1 {
		t.Errorf("effect %v, version %d; want local, 1", c.Effect, c.Version)
	}
	if _, ok := c.Out.(agents.Object); !ok {
		t.Errorf("a report is no object: %T", c.Out)
	}
}
