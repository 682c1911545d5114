
CREATE TABLE account (
  account_id   TEXT NOT NULL PRIMARY KEY,
  channel      TEXT NOT NULL,
  seller_key   TEXT NOT NULL,
  seller_name  TEXT NOT NULL,
  label        TEXT NOT NULL UNIQUE,
  connected_at INTEGER NOT NULL,
  UNIQUE (channel, seller_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE credential (
  account_id TEXT NOT NULL,
  name       TEXT NOT NULL,
  sealed     BLOB NOT NULL,
  PRIMARY KEY (account_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE lease (
  account_id TEXT NOT NULL PRIMARY KEY,
  holder     TEXT NOT NULL,
  fence      INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE source (
  source_id   INTEGER NOT NULL PRIMARY KEY,
  account_id  TEXT NOT NULL,
  name        TEXT NOT NULL,
  kind        INTEGER NOT NULL,
  state       INTEGER NOT NULL,
  disposition INTEGER NOT NULL,
  observed_at INTEGER,
  retry_at    INTEGER,
  digest      TEXT,
  error       TEXT,
  UNIQUE (account_id, name)
) STRICT;
CREATE TABLE warehouse (
  warehouse_id  INTEGER NOT NULL PRIMARY KEY,
  account_id    TEXT NOT NULL,
  source_id     INTEGER NOT NULL,
  kind          INTEGER NOT NULL,
  warehouse_key TEXT NOT NULL,
  name          TEXT NOT NULL,
  region        TEXT NOT NULL,
  UNIQUE (account_id, kind, warehouse_key)
) STRICT;
CREATE TABLE offer (
  offer_id     INTEGER NOT NULL PRIMARY KEY,
  account_id   TEXT NOT NULL,
  offer_key    TEXT NOT NULL,
  listing      TEXT NOT NULL,
  article      TEXT NOT NULL,
  title        TEXT NOT NULL,
  brand        TEXT NOT NULL,
  size         TEXT NOT NULL,
  state        INTEGER NOT NULL,
  content_hash INTEGER NOT NULL,
  UNIQUE (account_id, offer_key)
) STRICT;
CREATE INDEX offer_article ON offer (article);
CREATE TABLE offer_barcode (
  offer_id INTEGER NOT NULL,
  barcode  TEXT NOT NULL,
  PRIMARY KEY (offer_id, barcode)
) STRICT, WITHOUT ROWID;
CREATE TABLE level (
  source_id    INTEGER NOT NULL,
  offer_id     INTEGER NOT NULL,
  warehouse_id INTEGER NOT NULL,
  on_hand      INTEGER CHECK (on_hand >= 0),
  reserved     INTEGER,
  to_client    INTEGER,
  from_client  INTEGER,
  state        INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  PRIMARY KEY (source_id, offer_id, warehouse_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE ledger (
  offer_id     INTEGER NOT NULL,
  warehouse_id INTEGER NOT NULL,
  observed_at  INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  kind         INTEGER NOT NULL,
  before_qty   INTEGER,
  after_qty    INTEGER,
  recorded_at  INTEGER NOT NULL,
  run_no       INTEGER,
  cause        TEXT,
  PRIMARY KEY (offer_id, warehouse_id, observed_at, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ledger_identity ON ledger (offer_id, warehouse_id, seq);
CREATE TABLE run (
  run_no      INTEGER NOT NULL PRIMARY KEY,
  run_id      TEXT NOT NULL UNIQUE,
  account_id  TEXT NOT NULL,
  state       INTEGER NOT NULL,
  dry_run     INTEGER NOT NULL,
  started_at  INTEGER NOT NULL,
  finished_at INTEGER,
  requests    INTEGER NOT NULL,
  actor       TEXT NOT NULL
) STRICT;
CREATE INDEX run_by_account ON run (account_id, run_no);
CREATE TABLE run_source (
  run_no      INTEGER NOT NULL,
  position    INTEGER NOT NULL,
  name        TEXT NOT NULL,
  state       INTEGER NOT NULL,
  disposition INTEGER NOT NULL,
  rows        INTEGER NOT NULL,
  added       INTEGER NOT NULL,
  changed     INTEGER NOT NULL,
  zeroed      INTEGER NOT NULL,
  kept        INTEGER NOT NULL,
  unchanged   INTEGER NOT NULL,
  dropped     INTEGER NOT NULL,
  observed_at INTEGER,
  retry_at    INTEGER,
  error_code  INTEGER,
  error       TEXT,
  note        TEXT NOT NULL,
  PRIMARY KEY (run_no, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
  event_id   TEXT NOT NULL PRIMARY KEY,
  topic      TEXT NOT NULL,
  payload    TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
