// Package frontend holds the page of Steward as its build left it in dist. Without a build it holds a placeholder, and no
// index.html.
package frontend

import "embed"

// Dist is the folder dist.
//
//go:embed all:dist
var Dist embed.FS
