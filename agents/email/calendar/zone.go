package calendar

import (
	"strconv"
	"strings"
	"time"
)

// zone finds the time zone that a calendar names: by its IANA name, perhaps with a path before it, by the name that
// Windows uses, or by an offset such as "UTC+08:00".
func zone(name string) *time.Location {
	name = strings.Trim(name, `"'/ `)
	if name == "" || len(name) > 100 {
		return time.UTC
	}
	if iana, ok := windowsZones[strings.ToLower(name)]; ok {
		name = iana
	}
	if z, err := time.LoadLocation(name); err == nil && z != time.Local {
		return z
	}
	// "/freeassociation.sourceforge.net/Tzfile/Asia/Taipei"
	if parts := strings.Split(name, "/"); len(parts) > 2 {
		if z, err := time.LoadLocation(strings.Join(parts[len(parts)-2:], "/")); err == nil {
			return z
		}
	}
	return offset(name)
}

// offset reads "UTC+08:00", "GMT-5" and "(UTC+08:00) Taipei".
func offset(name string) *time.Location {
	upper := strings.ToUpper(name)
	i := strings.Index(upper, "UTC")
	if i < 0 {
		i = strings.Index(upper, "GMT")
	}
	if i < 0 || len(upper) < i+5 {
		return time.UTC
	}
	rest := upper[i+3:]
	sign := map[byte]int{'+': 1, '-': -1}[rest[0]]
	if sign == 0 {
		return time.UTC
	}
	digits := rest[1:]
	if end := strings.IndexFunc(digits, func(r rune) bool { return r != ':' && (r < '0' || r > '9') }); end >= 0 {
		digits = digits[:end]
	}
	hours, minutes, _ := strings.Cut(digits, ":")
	if len(hours) == 4 {
		hours, minutes = hours[:2], hours[2:]
	}
	h, err := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	if err != nil || h > 14 || m > 59 {
		return time.UTC
	}
	return time.FixedZone(name, sign*(h*3600+m*60))
}

// windowsZones are the zones' names in Windows, Outlook and Exchange, in lower case (from CLDR's windowsZones).
var windowsZones = map[string]string{
	"utc": "UTC", "gmt": "UTC", "coordinated universal time": "UTC",
	"taipei standard time": "Asia/Taipei", "china standard time": "Asia/Shanghai", "singapore standard time": "Asia/Singapore",
	"tokyo standard time": "Asia/Tokyo", "korea standard time": "Asia/Seoul", "se asia standard time": "Asia/Bangkok",
	"north asia standard time": "Asia/Krasnoyarsk", "north asia east standard time": "Asia/Irkutsk", "ulaanbaatar standard time": "Asia/Ulaanbaatar",
	"w. australia standard time": "Australia/Perth", "aus eastern standard time": "Australia/Sydney", "e. australia standard time": "Australia/Brisbane",
	"cen. australia standard time": "Australia/Adelaide", "aus central standard time": "Australia/Darwin", "tasmania standard time": "Australia/Hobart",
	"new zealand standard time": "Pacific/Auckland", "fiji standard time": "Pacific/Fiji", "west pacific standard time": "Pacific/Port_Moresby",
	"vladivostok standard time": "Asia/Vladivostok", "yakutsk standard time": "Asia/Yakutsk",
	"india standard time": "Asia/Kolkata", "sri lanka standard time": "Asia/Colombo", "nepal standard time": "Asia/Kathmandu",
	"bangladesh standard time": "Asia/Dhaka", "myanmar standard time": "Asia/Yangon", "pakistan standard time": "Asia/Karachi",
	"west asia standard time": "Asia/Tashkent", "central asia standard time": "Asia/Almaty", "afghanistan standard time": "Asia/Kabul",
	"iran standard time": "Asia/Tehran", "arabian standard time": "Asia/Dubai", "azerbaijan standard time": "Asia/Baku",
	"georgian standard time": "Asia/Tbilisi", "caucasus standard time": "Asia/Yerevan", "arab standard time": "Asia/Riyadh",
	"arabic standard time": "Asia/Baghdad", "israel standard time": "Asia/Jerusalem", "jordan standard time": "Asia/Amman",
	"middle east standard time": "Asia/Beirut", "syria standard time": "Asia/Damascus", "turkey standard time": "Europe/Istanbul",
	"russian standard time": "Europe/Moscow", "belarus standard time": "Europe/Minsk", "fle standard time": "Europe/Kiev",
	"gtb standard time": "Europe/Bucharest", "e. europe standard time": "Europe/Chisinau", "kaliningrad standard time": "Europe/Kaliningrad",
	"w. europe standard time": "Europe/Berlin", "romance standard time": "Europe/Paris", "central europe standard time": "Europe/Budapest",
	"central european standard time": "Europe/Warsaw", "gmt standard time": "Europe/London", "greenwich standard time": "Atlantic/Reykjavik",
	"morocco standard time": "Africa/Casablanca", "w. central africa standard time": "Africa/Lagos", "south africa standard time": "Africa/Johannesburg",
	"e. africa standard time": "Africa/Nairobi", "egypt standard time": "Africa/Cairo", "azores standard time": "Atlantic/Azores",
	"e. south america standard time": "America/Sao_Paulo", "argentina standard time": "America/Buenos_Aires", "sa eastern standard time": "America/Cayenne",
	"montevideo standard time": "America/Montevideo", "pacific sa standard time": "America/Santiago", "sa western standard time": "America/La_Paz",
	"venezuela standard time": "America/Caracas", "sa pacific standard time": "America/Bogota", "newfoundland standard time": "America/St_Johns",
	"atlantic standard time": "America/Halifax", "eastern standard time": "America/New_York", "us eastern standard time": "America/Indianapolis",
	"central standard time": "America/Chicago", "central america standard time": "America/Guatemala", "central standard time (mexico)": "America/Mexico_City",
	"canada central standard time": "America/Regina", "mountain standard time": "America/Denver", "us mountain standard time": "America/Phoenix",
	"pacific standard time": "America/Los_Angeles", "pacific standard time (mexico)": "America/Tijuana", "alaskan standard time": "America/Anchorage",
	"hawaiian standard time": "Pacific/Honolulu",
	"eastern time":           "America/New_York", "central time": "America/Chicago", "mountain time": "America/Denver", "pacific time": "America/Los_Angeles",
	"台北標準時間": "Asia/Taipei", "(utc+08:00) taipei": "Asia/Taipei",
}
