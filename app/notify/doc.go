// Package notify shows notifications on the desktop, over D-Bus to org.freedesktop.Notifications. Where there is no
// session bus, or nothing on it that shows notifications, it writes them as a line to the terminal instead.
//
// What it is given is plain text and shown as such: markup is escaped where the desktop would read it.
package notify
