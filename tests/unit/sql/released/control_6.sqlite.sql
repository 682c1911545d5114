
CREATE TABLE person (
  user_id       TEXT NOT NULL PRIMARY KEY,
  address       TEXT NOT NULL,
  address_key   TEXT NOT NULL,
  name          TEXT NOT NULL,
  locale        TEXT NOT NULL,
  zone          TEXT NOT NULL,
  state         TEXT NOT NULL,
  created_at    INTEGER NOT NULL,
  password_hash TEXT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX person_address ON person (address_key);
CREATE TABLE member (
  tenant_id TEXT NOT NULL,
  user_id   TEXT NOT NULL,
  role      TEXT NOT NULL,
  since     INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_user ON member (user_id);
