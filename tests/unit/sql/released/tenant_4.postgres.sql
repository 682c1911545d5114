
CREATE TABLE order_line (
  tenant_id UUID NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  line_key TEXT COLLATE "C" NOT NULL,
  order_key TEXT COLLATE "C" NOT NULL,
  offer_key TEXT COLLATE "C" NOT NULL,
  listing TEXT COLLATE "C" NOT NULL,
  article TEXT COLLATE "C" NOT NULL,
  status SMALLINT NOT NULL,
  status_text TEXT COLLATE "C" NOT NULL,
  kind SMALLINT NOT NULL,
  warehouse_key TEXT COLLATE "C" NOT NULL,
  warehouse_name TEXT COLLATE "C" NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity >= 1),
  price_minor BIGINT,
  currency TEXT COLLATE "C",
  ordered_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, account_id, line_key)
);
CREATE INDEX order_line_by_time ON order_line (tenant_id, account_id, ordered_at, line_key);
CREATE INDEX order_line_by_offer ON order_line (tenant_id, account_id, offer_key, ordered_at);
CREATE TABLE order_coverage (
  tenant_id UUID NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  from_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, account_id)
);
CREATE TABLE price (
  tenant_id UUID NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  offer_key TEXT COLLATE "C" NOT NULL,
  price_minor BIGINT NOT NULL,
  list_minor BIGINT,
  lowest_minor BIGINT,
  currency TEXT COLLATE "C" NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, account_id, offer_key)
);
CREATE TABLE offer_link (
  tenant_id UUID NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  offer_key TEXT COLLATE "C" NOT NULL,
  product TEXT COLLATE "C" NOT NULL,
  decided_by TEXT COLLATE "C" NOT NULL,
  decided_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, account_id, offer_key)
);
