/// @file
/// The product's migrations in PostgreSQL's dialect: the same tables, each of a tenant's with the tenant first in every
/// key, where the driver sets row-level security. Texts compare bytewise.
#pragma once

#include <string_view>

namespace stocktracker::inline v0::sql {

inline constexpr std::string_view kControl1Pg = R"sql(
CREATE TABLE tenant (
  tenant_id TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id)
);
CREATE TABLE account_directory (
  tenant_id TEXT COLLATE "C" NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  channel TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, account_id)
);
)sql";

inline constexpr std::string_view kControl2Pg = R"sql(
CREATE TABLE tenant_key (
  tenant_id TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  sealed BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, number)
);
CREATE UNIQUE INDEX tenant_name ON tenant (name);
)sql";

inline constexpr std::string_view kControl3Pg = R"sql(
CREATE TABLE relay_hint (
  tenant_id TEXT COLLATE "C" NOT NULL,
  stamp TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id)
);
CREATE TABLE tenant_event (
  event_id TEXT COLLATE "C" NOT NULL,
  tenant_id TEXT COLLATE "C" NOT NULL,
  topic TEXT COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  relayed_at BIGINT NOT NULL,
  PRIMARY KEY (event_id)
);
CREATE INDEX tenant_event_age ON tenant_event (relayed_at);
)sql";

// ledger: in partitions by tenant, so that a large tenant's history is not in the way of the others'.
inline constexpr std::string_view kTenant1Pg = R"sql(
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
)sql";

inline constexpr std::string_view kTenant2Pg = R"sql(
CREATE TABLE credential_fact (
  tenant_id UUID NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  part TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  categories TEXT COLLATE "C" NOT NULL,
  read_only SMALLINT NOT NULL,
  expires_at BIGINT,
  PRIMARY KEY (tenant_id, account_id, part)
);
CREATE TABLE account_health (
  tenant_id UUID NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  state SMALLINT NOT NULL,
  since BIGINT NOT NULL,
  reason TEXT COLLATE "C",
  parameters TEXT COLLATE "C" NOT NULL,
  checked_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, account_id)
);
CREATE TABLE account_memory (
  tenant_id UUID NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, account_id, name)
);
)sql";

inline constexpr std::string_view kTenant3Pg = R"sql(
CREATE TABLE setting (
  tenant_id UUID NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, name)
);
)sql";

inline constexpr std::string_view kTenant4Pg = R"sql(
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
)sql";

inline constexpr std::string_view kTenant5Pg = R"sql(
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
)sql";

inline constexpr std::string_view kControl4Pg = R"sql(
ALTER TABLE tenant ADD COLUMN reason TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE tenant_key ADD COLUMN retired_at BIGINT;
CREATE INDEX account_directory_account ON account_directory (account_id);
)sql";

inline constexpr std::string_view kTenant6Pg = R"sql(
ALTER TABLE account ADD COLUMN credential_stamp TEXT COLLATE "C" NOT NULL DEFAULT '';
)sql";

}  // namespace stocktracker::inline v0::sql
