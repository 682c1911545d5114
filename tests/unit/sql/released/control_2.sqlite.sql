
CREATE TABLE tenant_key (
  tenant_id  TEXT NOT NULL,
  number     INTEGER NOT NULL,
  sealed     BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tenant_name ON tenant (name);
