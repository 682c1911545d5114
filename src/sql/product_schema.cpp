// The tables of both planes, and their migrations.
#include "sql/product_schema.hpp"

#include <array>

#include "sql/product_columns.hpp"
#include "sql/product_schema_postgres.hpp"

namespace stocktracker::inline v0::sql {
namespace {

using namespace std::string_view_literals;

// Control plane: what the operator of many tenants owns.
constexpr std::string_view kControl1 = R"sql(
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
)sql";

// Each tenant's keys, sealed by the master key: destroying them closes what they sealed, in every copy.
constexpr std::string_view kControl2 = R"sql(
CREATE TABLE tenant_key (
  tenant_id  TEXT NOT NULL,
  number     INTEGER NOT NULL,
  sealed     BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tenant_name ON tenant (name);
)sql";

// What tenants told, once it is carried over; the hint says which tenant has more, and changes whenever one has.
constexpr std::string_view kControl3 = R"sql(
CREATE TABLE relay_hint (
  tenant_id TEXT NOT NULL PRIMARY KEY,
  stamp     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE tenant_event (
  event_id   TEXT NOT NULL PRIMARY KEY,
  tenant_id  TEXT NOT NULL,
  topic      TEXT NOT NULL,
  payload    TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  relayed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tenant_event_age ON tenant_event (relayed_at);
)sql";

// Why a tenant is quarantined; when a key was replaced by a newer one; which tenants have an account of that id.
constexpr std::string_view kControl4 = R"sql(
ALTER TABLE tenant ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE tenant_key ADD COLUMN retired_at INTEGER;
CREATE INDEX account_directory_account ON account_directory (account_id);
)sql";

// Tenant plane. The *_id integers are local to this store; natural keys are unique beside them.
//
// level: one row per position, clustered by source, because a run reads and writes one source at a time. Holds no
// observed_at: an unchanged run writes no level row, freshness moves in source.
//
// ledger: clustered by position and time, so that "as of" is one descent; (position, seq) is the identity of a fact.
constexpr std::string_view kTenant1 = R"sql(
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
)sql";

