// Package schedule runs automations when they are due, and never fails silently: every due time has a row on disk before
// anything is done for it, and one that nothing ran for is recorded as missed and told to the user.
//
// [Next] and [Between] compute due times. [Scheduler] watches the clock. It holds what is due against what is recorded, not
// against a timer that fired, so that a machine that slept, a program that was closed and a clock that jumped all come to
// the same: the due times without a row are missed, the latest of them runs late once if it is not too old, and a due time
// that has run does not run again, wherever the clock is set.
package schedule
