// Package owner sees to it that one process owns a home, and that every other reaches it.
//
// The owner holds a lock on the file "lock" for as long as it lives, and answers requests on the unix socket "socket".
// Both lie in the home, which is 0700 and the user's own. The kernel drops the lock of a process that dies, however it
// dies, so what a killed owner leaves behind never keeps the next one out. Only processes of the same user are answered.
//
// [Enter] is what a command does: own the home if nobody does, else attach to who does.
package owner
