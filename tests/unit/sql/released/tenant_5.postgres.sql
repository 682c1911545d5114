
ALTER TABLE run ADD COLUMN accepted SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE run_source ADD COLUMN skipped BIGINT NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN absent SMALLINT;
CREATE TABLE offer_threshold (
  tenant_id UUID NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  offer_key TEXT COLLATE "C" NOT NULL,
  low_stock BIGINT NOT NULL CHECK (low_stock >= 0),
  PRIMARY KEY (tenant_id, account_id, offer_key)
);
