
CREATE TABLE order_line (
  account_id     TEXT NOT NULL,
  line_key       TEXT NOT NULL,
  order_key      TEXT NOT NULL,
  offer_key      TEXT NOT NULL,
  listing        TEXT NOT NULL,
  article        TEXT NOT NULL,
  status         INTEGER NOT NULL,
  status_text    TEXT NOT NULL,
  kind           INTEGER NOT NULL,
  warehouse_key  TEXT NOT NULL,
  warehouse_name TEXT NOT NULL,
  quantity       INTEGER NOT NULL CHECK (quantity >= 1),
  price_minor    INTEGER,
  currency       TEXT,
  ordered_at     INTEGER NOT NULL,
  changed_at     INTEGER NOT NULL,
  recorded_at    INTEGER NOT NULL,
  PRIMARY KEY (account_id, line_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_line_by_time ON order_line (account_id, ordered_at, line_key);
CREATE INDEX order_line_by_offer ON order_line (account_id, offer_key, ordered_at);
CREATE TABLE order_coverage (
  account_id TEXT NOT NULL PRIMARY KEY,
  from_at    INTEGER NOT NULL,
  until_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE price (
  account_id   TEXT NOT NULL,
  offer_key    TEXT NOT NULL,
  price_minor  INTEGER NOT NULL,
  list_minor   INTEGER,
  lowest_minor INTEGER,
  currency     TEXT NOT NULL,
  changed_at   INTEGER NOT NULL,
  PRIMARY KEY (account_id, offer_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE offer_link (
  account_id TEXT NOT NULL,
  offer_key  TEXT NOT NULL,
  product    TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, offer_key)
) STRICT, WITHOUT ROWID;
