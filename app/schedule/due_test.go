package schedule_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the same zones on every machine

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/schedule"
)

var everyDay = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func next(t testing.TB, s agents.Schedule, after time.Time, n int) []time.Time {
	t.Helper()
	all, err := schedule.Next(s, after, n)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestDueTimes(t *testing.T) {
	for _, c := range []struct {
		name  string
		s     agents.Schedule
		after string
		want  []string
	}{
		{
			"weekdays skip the weekend",
			agents.Schedule{Days: everyDay[:5], Time: "08:00", Zone: "Asia/Taipei"},
			"2026-11-26T08:00:00+08:00",
			[]string{"2026-11-27T08:00:00+08:00", "2026-11-30T08:00:00+08:00", "2026-12-01T08:00:00+08:00"},
		},
		{
			"later today counts",
			agents.Schedule{Days: everyDay, Time: "19:30", Zone: "Asia/Taipei"},
			"2026-11-26T19:29:59+08:00",
			[]string{"2026-11-26T19:30:00+08:00"},
		},
		{
			"a due time is not after itself",
			agents.Schedule{Days: []string{"sun"}, Time: "00:00", Zone: "Asia/Taipei"},
			"2026-11-29T00:00:00+08:00",
			[]string{"2026-12-06T00:00:00+08:00"},
		},
		{
			"a time that does not exist comes after the gap",
			agents.Schedule{Days: everyDay, Time: "02:30", Zone: "Europe/Berlin"},
			"2026-03-28T12:00:00+01:00",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"},
		},
		{
			"the first moment after the gap exists itself",
			agents.Schedule{Days: everyDay, Time: "03:00", Zone: "Europe/Berlin"},
			"2026-03-28T12:00:00+01:00",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T03:00:00+02:00"},
		},
		{
			"a time that comes twice runs once, the first time",
			agents.Schedule{Days: everyDay, Time: "02:30", Zone: "Europe/Berlin"},
			"2026-10-24T12:00:00+02:00",
			[]string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"},
		},
		{
			"also asked between the two",
			agents.Schedule{Days: everyDay, Time: "02:30", Zone: "Europe/Berlin"},
			"2026-10-25T02:45:00+02:00",
			[]string{"2026-10-26T02:30:00+01:00"},
		},
		{
			"midnight that does not exist",
			agents.Schedule{Days: everyDay, Time: "00:00", Zone: "America/Santiago"},
			"2026-09-05T12:00:00-04:00",
			[]string{"2026-09-06T01:00:00-03:00", "2026-09-07T00:00:00-03:00"},
		},
		{
			"a gap of half an hour",
			agents.Schedule{Days: everyDay, Time: "02:15", Zone: "Australia/Lord_Howe"},
			"2026-10-03T12:00:00+10:30",
			[]string{"2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"},
		},
		{
			"a day that was left out",
			agents.Schedule{Days: []string{"fri"}, Time: "08:00", Zone: "Pacific/Apia"},
			"2011-12-29T12:00:00-10:00",
			[]string{"2011-12-31T00:00:00+14:00", "2012-01-06T08:00:00+14:00"},
		},
		{
			"the day left out and the next are due at one moment, once",
			agents.Schedule{Days: everyDay, Time: "00:00", Zone: "Pacific/Apia"},
			"2011-12-29T12:00:00-10:00",
			[]string{"2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00"},
		},
	} {
		after, err := time.Parse(time.RFC3339, c.after)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, due := range next(t, c.s, after, len(c.want)) {
			got = append(got, due.Format(time.RFC3339))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestSchedulesThatCannotBe(t *testing.T) {
	good := agents.Schedule{Days: []string{"mon", "wed"}, Time: "08:00", Zone: "Asia/Taipei"}
	if err := schedule.Check(good); err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(*agents.Schedule){
		func(s *agents.Schedule) { s.Days = nil }, func(s *agents.Schedule) { s.Days = []string{"Monday"} }, func(s *agents.Schedule) { s.Days = []string{"wed", "mon"} },
		func(s *agents.Schedule) { s.Days = []string{"mon", "mon"} }, func(s *agents.Schedule) { s.Time = "8:00" }, func(s *agents.Schedule) { s.Time = "24:00" },
		func(s *agents.Schedule) { s.Time = "08:60" }, func(s *agents.Schedule) { s.Time = "" }, func(s *agents.Schedule) { s.Zone = "" },
		func(s *agents.Schedule) { s.Zone = "Local" }, func(s *agents.Schedule) { s.Zone = "../etc/passwd" }, func(s *agents.Schedule) { s.Zone = "Mars/Olympus" },
	} {
		bad := good
		change(&bad)
		if err := schedule.Check(bad); agents.CodeOf(err) != agents.CodeInvalid || agents.AsError(err).Hint == "" {
			t.Errorf("%+v: %v", bad, err)
		}
		if _, err := schedule.Next(bad, time.Now(), 1); err == nil {
			t.Errorf("%+v has a next time", bad)
		}
		if _, err := schedule.Between(bad, time.Now(), time.Now()); err == nil {
			t.Errorf("%+v has due times", bad)
		}
	}
	if all := next(t, good, time.Now(), 0); len(all) != 0 {
		t.Errorf("none were asked for: %v", all)
	}
}

// What holds of every schedule in every zone.
func TestDueTimesHoldTheirPromises(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	zones := strings.Fields("UTC Asia/Taipei Europe/Berlin America/New_York America/Santiago Australia/Lord_Howe Pacific/Apia Asia/Tehran Africa/Cairo America/Havana Antarctica/Troll Pacific/Kiritimati Europe/Dublin")
	for range 2000 {
		s := agents.Schedule{Time: time.Unix(60*r.Int64N(1440), 0).UTC().Format("15:04"), Zone: zones[r.IntN(len(zones))]}
		for _, day := range everyDay {
			if r.IntN(2) == 0 {
				s.Days = append(s.Days, day)
			}
		}
		if len(s.Days) == 0 {
			s.Days = everyDay
		}
		z := zone(t, s.Zone)
		after := time.Date(2000+r.IntN(35), 1, 1+r.IntN(365), r.IntN(24), r.IntN(60), r.IntN(60), 0, z)
		all := next(t, s, after, 20)
		if len(all) != 20 {
			t.Fatalf("%+v after %s: %d due times", s, after, len(all))
		}
		last := after
		for i, due := range all {
			if !due.After(last) {
				t.Fatalf("%+v: %s comes after %s", s, due, last)
			}
			day := strings.ToLower(due.Format("Mon"))
			if got := due.Format("15:04"); got != s.Time || !slices.Contains(s.Days, day) {
				// Only where clocks were set forward over it: the moment before belongs to another offset.
				_, before := due.Add(-time.Second).Zone()
				_, at := due.Zone()
				if at <= before {
					t.Fatalf("%+v: due at %s", s, due)
				}
			}
			// The same time of the clock an hour or so before would have been the first.
			for _, back := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} {
				if e := due.Add(-back); e.Format("15:04 2006-01-02") == due.Format("15:04 2006-01-02") {
					t.Fatalf("%+v: %s is the second %s", s, due, s.Time)
				}
			}
			if again := next(t, s, last, 1)[0]; !again.Equal(due) {
				t.Fatalf("%+v: after %s comes %s, then %s", s, last, due, again)
			}
			if i > 0 && due.Sub(last) > 8*24*time.Hour+2*time.Hour {
				t.Fatalf("%+v: nothing between %s and %s", s, last, due)
			}
			last = due
		}
		between, err := schedule.Between(s, after, all[19])
		if err != nil || !slices.EqualFunc(between, all, time.Time.Equal) {
			t.Fatalf("%+v: between %v %v", s, between, err)
		}
		// The machine's own zone has no say.
		elsewhere := next(t, s, after.In(zone(t, zones[r.IntN(len(zones))])), 20)
		if !slices.EqualFunc(elsewhere, all, time.Time.Equal) {
			t.Fatalf("%+v: another zone of the machine gives %v", s, elsewhere)
		}
	}
}
