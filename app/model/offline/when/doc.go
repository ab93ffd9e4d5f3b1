// Package when reads dates and times as people write them, in English and Traditional Chinese: "last week", "since
// Tuesday", "20 Nov at 3pm", 「上星期五」「民國115年11月20日下午三點」.
//
// [Find] gives every expression of a text with the stretch of time that it means, relative to a given now in its zone.
// Weeks begin on Monday. It looks at each character a bounded number of times, so that a hostile text cannot stall it.
package when
