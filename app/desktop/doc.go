// Package desktop is Steward with a window: the same surface as every other shell, bound to a web view that has no
// network, keeps nothing on disk and goes nowhere by itself.
//
// What is here without a build tag knows no toolkit, and is what the tests of other machines see. The window itself is
// built with the tag desktop; see the Makefile.
package desktop
