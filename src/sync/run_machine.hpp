/// The run as a state machine: it decides what happens next and does nothing itself.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include <stocktracker/sync/run.hpp>

namespace stocktracker::inline v0::sync_run {

/// Stored with the source: append-only. The first two are those of StockKind.
enum class FetchKind : unsigned char { fbo, fbs, catalogue, warehouses, orders, prices };

/// One source to fetch; `slot` is its index among the outcomes.
struct Fetch {
  FetchKind kind = FetchKind::catalogue;
  std::size_t slot = 0;
  std::string warehouse{};       ///< fbs: the channel's key
  std::string warehouse_name{};  ///< fbs: raw
};

struct SellerWarehouse {
  std::string key;
  std::string name;
  friend bool operator==(const SellerWarehouse&, const SellerWarehouse&) = default;
};

struct Leased {
  std::vector<std::string> known_sellers{};  ///< names of the fbs sources of earlier runs, without those that are gone
  bool fbo_after_catalogue = false;          ///< FBO stock can be fetched only after the catalogue
  bool stock = true;                         ///< what to fetch; stock comes first, orders and prices run beside it
  bool orders = false;
  bool prices = false;
};
struct FetchEnded {
  std::size_t slot = 0;
  std::size_t rows = 0;
  Instant asked_at;
  std::optional<Error> error{};
  std::vector<SellerWarehouse> sellers{};  ///< of the source "warehouses"
  bool not_asked = false;                  ///< nothing was sent, for the reason in `error`
  std::optional<Instant> about{};          ///< the instant that the answer describes, if it is not `asked_at`
  std::size_t skipped = 0;                 ///< rows that could not be read
};
using Event = std::variant<Leased, FetchEnded>;

/// What the runner does next. It may process `fetch` in any order or at once; each must be answered by FetchEnded.
struct Effects {
  std::vector<Fetch> fetch{};
  bool commit = false;   ///< all sources were attempted: apply complete ones, record the run
  bool abandon = false;  ///< the caller cancelled: apply nothing, record the cancellation
};

/// The account's own lists are fetched first, then everything else at once.
enum class Phase : unsigned char { leasing, fetching_account, fetching_rest, ended };

struct State {
  Phase phase = Phase::leasing;
  std::size_t pending = 0;
  bool cancelled = false;
  bool stock = true;
  bool orders = false;
  bool prices = false;
  bool fbo_waits = false;
  std::vector<SourceOutcome> outcomes{};  ///< by slot; dispositions are filled in by the commit
  std::vector<FetchKind> kinds{};         ///< by slot
  std::vector<std::string> known_sellers{};
  std::vector<SellerWarehouse> sellers{};
};

[[nodiscard]] Effects step(State& state, const Event& event, Instant now);

/// A marketplace that names a longer wait for a source is asked again after this one.
inline constexpr Duration kMostSourceWait = std::chrono::hours(24);

/// Slot of the source that every run of stock begins with.
inline constexpr std::size_t kCatalogueSlot = 0;
inline constexpr std::size_t kWarehousesSlot = 1;
inline constexpr std::size_t kFboSlot = 2;

[[nodiscard]] std::string seller_source_name(std::string_view warehouse_key);

}  // namespace stocktracker::inline v0::sync_run
