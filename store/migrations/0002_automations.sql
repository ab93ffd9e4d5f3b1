-- Automations, and one row for each due time of one. It is there before anything is done for that time, and only once.

CREATE TABLE automation (
  id      TEXT PRIMARY KEY,
  state   TEXT NOT NULL,
  created INTEGER NOT NULL, -- milliseconds
  sealed  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE occurrence (
  id         TEXT PRIMARY KEY,
  automation TEXT NOT NULL REFERENCES automation(id) ON DELETE CASCADE,
  due        INTEGER NOT NULL, -- milliseconds
  state      TEXT NOT NULL,
  sealed     BLOB NOT NULL,
  UNIQUE (automation, due)
) STRICT, WITHOUT ROWID;
CREATE INDEX occurrence_open ON occurrence(state) WHERE state IN ('due', 'running', 'waiting');
