package store

import "github.com/stewardhq/steward/store/datamap"

// Kind says of one kind of data what it is and what becomes of it.
type Kind = datamap.Kind

// DataMap has one row for every kind of data in the home.
var DataMap = datamap.All
