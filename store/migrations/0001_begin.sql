-- Columns named sealed hold encrypted content. The other columns hold facts of this machine only: ids, times, sizes,
-- flags, states, names of capabilities, and keyed hashes. What quotes a person is sealed.

CREATE TABLE account (
  n      INTEGER PRIMARY KEY,
  id     TEXT NOT NULL UNIQUE, -- keyed hash of the name
  sealed BLOB NOT NULL
) STRICT;

-- Content that may be large, stored once, found by the keyed hash of its owner and itself.
CREATE TABLE blob (
  n       INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  account INTEGER REFERENCES account(n), -- NULL: sealed under the main key
  size    INTEGER NOT NULL,              -- bytes before compression
  parts   INTEGER NOT NULL
) STRICT;
CREATE INDEX blob_account ON blob(account) WHERE account IS NOT NULL;

CREATE TABLE blob_part (
  n      INTEGER PRIMARY KEY, -- blob << 16 | number of the part
  blob   INTEGER NOT NULL REFERENCES blob(n) ON DELETE CASCADE,
  sealed BLOB NOT NULL
) STRICT;
CREATE INDEX blob_part_blob ON blob_part(blob);

-- The journal.
CREATE TABLE run (
  id      TEXT PRIMARY KEY,
  parent  TEXT NOT NULL,
  kind    TEXT NOT NULL,
  state   TEXT NOT NULL,
  created INTEGER NOT NULL, -- milliseconds
  sealed  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX run_created ON run(created, id);
CREATE INDEX run_parent ON run(parent) WHERE parent <> '';

CREATE TABLE step (
  run        TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  seq        INTEGER NOT NULL,
  done_no    INTEGER NOT NULL,
  capability TEXT NOT NULL,
  version    INTEGER NOT NULL,
  effect     TEXT NOT NULL,
  state      TEXT NOT NULL,
  attempt    INTEGER NOT NULL,
  issued     INTEGER NOT NULL, -- milliseconds
  ended      INTEGER NOT NULL, -- milliseconds; 0 while open
  sealed     BLOB NOT NULL,
  input      INTEGER REFERENCES blob(n), -- where it is too large to stand in the row
  result     INTEGER REFERENCES blob(n),
  PRIMARY KEY (run, seq)
) STRICT;
CREATE INDEX step_input ON step(input) WHERE input IS NOT NULL;
CREATE INDEX step_result ON step(result) WHERE result IS NOT NULL;

CREATE TABLE script (
  id      TEXT PRIMARY KEY, -- keyed hash of the script's hash
  created INTEGER NOT NULL, -- milliseconds
  sealed  BLOB NOT NULL
) STRICT;

CREATE TABLE report (
  n       INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  run     TEXT NOT NULL,
  created INTEGER NOT NULL, -- milliseconds
  body    INTEGER NOT NULL REFERENCES blob(n)
) STRICT;
CREATE INDEX report_run ON report(run, created);
CREATE INDEX report_created ON report(created);
CREATE INDEX report_body ON report(body);

CREATE TABLE setting (
  id     TEXT PRIMARY KEY, -- keyed hash of the key
  sealed BLOB NOT NULL
) STRICT;

-- The ledger: a chain of hashes, and apart from it the content that the chain commits to.
CREATE TABLE ledger (
  seq        INTEGER PRIMARY KEY,
  time       INTEGER NOT NULL, -- microseconds
  kind       TEXT NOT NULL,
  run        TEXT NOT NULL,
  step       INTEGER NOT NULL,
  commitment BLOB NOT NULL,
  hash       BLOB NOT NULL
) STRICT;
CREATE INDEX ledger_run ON ledger(run, seq) WHERE run <> '';
CREATE INDEX ledger_kind ON ledger(kind, seq);

CREATE TABLE ledger_content (
  seq    INTEGER PRIMARY KEY REFERENCES ledger(seq),
  sealed BLOB NOT NULL -- salt and content
) STRICT;

-- Mail. The row's number is its received time (seconds << 8 | tie), so that the order of rows is the order of time.
CREATE TABLE mail (
  n        INTEGER PRIMARY KEY,
  id       TEXT NOT NULL UNIQUE, -- keyed hash of the account and what makes the message itself
  account  INTEGER NOT NULL REFERENCES account(n),
  thread   INTEGER NOT NULL,
  message  INTEGER,              -- keyed hash of the Message-ID
  subject  INTEGER,              -- keyed hash of the subject without its "Re:"
  loose    INTEGER NOT NULL,     -- looks like an answer, but names no message that is here
  kind     TEXT NOT NULL,
  size     INTEGER NOT NULL,
  imported INTEGER NOT NULL,     -- milliseconds
  unread   INTEGER NOT NULL,
  starred  INTEGER NOT NULL,
  attached INTEGER NOT NULL,
  given    INTEGER NOT NULL,     -- said to be the user's own by where it was found, whatever its From says
  vouched  INTEGER NOT NULL,     -- its From can be believed: it was checked on arrival, or never came in from outside
  mine     INTEGER NOT NULL,
  content  INTEGER NOT NULL REFERENCES mail_content(n),
  raw      INTEGER NOT NULL REFERENCES blob(n)
) STRICT;
CREATE INDEX mail_account ON mail(account);
CREATE INDEX mail_thread ON mail(thread, n);
CREATE INDEX mail_message ON mail(message) WHERE message IS NOT NULL;
CREATE INDEX mail_subject ON mail(subject, n) WHERE subject IS NOT NULL;
CREATE INDEX mail_mine ON mail(n) WHERE mine = 1;
CREATE INDEX mail_content_of ON mail(content);
CREATE INDEX mail_raw ON mail(raw);

-- Apart from mail, so that the facts lie close together, and in the order of import, which is the fastest to write.
CREATE TABLE mail_content (
  n      INTEGER PRIMARY KEY,
  sealed BLOB NOT NULL
) STRICT;

-- Which messages a message names as those that it answers.
CREATE TABLE mail_reference (
  message INTEGER NOT NULL, -- keyed hash of the Message-ID
  mail    INTEGER NOT NULL REFERENCES mail(n) ON DELETE CASCADE,
  PRIMARY KEY (message, mail)
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_reference_mail ON mail_reference(mail);

-- Threads that became one with another.
CREATE TABLE thread_merged (
  thread INTEGER PRIMARY KEY,
  into_thread INTEGER NOT NULL
) STRICT;
CREATE INDEX thread_merged_into ON thread_merged(into_thread);

CREATE TABLE person (
  n       INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE, -- keyed hash of the address
  trust   INTEGER NOT NULL,     -- where the name comes from: the higher, the better
  mails   INTEGER NOT NULL,     -- messages that name the person
  written INTEGER NOT NULL,     -- messages of the user to the person
  sealed  BLOB NOT NULL
) STRICT;

CREATE TABLE mail_person (
  person INTEGER NOT NULL REFERENCES person(n),
  role   INTEGER NOT NULL, -- 0 from, 1 to, 2 cc
  mail   INTEGER NOT NULL REFERENCES mail(n) ON DELETE CASCADE,
  PRIMARY KEY (person, role, mail)
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_person_mail ON mail_person(mail);

-- The search index over keyed hashes of words. It keeps no text.
CREATE VIRTUAL TABLE mail_words USING fts5(
  sender, recipients, subject, body,
  content = '', contentless_delete = 1, tokenize = 'ascii'
);
INSERT INTO mail_words(mail_words, rank) VALUES ('rank', 'bm25(3.0, 2.0, 4.0, 1.0)');
-- An import writes a third less when fewer, larger pieces of the index are merged.
INSERT INTO mail_words(mail_words, rank) VALUES ('hashsize', 8388608);
INSERT INTO mail_words(mail_words, rank) VALUES ('automerge', 8);
