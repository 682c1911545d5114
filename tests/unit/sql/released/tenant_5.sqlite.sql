
ALTER TABLE run ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run_source ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN absent INTEGER;
CREATE TABLE offer_threshold (
  account_id TEXT NOT NULL,
  offer_key  TEXT NOT NULL,
  low_stock  INTEGER NOT NULL CHECK (low_stock >= 0),
  PRIMARY KEY (account_id, offer_key)
) STRICT, WITHOUT ROWID;
