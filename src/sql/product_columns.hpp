/// @file
/// The columns of the product's tables, in the order of their creation: for copies of whole planes, and for checks of
/// files from outside. Ranges are those of the enums that the readers make of the numbers: `import_test` compares them.
#pragma once

#include <array>

#include <stocktracker/ports/schema.hpp>

namespace stocktracker::inline v0::sql {

// Numbers that this store counts up by itself: the next one is always a number as well.
inline constexpr std::int64_t kHighestId = std::int64_t{1} << 53;

inline constexpr std::array kTenantColumns{
    Column{"tenant_id", Column::Type::text}, Column{"name", Column::Type::text},
    Column{"state", Column::Type::text},     Column{"created_at", Column::Type::integer},
    Column{"reason", Column::Type::text},
};
inline constexpr std::array kAccountDirectoryColumns{
    Column{"tenant_id", Column::Type::text},
    Column{"account_id", Column::Type::text},
    Column{"channel", Column::Type::text},
};
inline constexpr std::array kTenantKeyColumns{
    Column{"tenant_id", Column::Type::text},     Column{"number", Column::Type::integer},
    Column{"sealed", Column::Type::blob},        Column{"created_at", Column::Type::integer},
    Column{"retired_at", Column::Type::integer},
};
inline constexpr std::array kAccountColumns{
    Column{"account_id", Column::Type::text},
    Column{"channel", Column::Type::text},
    Column{"seller_key", Column::Type::text},
    Column{"seller_name", Column::Type::text},
    Column{"label", Column::Type::text},
    Column{"connected_at", Column::Type::integer},
    Column{"credential_stamp", Column::Type::text},
};
inline constexpr std::array kCredentialColumns{
    Column{"account_id", Column::Type::text},
    Column{"name", Column::Type::text},
    Column{"sealed", Column::Type::blob},
};
inline constexpr std::array kLeaseColumns{
    Column{"account_id", Column::Type::text},
    Column{"holder", Column::Type::text},
    Column{"fence", Column::Type::integer},
    Column{"expires_at", Column::Type::integer},
};
inline constexpr std::array kSourceColumns{
    Column{"source_id", Column::Type::integer, 0, kHighestId},
    Column{"account_id", Column::Type::text},
    Column{"name", Column::Type::text},
    Column{"kind", Column::Type::integer, 0, 5},
    Column{"state", Column::Type::integer, 1, 6},
    Column{"disposition", Column::Type::integer, 1, 3},
    Column{"observed_at", Column::Type::integer},
    Column{"retry_at", Column::Type::integer},
    Column{"digest", Column::Type::text},
    Column{"error", Column::Type::text},
    Column{"absent", Column::Type::integer, 0, 1},
};
inline constexpr std::array kWarehouseColumns{
    Column{"warehouse_id", Column::Type::integer, 0, kHighestId},
    Column{"account_id", Column::Type::text},
    Column{"source_id", Column::Type::integer, 0, kHighestId, "source"},
    Column{"kind", Column::Type::integer, 0, 2},
    Column{"warehouse_key", Column::Type::text},
    Column{"name", Column::Type::text},
    Column{"region", Column::Type::text},
};
inline constexpr std::array kOfferColumns{
    Column{"offer_id", Column::Type::integer, 0, kHighestId},
    Column{"account_id", Column::Type::text},
    Column{"offer_key", Column::Type::text},
    Column{"listing", Column::Type::text},
    Column{"article", Column::Type::text},
    Column{"title", Column::Type::text},
    Column{"brand", Column::Type::text},
    Column{"size", Column::Type::text},
    Column{"state", Column::Type::integer, 0, 2},
    Column{"content_hash", Column::Type::integer},
};
inline constexpr std::array kOfferBarcodeColumns{
    Column{"offer_id", Column::Type::integer, 0, kHighestId, "offer"},
    Column{"barcode", Column::Type::text},
};
inline constexpr std::array kLevelColumns{
    Column{"source_id", Column::Type::integer, 0, kHighestId, "source"},
    Column{"offer_id", Column::Type::integer, 0, kHighestId, "offer"},
    Column{"warehouse_id", Column::Type::integer, 0, kHighestId, "warehouse"},
    Column{"on_hand", Column::Type::integer},
    Column{"reserved", Column::Type::integer},
    Column{"to_client", Column::Type::integer},
    Column{"from_client", Column::Type::integer},
    Column{"state", Column::Type::integer, 0, 3},
    Column{"seq", Column::Type::integer, 0, kHighestId},
};
inline constexpr std::array kLedgerColumns{
    Column{"offer_id", Column::Type::integer, 0, kHighestId, "offer"},
    Column{"warehouse_id", Column::Type::integer, 0, kHighestId, "warehouse"},
    Column{"observed_at", Column::Type::integer},
    Column{"seq", Column::Type::integer, 0, kHighestId},
    Column{"kind", Column::Type::integer, 1, 5},
    Column{"before_qty", Column::Type::integer},
    Column{"after_qty", Column::Type::integer},
    Column{"recorded_at", Column::Type::integer},
    Column{"run_no", Column::Type::integer},
    Column{"cause", Column::Type::text},
};
inline constexpr std::array kRunColumns{
    Column{"run_no", Column::Type::integer, 0, kHighestId},
    Column{"run_id", Column::Type::text},
    Column{"account_id", Column::Type::text},
    Column{"state", Column::Type::integer, 1, 6},
    Column{"dry_run", Column::Type::integer, 0, 1},
    Column{"started_at", Column::Type::integer},
    Column{"finished_at", Column::Type::integer},
    Column{"requests", Column::Type::integer},
    Column{"actor", Column::Type::text},
    Column{"accepted", Column::Type::integer, 0, 1},
};
inline constexpr std::array kRunSourceColumns{
    Column{"run_no", Column::Type::integer, 0, kHighestId, "run"},
    Column{"position", Column::Type::integer, 0, kHighestId},
    Column{"name", Column::Type::text},
    Column{"state", Column::Type::integer, 1, 6},
    Column{"disposition", Column::Type::integer, 1, 3},
    Column{"rows", Column::Type::integer},
    Column{"added", Column::Type::integer},
    Column{"changed", Column::Type::integer},
    Column{"zeroed", Column::Type::integer},
    Column{"kept", Column::Type::integer},
    Column{"unchanged", Column::Type::integer},
    Column{"dropped", Column::Type::integer},
    Column{"observed_at", Column::Type::integer},
    Column{"retry_at", Column::Type::integer},
    Column{"error_code", Column::Type::integer, 1, 99999},
    Column{"error", Column::Type::text},
    Column{"note", Column::Type::text},
    Column{"skipped", Column::Type::integer},
};
inline constexpr std::array kOutboxColumns{
    Column{"event_id", Column::Type::text},
    Column{"topic", Column::Type::text},
    Column{"payload", Column::Type::text},
    Column{"created_at", Column::Type::integer},
};
inline constexpr std::array kCredentialFactColumns{
    Column{"account_id", Column::Type::text},
    Column{"part", Column::Type::text},
    Column{"kind", Column::Type::text},
    Column{"categories", Column::Type::text},
    Column{"read_only", Column::Type::integer, 0, 1},
    Column{"expires_at", Column::Type::integer},
};
inline constexpr std::array kAccountHealthColumns{
    Column{"account_id", Column::Type::text}, Column{"state", Column::Type::integer, 1, 5},
    Column{"since", Column::Type::integer},   Column{"reason", Column::Type::text},
    Column{"parameters", Column::Type::text}, Column{"checked_at", Column::Type::integer},
};
inline constexpr std::array kAccountMemoryColumns{
    Column{"account_id", Column::Type::text},
    Column{"name", Column::Type::text},
    Column{"value", Column::Type::text},
};

inline constexpr std::array kRelayHintColumns{
    Column{"tenant_id", Column::Type::text},
    Column{"stamp", Column::Type::text},
};
inline constexpr std::array kTenantEventColumns{
    Column{"event_id", Column::Type::text},      Column{"tenant_id", Column::Type::text},
    Column{"topic", Column::Type::text},         Column{"payload", Column::Type::text},
    Column{"created_at", Column::Type::integer}, Column{"relayed_at", Column::Type::integer},
};

inline constexpr std::array kSettingColumns{
    Column{"name", Column::Type::text},
    Column{"value", Column::Type::text},
};

inline constexpr std::array kOrderLineColumns{
    Column{"account_id", Column::Type::text},      Column{"line_key", Column::Type::text},
    Column{"order_key", Column::Type::text},       Column{"offer_key", Column::Type::text},
    Column{"listing", Column::Type::text},         Column{"article", Column::Type::text},
    Column{"status", Column::Type::integer, 1, 6}, Column{"status_text", Column::Type::text},
    Column{"kind", Column::Type::integer, 0, 1},   Column{"warehouse_key", Column::Type::text},
    Column{"warehouse_name", Column::Type::text},  Column{"quantity", Column::Type::integer},
    Column{"price_minor", Column::Type::integer},  Column{"currency", Column::Type::text},
    Column{"ordered_at", Column::Type::integer},   Column{"changed_at", Column::Type::integer},
    Column{"recorded_at", Column::Type::integer},
};
inline constexpr std::array kOrderCoverageColumns{
    Column{"account_id", Column::Type::text},
    Column{"from_at", Column::Type::integer},
    Column{"until_at", Column::Type::integer},
};
inline constexpr std::array kPriceColumns{
    Column{"account_id", Column::Type::text},      Column{"offer_key", Column::Type::text},
    Column{"price_minor", Column::Type::integer},  Column{"list_minor", Column::Type::integer},
    Column{"lowest_minor", Column::Type::integer}, Column{"currency", Column::Type::text},
    Column{"changed_at", Column::Type::integer},
};
inline constexpr std::array kOfferLinkColumns{
    Column{"account_id", Column::Type::text},    Column{"offer_key", Column::Type::text},
    Column{"product", Column::Type::text},       Column{"decided_by", Column::Type::text},
    Column{"decided_at", Column::Type::integer},
};
inline constexpr std::array kOfferThresholdColumns{
    Column{"account_id", Column::Type::text},
    Column{"offer_key", Column::Type::text},
    Column{"low_stock", Column::Type::integer},
};

}  // namespace stocktracker::inline v0::sql
