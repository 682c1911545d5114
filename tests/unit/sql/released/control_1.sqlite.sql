
CREATE TABLE tenant (
  tenant_id  TEXT NOT NULL PRIMARY KEY,
  name       TEXT NOT NULL,
  state      TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE account_directory (
  tenant_id  TEXT NOT NULL,
  account_id TEXT NOT NULL,
  channel    TEXT NOT NULL,
  PRIMARY KEY (tenant_id, account_id)
) STRICT, WITHOUT ROWID;
