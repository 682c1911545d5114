/// The tables of the tenant plane: what belongs to one seller. Numbers that end in _id are local to the store, and the
/// natural keys are unique beside them. How to change a table: migrations.hpp.
#pragma once

#include "sql/schema/table.hpp"

namespace stocktracker::inline v0::sql {

// credential_stamp changes whenever the account's credentials do: a process that holds them in memory compares it.
inline constexpr Table kAccount = {
    .name = "account",
    .columns = {text("account_id"), text("channel"), text("seller_key"), text("seller_name"), text("label"),
                integer("connected_at"), text("credential_stamp").added(6, "''"),
                integer("disconnected_at").or_null().added(8)},
    .key = {"account_id"},
    .unique = {{"label"}, {"channel", "seller_key"}},
};

// Sealed by keys of this installation.
inline constexpr Table kCredential = {
    .name = "credential",
    .columns = {text("account_id"), text("name"), blob("sealed")},
    .key = {"account_id", "name"},
    .travels = Travels::within_installation,
};

// Facts about a credential without its secret.
inline constexpr Table kCredentialFact = {
    .name = "credential_fact",
    .since = 2,
    .columns = {text("account_id"), text("part"), text("kind"), text("categories"), flag("read_only"),
                integer("expires_at").or_null()},
    .key = {"account_id", "part"},
};

inline constexpr Table kAccountHealth = {
    .name = "account_health",
    .since = 2,
    .columns = {text("account_id"), code("state", 1, 5), integer("since"), text("reason").or_null(), text("parameters"),
                integer("checked_at")},
    .key = {"account_id"},
};

inline constexpr Table kAccountMemory = {
    .name = "account_memory",
    .since = 2,
    .columns = {text("account_id"), text("name"), text("value")},
    .key = {"account_id", "name"},
};

// The run that holds an account.
inline constexpr Table kLease = {
    .name = "lease",
    .columns = {text("account_id"), text("holder"), integer("fence"), integer("expires_at"),
                integer("renewed_at").added(8, "0")},
    .key = {"account_id"},
    .travels = Travels::nowhere,
};

// absent: what it means if this source leaves a position out.
inline constexpr Table kSource = {
    .name = "source",
    .columns = {counted("source_id"), text("account_id"), text("name"), code("kind", 0, 5), code("state", 1, 6),
                code("disposition", 1, 3), integer("observed_at").or_null(), integer("retry_at").or_null(),
                text("digest").or_null(), text("error").or_null(), flag("absent").or_null().added(5)},
    .key = {"source_id"},
    .unique = {{"account_id", "name"}},
};

inline constexpr Table kWarehouse = {
    .name = "warehouse",
    .columns = {counted("warehouse_id"), text("account_id"), counted("source_id", "source"), code("kind", 0, 2),
                text("warehouse_key"), text("name"), text("region")},
    .key = {"warehouse_id"},
    .unique = {{"account_id", "kind", "warehouse_key"}},
};

inline constexpr Table kOffer = {
    .name = "offer",
    .columns = {counted("offer_id"), text("account_id"), text("offer_key"), text("listing"), text("article"),
                text("title"), text("brand"), text("size"), code("state", 0, 2), integer("content_hash")},
    .key = {"offer_id"},
    .unique = {{"account_id", "offer_key"}},
    .indexes = {index("offer_article", {"article"})},
};

inline constexpr Table kOfferBarcode = {
    .name = "offer_barcode",
    .columns = {counted("offer_id", "offer"), text("barcode")},
    .key = {"offer_id", "barcode"},
    .indexes = {index("offer_by_barcode", {"barcode"}).added(7)},
};

// One row per position, clustered by source, because a run reads and writes one source at a time. Holds no
// observed_at: an unchanged run writes no level row, freshness moves in source.
inline constexpr Table kLevel = {
    .name = "level",
    .columns = {counted("source_id", "source"), counted("offer_id", "offer"), counted("warehouse_id", "warehouse"),
                integer("on_hand").or_null().checked("on_hand >= 0"), integer("reserved").or_null(),
                integer("to_client").or_null(), integer("from_client").or_null(), code("state", 0, 3), counted("seq")},
    .key = {"source_id", "offer_id", "warehouse_id"},
};

// Clustered by position and time, so that "as of" is one descent; (position, seq) is the identity of a fact. On
// PostgreSQL in partitions by tenant, so that a large tenant's history is not in the way of the others'.
inline constexpr Table kLedger = {
    .name = "ledger",
    .columns = {counted("offer_id", "offer"), counted("warehouse_id", "warehouse"), integer("observed_at"),
                counted("seq"), code("kind", 1, 5), integer("before_qty").or_null(), integer("after_qty").or_null(),
                integer("recorded_at"), integer("run_no").or_null(), text("cause").or_null()},
    .key = {"offer_id", "warehouse_id", "observed_at", "seq"},
    .indexes = {unique_index("ledger_identity", {"offer_id", "warehouse_id", "seq"})},
    .upsert_key = {"offer_id", "warehouse_id", "seq"},
    .postgres_partitions = 16,
};

// accepted: a person accepted the zeroes of this run. refusal: why a person refused what it held.
inline constexpr Table kRun = {
    .name = "run",
    .columns = {counted("run_no"), text("run_id"), text("account_id"), code("state", 1, 6), flag("dry_run"),
                integer("started_at"), integer("finished_at").or_null(), integer("requests"), text("actor"),
                flag("accepted").added(5, "0"), text("refused_by").or_null().added(7),
                integer("refused_at").or_null().added(7), text("refusal").or_null().added(7)},
    .key = {"run_no"},
    .unique = {{"run_id"}},
    .indexes = {index("run_by_account", {"account_id", "run_no"})},
};

inline constexpr Table kRunSource = {
    .name = "run_source",
    .columns = {counted("run_no", "run"), counted("position"), text("name"), code("state", 1, 6),
                code("disposition", 1, 3), integer("rows"), integer("added"), integer("changed"), integer("zeroed"),
                integer("kept"), integer("unchanged"), integer("dropped"), integer("observed_at").or_null(),
                integer("retry_at").or_null(), integer("error_code").or_null().between(1, 99'999),
                text("error").or_null(), text("note"), integer("skipped").added(5, "0")},
    .key = {"run_no", "position"},
};

inline constexpr Table kSetting = {
    .name = "setting",
    .since = 3,
    .columns = {text("name"), text("value")},
    .key = {"name"},
};

// Events that are not yet copied to the control plane.
inline constexpr Table kOutbox = {
    .name = "outbox",
    .columns = {text("event_id"), text("topic"), text("payload"), integer("created_at")},
    .key = {"event_id"},
    .travels = Travels::nowhere,
};

// Facts with the vendor's identity: if a line is reported again, the last report counts.
inline constexpr Table kOrderLine = {
    .name = "order_line",
    .since = 4,
    .columns = {text("account_id"), text("line_key"), text("order_key"), text("offer_key"), text("listing"),
                text("article"), code("status", 1, 6), text("status_text"), code("kind", 0, 1), text("warehouse_key"),
                text("warehouse_name"), integer("quantity").checked("quantity >= 1"), integer("price_minor").or_null(),
                text("currency").or_null(), integer("ordered_at"), integer("changed_at"), integer("recorded_at")},
    .key = {"account_id", "line_key"},
    .indexes = {index("order_line_by_time", {"account_id", "ordered_at", "line_key"}),
                index("order_line_by_offer", {"account_id", "offer_key", "ordered_at"})},
};

// The period with all its order lines known.
inline constexpr Table kOrderCoverage = {
    .name = "order_coverage",
    .since = 4,
    .columns = {text("account_id"), integer("from_at"), integer("until_at")},
    .key = {"account_id"},
};

inline constexpr Table kPrice = {
    .name = "price",
    .since = 4,
    .columns = {text("account_id"), text("offer_key"), integer("price_minor"), integer("list_minor").or_null(),
                integer("lowest_minor").or_null(), text("currency"), integer("changed_at")},
    .key = {"account_id", "offer_key"},
};

// A person's decisions about which offers are one product.
inline constexpr Table kOfferLink = {
    .name = "offer_link",
    .since = 4,
    .columns = {text("account_id"), text("offer_key"), text("product"), text("decided_by"), integer("decided_at")},
    .key = {"account_id", "offer_key"},
    .indexes = {index("offer_link_product", {"product"}).added(9)},
};

// The threshold of low stock that a seller chose for a single offer.
inline constexpr Table kOfferThreshold = {
    .name = "offer_threshold",
    .since = 5,
    .columns = {text("account_id"), text("offer_key"), integer("low_stock").checked("low_stock >= 0")},
    .key = {"account_id", "offer_key"},
};

// Which offers are one product: match_offers over all offers that have not vanished, one row for each. product_id: the
// lowest offer_id of the product. matched_by: ProductMatch. Complete while read_model has a row for it.
inline constexpr Table kProductOffer = {
    .name = "product_offer",
    .since = 9,
    .columns = {counted("offer_id", "offer"), counted("product_id"), text("account_id"), code("matched_by", 0, 3)},
    .key = {"offer_id"},
    .indexes = {index("product_offer_order", {"product_id"}),
                index("product_offer_of_account", {"account_id", "product_id"}),
                index("product_offer_matched", {"matched_by", "product_id"})},
    .travels = Travels::nowhere,
};

// Tables that are computed from other tables: a row says that the table is complete, and by which version of its rule.
// Without a row the table is computed anew when it is needed.
inline constexpr Table kReadModel = {
    .name = "read_model",
    .since = 9,
    .columns = {text("name"), integer("version")},
    .key = {"name"},
    .travels = Travels::nowhere,
};

}  // namespace stocktracker::inline v0::sql
