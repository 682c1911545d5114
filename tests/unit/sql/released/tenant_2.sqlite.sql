
CREATE TABLE credential_fact (
  account_id TEXT NOT NULL,
  part       TEXT NOT NULL,
  kind       TEXT NOT NULL,
  categories TEXT NOT NULL,
  read_only  INTEGER NOT NULL,
  expires_at INTEGER,
  PRIMARY KEY (account_id, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE account_health (
  account_id TEXT NOT NULL PRIMARY KEY,
  state      INTEGER NOT NULL,
  since      INTEGER NOT NULL,
  reason     TEXT,
  parameters TEXT NOT NULL,
  checked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE account_memory (
  account_id TEXT NOT NULL,
  name       TEXT NOT NULL,
  value      TEXT NOT NULL,
  PRIMARY KEY (account_id, name)
) STRICT, WITHOUT ROWID;
