
CREATE TABLE relay_hint (
  tenant_id TEXT NOT NULL PRIMARY KEY,
  stamp     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE tenant_event (
  event_id   TEXT NOT NULL PRIMARY KEY,
  tenant_id  TEXT NOT NULL,
  topic      TEXT NOT NULL,
  payload    TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  relayed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tenant_event_age ON tenant_event (relayed_at);
