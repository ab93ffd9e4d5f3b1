//go:build desktop

package desktop

/*
#cgo pkg-config: gtk+-3.0 webkit2gtk-4.1
#include <stdlib.h>

#include "webview_linux.h"
*/
import "C"

import "unsafe"

func toC(p Place) C.steward_place {
	is := func(b bool) C.int {
		if b {
			return 1
		}
		return 0
	}
	return C.steward_place{x: C.int(p.X), y: C.int(p.Y), width: C.int(p.Width), height: C.int(p.Height), placed: is(p.Placed), maximised: is(p.Maximised)}
}

// settle moves the window to where it stood, and begins to note where it goes.
func settle(start Place) { C.steward_settle(toC(start)) }

// put moves a window that is open already.
func put(p Place) { C.steward_put(toC(p)) }

// placed is where the window stands now, and where its page is.
func placed(Place) Place {
	p, at := C.steward_placed(), C.steward_at()
	defer C.free(unsafe.Pointer(at))
	return Place{X: int(p.x), Y: int(p.y), Width: int(p.width), Height: int(p.height), Placed: p.placed != 0, Maximised: p.maximised != 0, At: C.GoString(at)}
}

// quit ends the window's loop as soon as it runs.
func quit() { C.steward_quit() }