// What is known of an account beside its stock: no secrets.
constexpr std::string_view kTenant2 = R"sql(
CREATE TABLE credential_fact (
  account_id TEXT NOT NULL,
  part       TEXT NOT NULL,
  kind       TEXT NOT NULL,
  categories TEXT NOT NULL,
  read_only  INTEGER NOT NULL,
  expires_at INTEGER,
  PRIMARY KEY (account_id, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE account_health (
  account_id TEXT NOT NULL PRIMARY KEY,
  state      INTEGER NOT NULL,
  since      INTEGER NOT NULL,
  reason     TEXT,
  parameters TEXT NOT NULL,
  checked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE account_memory (
  account_id TEXT NOT NULL,
  name       TEXT NOT NULL,
  value      TEXT NOT NULL,
  PRIMARY KEY (account_id, name)
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::string_view kTenant3 = R"sql(
CREATE TABLE setting (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// order_line: facts with the vendor's identity; told again, the last telling counts. order_coverage: the period of
// which every line is known. offer_link: which offers a person says are one product.
constexpr std::string_view kTenant4 = R"sql(
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
)sql";

// What runs left out, whose zeroes were accepted by a person, what silence of a source means, and thresholds of low
// stock that a seller chose for single offers.
constexpr std::string_view kTenant5 = R"sql(
ALTER TABLE run ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run_source ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN absent INTEGER;
CREATE TABLE offer_threshold (
  account_id TEXT NOT NULL,
  offer_key  TEXT NOT NULL,
  low_stock  INTEGER NOT NULL CHECK (low_stock >= 0),
  PRIMARY KEY (account_id, offer_key)
) STRICT, WITHOUT ROWID;
)sql";

// Changes whenever the account's credentials do: whoever holds them in memory compares.
constexpr std::string_view kTenant6 = R"sql(
ALTER TABLE account ADD COLUMN credential_stamp TEXT NOT NULL DEFAULT '';
)sql";

constexpr std::array kMigrations{
    Migration{Plane::control, 1, "tenants"sv, kControl1, kControl1Pg},
    Migration{Plane::control, 2, "keys of tenants"sv, kControl2, kControl2Pg},
    Migration{Plane::control, 3, "events of tenants"sv, kControl3, kControl3Pg},
    Migration{Plane::control, 4, "quarantine and retired keys"sv, kControl4, kControl4Pg},
    Migration{Plane::tenant, 1, "stock and ledger"sv, kTenant1, kTenant1Pg},
    Migration{Plane::tenant, 2, "account health"sv, kTenant2, kTenant2Pg},
    Migration{Plane::tenant, 3, "settings"sv, kTenant3, kTenant3Pg},
    Migration{Plane::tenant, 4, "orders and prices"sv, kTenant4, kTenant4Pg},
    Migration{Plane::tenant, 5, "skipped rows and thresholds"sv, kTenant5, kTenant5Pg},
    Migration{Plane::tenant, 6, "stamps of credentials"sv, kTenant6, kTenant6Pg},
};

constexpr std::array kTenantKey{"tenant_id"sv};
constexpr std::array kTenantKeyKey{"tenant_id"sv, "number"sv};
constexpr std::array kEventKey{"event_id"sv};
constexpr std::array kDirectoryKey{"tenant_id"sv, "account_id"sv};
constexpr std::array kAccountKey{"account_id"sv};
constexpr std::array kCredentialKey{"account_id"sv, "name"sv};
constexpr std::array kFactKey{"account_id"sv, "part"sv};
constexpr std::array kSourceKey{"source_id"sv};
constexpr std::array kWarehouseKey{"warehouse_id"sv};
constexpr std::array kOfferKey{"offer_id"sv};
constexpr std::array kBarcodeKey{"offer_id"sv, "barcode"sv};
constexpr std::array kLevelKey{"source_id"sv, "offer_id"sv, "warehouse_id"sv};
constexpr std::array kLedgerKey{"offer_id"sv, "warehouse_id"sv, "seq"sv};
constexpr std::array kRunKey{"run_no"sv};
constexpr std::array kRunSourceKey{"run_no"sv, "position"sv};
constexpr std::array kOutboxKey{"event_id"sv};
constexpr std::array kSettingKey{"name"sv};
constexpr std::array kOrderLineKey{"account_id"sv, "line_key"sv};
constexpr std::array kAccountOfferKey{"account_id"sv, "offer_key"sv};

constexpr std::array kTables{
    TableKey{Plane::control, "tenant"sv, kTenantKey, kTenantColumns},
    TableKey{Plane::control, "tenant_key"sv, kTenantKeyKey, kTenantKeyColumns},
    TableKey{Plane::control, "account_directory"sv, kDirectoryKey, kAccountDirectoryColumns},
    TableKey{Plane::control, "relay_hint"sv, kTenantKey, kRelayHintColumns},
    TableKey{Plane::control, "tenant_event"sv, kEventKey, kTenantEventColumns},
    TableKey{Plane::tenant, "account"sv, kAccountKey, kAccountColumns},
    TableKey{Plane::tenant, "credential"sv, kCredentialKey, kCredentialColumns},
    TableKey{Plane::tenant, "credential_fact"sv, kFactKey, kCredentialFactColumns},
    TableKey{Plane::tenant, "account_health"sv, kAccountKey, kAccountHealthColumns},
    TableKey{Plane::tenant, "account_memory"sv, kCredentialKey, kAccountMemoryColumns},
    TableKey{Plane::tenant, "lease"sv, kAccountKey, kLeaseColumns},
    TableKey{Plane::tenant, "source"sv, kSourceKey, kSourceColumns},
    TableKey{Plane::tenant, "warehouse"sv, kWarehouseKey, kWarehouseColumns},
    TableKey{Plane::tenant, "offer"sv, kOfferKey, kOfferColumns},
    TableKey{Plane::tenant, "offer_barcode"sv, kBarcodeKey, kOfferBarcodeColumns},
    TableKey{Plane::tenant, "level"sv, kLevelKey, kLevelColumns},
    TableKey{Plane::tenant, "ledger"sv, kLedgerKey, kLedgerColumns},
    TableKey{Plane::tenant, "run"sv, kRunKey, kRunColumns},
    TableKey{Plane::tenant, "run_source"sv, kRunSourceKey, kRunSourceColumns},
    TableKey{Plane::tenant, "setting"sv, kSettingKey, kSettingColumns},
    TableKey{Plane::tenant, "outbox"sv, kOutboxKey, kOutboxColumns},
    TableKey{Plane::tenant, "order_line"sv, kOrderLineKey, kOrderLineColumns},
    TableKey{Plane::tenant, "order_coverage"sv, kAccountKey, kOrderCoverageColumns},
    TableKey{Plane::tenant, "price"sv, kAccountOfferKey, kPriceColumns},
    TableKey{Plane::tenant, "offer_link"sv, kAccountOfferKey, kOfferLinkColumns},
    TableKey{Plane::tenant, "offer_threshold"sv, kAccountOfferKey, kOfferThresholdColumns},
};

}  // namespace

Schema product_schema() noexcept { return {kMigrations, kTables}; }

}  // namespace stocktracker::inline v0::sql
