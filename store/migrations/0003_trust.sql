-- What the user allowed for a while, and what was noticed.

CREATE TABLE standing_grant (
  id         TEXT PRIMARY KEY,
  automation TEXT NOT NULL,
  expires    INTEGER NOT NULL, -- milliseconds
  sealed     BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX standing_grant_automation ON standing_grant(automation);

CREATE TABLE alert (
  id      TEXT PRIMARY KEY,
  kind    TEXT NOT NULL,
  created INTEGER NOT NULL, -- milliseconds
  seen    INTEGER NOT NULL, -- milliseconds; 0 while it is open
  sealed  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_created ON alert(created);
