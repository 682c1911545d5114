
CREATE TABLE account (
  tenant_id UUID NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  channel TEXT COLLATE "C" NOT NULL,
  seller_key TEXT COLLATE "C" NOT NULL,
  seller_name TEXT COLLATE "C" NOT NULL,
  label TEXT COLLATE "C" NOT NULL,
  connected_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, account_id),
  UNIQUE (tenant_id, label),
  UNIQUE (tenant_id, channel, seller_key)
);
CREATE TABLE credential (
  tenant_id UUID NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  sealed BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, account_id, name)
);
CREATE TABLE lease (
  tenant_id UUID NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  holder TEXT COLLATE "C" NOT NULL,
  fence BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, account_id)
);
CREATE TABLE source (
  tenant_id UUID NOT NULL,
  source_id BIGINT NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  kind SMALLINT NOT NULL,
  state SMALLINT NOT NULL,
  disposition SMALLINT NOT NULL,
  observed_at BIGINT,
  retry_at BIGINT,
  digest TEXT COLLATE "C",
  error TEXT COLLATE "C",
  PRIMARY KEY (tenant_id, source_id),
  UNIQUE (tenant_id, account_id, name)
);
CREATE TABLE warehouse (
  tenant_id UUID NOT NULL,
  warehouse_id BIGINT NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  source_id BIGINT NOT NULL,
  kind SMALLINT NOT NULL,
  warehouse_key TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  region TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, warehouse_id),
  UNIQUE (tenant_id, account_id, kind, warehouse_key)
);
CREATE TABLE offer (
  tenant_id UUID NOT NULL,
  offer_id BIGINT NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  offer_key TEXT COLLATE "C" NOT NULL,
  listing TEXT COLLATE "C" NOT NULL,
  article TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  brand TEXT COLLATE "C" NOT NULL,
  size TEXT COLLATE "C" NOT NULL,
  state SMALLINT NOT NULL,
  content_hash BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, offer_id),
  UNIQUE (tenant_id, account_id, offer_key)
);
CREATE INDEX offer_article ON offer (tenant_id, article);
CREATE TABLE offer_barcode (
  tenant_id UUID NOT NULL,
  offer_id BIGINT NOT NULL,
  barcode TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, offer_id, barcode)
);
CREATE TABLE level (
  tenant_id UUID NOT NULL,
  source_id BIGINT NOT NULL,
  offer_id BIGINT NOT NULL,
  warehouse_id BIGINT NOT NULL,
  on_hand BIGINT CHECK (on_hand >= 0),
  reserved BIGINT,
  to_client BIGINT,
  from_client BIGINT,
  state SMALLINT NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, source_id, offer_id, warehouse_id)
);
CREATE TABLE ledger (
  tenant_id UUID NOT NULL,
  offer_id BIGINT NOT NULL,
  warehouse_id BIGINT NOT NULL,
  observed_at BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  kind SMALLINT NOT NULL,
  before_qty BIGINT,
  after_qty BIGINT,
  recorded_at BIGINT NOT NULL,
  run_no BIGINT,
  cause TEXT COLLATE "C",
  PRIMARY KEY (tenant_id, offer_id, warehouse_id, observed_at, seq)
) PARTITION BY HASH (tenant_id);
DO $$ BEGIN
  FOR i IN 0..15 LOOP
    EXECUTE format('CREATE TABLE ledger_%s PARTITION OF ledger FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
  END LOOP;
END $$;
CREATE UNIQUE INDEX ledger_identity ON ledger (tenant_id, offer_id, warehouse_id, seq);
CREATE TABLE run (
  tenant_id UUID NOT NULL,
  run_no BIGINT NOT NULL,
  run_id TEXT COLLATE "C" NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  state SMALLINT NOT NULL,
  dry_run SMALLINT NOT NULL,
  started_at BIGINT NOT NULL,
  finished_at BIGINT,
  requests BIGINT NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, run_no),
  UNIQUE (tenant_id, run_id)
);
CREATE INDEX run_by_account ON run (tenant_id, account_id, run_no);
CREATE TABLE run_source (
  tenant_id UUID NOT NULL,
  run_no BIGINT NOT NULL,
  position BIGINT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  state SMALLINT NOT NULL,
  disposition SMALLINT NOT NULL,
  rows BIGINT NOT NULL,
  added BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  zeroed BIGINT NOT NULL,
  kept BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  dropped BIGINT NOT NULL,
  observed_at BIGINT,
  retry_at BIGINT,
  error_code BIGINT,
  error TEXT COLLATE "C",
  note TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, run_no, position)
);
CREATE TABLE outbox (
  tenant_id UUID NOT NULL,
  event_id TEXT COLLATE "C" NOT NULL,
  topic TEXT COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, event_id)
);
