// Compares each list with what the account really holds: with many sizes of pages and batches, to the end, and member
// by member.
#include "testing/contracts/connector_truth.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <set>

#include "core/caught.hpp"
#include "testing/contracts/answer_json.hpp"
#include "testing/contracts/connector_lists.hpp"
#include "testing/contracts/connector_truth_delivered.hpp"
#include "testing/contracts/tampered_transport.hpp"

namespace stocktracker::inline v0::testing {
namespace {

/// Number of first requests of a list that are cut off one at a time; the last request is, too.
constexpr int kCutOff = 12;

using Asked = std::vector<std::string>;

class TruthChecks {
 public:
  TruthChecks(ConnectorSubject& subject, AccountTruth truth, Check& check)
      : subject_(subject), truth_(std::move(truth)), check_(check) {
    std::set<std::string> offers;
    if (truth_.offers) {
      for (const TrueOffer& row : *truth_.offers) offers.insert(row.key);
    }
    if (truth_.stock) {
      for (const TrueStock& row : *truth_.stock) offers.insert(row.offer);
    }
    everything_.assign(offers.begin(), offers.end());
    if (truth_.warehouses) own_ = *truth_.warehouses;
  }

  void run() {
    for (const ListKind kind :
         {ListKind::offers, ListKind::warehouses, ListKind::fbo, ListKind::fbs, ListKind::orders, ListKind::prices}) {
      const std::size_t rows = rows_of(truth_, kind);
      if (rows == 0) continue;
      as_it_comes(kind);
      in_parts(kind, rows);
      cut_off(kind);
      numbers_as_texts(kind);
      members(kind);
    }
    if (truth_.stock) asked_in_part();
    if (truth_.orders) orders_since();
  }

 private:
  using Change = Tampering::Change;
  static Result<void> as_is(const std::string&, int, HttpResponse&) { return success(); }

  void begin(const std::string& what, ListKind kind) { check_.begin(what + ": " + name_of(kind)); }

  Result<void> fetch(Connector& connector, ListKind kind, const Asked& asked, Delivered& into) const {
    switch (kind) {
      case ListKind::offers:
        return connector.list_offers(into.offers, {});
      case ListKind::warehouses:
        return connector.list_warehouses(into.warehouses, {});
      case ListKind::fbo: {
        StockQuery query;
        if (connector.capabilities().fbo_by_offers) query.offers = asked;
        return connector.fetch_stock(query, into.stock, {});
      }
      case ListKind::fbs:
        for (const TrueWarehouse& place : own_) {
          into.stock.next_source();
          STK_TRY(connector.fetch_stock({StockKind::fbs, place.key, place.name, asked}, into.stock, {}));
        }
        return success();
      case ListKind::orders: {
        STK_TRY(into.covered, connector.fetch_orders({Instant::from_seconds(0), true}, into.lines, {}));
        return success();
      }
      case ListKind::prices:
        return connector.fetch_prices(into.prices, {});
    }
    return success();
  }

  /// With a connector of its own; null if the subject has none.
  using Made = FunctionRef<std::shared_ptr<Connector>(ConnectorSubject::Middle)>;
  [[nodiscard]] std::unique_ptr<Delivered> read(ListKind kind, Made made, const Change& change,
                                                const Asked& asked) const {
    auto delivered = std::make_unique<Delivered>();
    int requests = 0;
    const auto tampering = std::make_shared<Tampering>([&](const std::string& endpoint, int, HttpResponse& response) {
      return change(endpoint, ++requests, response);
    });
    const auto between = [&](std::shared_ptr<HttpTransport> next) -> std::shared_ptr<HttpTransport> {
      return std::make_shared<TamperedTransport>(std::move(next), tampering);
    };
    const auto connector = made(between);
    if (!connector) return nullptr;
    const auto body = [&] {
      if (kind == ListKind::fbo && connector->fbo_needs_offers()) {
        TrueOffers ignored;
        delivered->result = connector->list_offers(ignored, {});
        if (!delivered->result) return;
      }
      tampering->arm();
      delivered->result = fetch(*connector, kind, asked, *delivered);
    };
    guard(body, [&](std::string_view said) { delivered->take_thrown(said); });
    delivered->requests = requests;
    return delivered;
  }
  [[nodiscard]] std::unique_ptr<Delivered> read_through(ListKind kind, const Change& change) const {
    return read(
        kind, [&](ConnectorSubject::Middle middle) { return subject_.through(middle); }, change, everything_);
  }
  [[nodiscard]] std::unique_ptr<Delivered> read_paged(ListKind kind, const ConnectorSubject::Pages& pages,
                                                      const Change& change, const Asked& asked) const {
    return read(
        kind, [&](ConnectorSubject::Middle middle) { return subject_.paged(pages, middle); }, change, asked);
  }
  /// Offers that have such stock, in order: so a connector that drops the last key of a list is detected.
  [[nodiscard]] Asked stocked(ListKind kind) const {
    std::set<std::string> offers;
    for (const TrueStock& row : stock_of(truth_, kind)) offers.insert(row.offer);
    return {offers.begin(), offers.end()};
  }

  void expect_truth(ListKind kind, const Delivered& reported, const std::string& how) {
    check_.expect(!reported.failed(), "read" + how + ": " + reported.text());
    if (reported.failed()) return;
    const Differences found = against_truth(truth_, kind, reported);
    check_.expect(found.none(), "complete and true" + how + ": " + found.text());
  }

  void as_it_comes(ListKind kind) {
    begin("a list is what the account holds", kind);
    auto connector = subject_.connector();
    if (!check_.expect_ok(connector, "a connector")) return;
    Delivered reported;
    if (kind == ListKind::fbo && connector.value()->fbo_needs_offers()) {
      TrueOffers ignored;
      if (!check_.expect_ok(connector.value()->list_offers(ignored, {}), "offers first")) return;
    }
    reported.result = fetch(*connector.value(), kind, everything_, reported);
    expect_truth(kind, reported, "");
    if (kind != ListKind::orders || reported.failed()) return;
    // The same connector reads again, with what it has remembered.
    Delivered again;
    again.result = fetch(*connector.value(), kind, everything_, again);
    expect_truth(kind, again, " a second time");
  }

  void in_parts(ListKind kind, std::size_t rows) {
    const bool of_stock = kind == ListKind::fbo || kind == ListKind::fbs;
    const Asked asked = of_stock ? stocked(kind) : everything_;
    const auto in = [&](const ConnectorSubject::Pages& pages, const std::string& what, const std::string& how) {
      const auto reported = read_paged(kind, pages, as_is, asked);
      if (!reported) return;
      begin(what, kind);
      // A connector may treat repeated rows as a list that changed: it then delivers no data, and may try again.
      const bool refused =
          pages.repeated > 0 && !reported->threw && !reported->result && reported->result.error().details().retryable;
      if (!refused) expect_truth(kind, *reported, how);
    };
    for (const int size : sizes_for(rows)) {
      in({size, 0, 0}, "a list is read to its end, whatever its pages hold", ", in pages of " + std::to_string(size));
      // A page that repeats all its rows would never end.
      if (size < 3) continue;
      in({size, 0, 1}, "a row that comes again over a border of pages is the same row",
         ", in pages of " + std::to_string(size) + " that begin with the last row of the one before");
    }
    if (!of_stock) return;
    for (const int size : sizes_for(asked.size())) {
      in({0, size, 0}, "stock is asked for in batches, to the last one", ", in batches of " + std::to_string(size));
      in({1, size, 0}, "stock is asked for in batches, to the last one",
         ", in batches of " + std::to_string(size) + " and pages of one row");
    }
  }

  /// In small pages, with the connection lost at each request.
  void cut_off(ListKind kind) {
    const ConnectorSubject::Pages pages{2, 2, 0};
    const auto usual = read_paged(kind, pages, as_is, everything_);
    if (!usual || usual->failed()) return;
    begin("an error in the middle of a list fails it", kind);
    for (int lost = 1; lost <= usual->requests; ++lost) {
      if (lost > kCutOff && lost < usual->requests) continue;
      const auto reported = read_paged(
          kind, pages,
          [&](const std::string&, int nth, HttpResponse&) -> Result<void> {
            if (nth == lost) return Error(Errc::connection_lost, "the suite has cut it").may_retry();
            return success();
          },
          everything_);
      check_.expect(reported && !reported->threw && reported->failed() &&
                        reported->result.error().errc() == Errc::connection_lost,
                    "request " + std::to_string(lost) + " of " + std::to_string(usual->requests) +
                        " lost its connection: " + (reported ? reported->text() : ""));
    }
  }

  void numbers_as_texts(ListKind kind) {
    if (!truth_.numbers_may_be_texts) return;
    const auto reported = read_through(kind, [](const std::string&, int, HttpResponse& response) -> Result<void> {
      if (auto tree = read_json(response.body)) {
        numbers_to_texts(*tree);
        response.body = written(*tree);
      }
      return success();
    });
    if (!reported) return;
    begin("a number that is written as a text is the same number", kind);
    expect_truth(kind, *reported, "");
  }

  /// Changes each member of the rows in turn.
  void members(ListKind kind) {
    std::set<std::string> names;
    const auto usual = read_through(kind, [&](const std::string&, int, HttpResponse& response) -> Result<void> {
      if (const auto tree = read_json(response.body)) add_row_members(*tree, names);
      return success();
    });
    if (!usual || usual->failed() || names.empty()) return;
    without_numbers(kind, names, MemberChange::null, "a member that is null is no number", " is null: ");
    without_numbers(kind, names, MemberChange::missing, "a member that is missing is no number", " is missing: ");
    if (kind == ListKind::fbo || kind == ListKind::fbs) wide_amounts(kind, names);
  }
  void without_numbers(ListKind kind, const std::set<std::string>& names, MemberChange change, const std::string& what,
                       const std::string& how) {
    begin(what, kind);
    for (const std::string& name : names) {
      const auto reported = read_member(kind, name, change);
      check_.expect(reported && !reported->threw, "errors are returned, never thrown: " + name + how +
                                                      (reported ? reported->text() : "no connector"));
      if (!reported || reported->failed()) continue;
      const Differences found = invented(truth_, kind, *reported);
      check_.expect(found.none(), name + how + found.text());
    }
  }
  /// An amount is as reported, or a sum or difference of several: never what 32 bits leave of it.
  void wide_amounts(ListKind kind, const std::set<std::string>& names) {
    begin("an amount of more than 32 bits arrives complete", kind);
    // The last 32 bits, and the largest numbers of 32 bits; other amounts may have been added or subtracted.
    static constexpr std::array kCutTo{kWideNumber & 0xFFFF'FFFF, std::int64_t{INT32_MAX}, std::int64_t{UINT32_MAX}};
    static constexpr std::int64_t kMostOfOthers = 1'000'000;
    const auto cut = [](std::optional<std::int64_t> amount) {
      return amount && std::any_of(kCutTo.begin(), kCutTo.end(), [&](std::int64_t value) {
               return *amount >= value - kMostOfOthers && *amount <= value + kMostOfOthers;
             });
    };
    for (const std::string& name : names) {
      const auto reported = read_member(kind, name, MemberChange::wide);
      if (!reported || reported->failed()) continue;
      for (const TrueStock& row : reported->stock.kept) {
        check_.expect(!cut(row.on_hand) && !cut(row.reserved) && !cut(row.to_client) && !cut(row.from_client),
                      name + " is " + std::to_string(kWideNumber) + ": " + std::to_string(row.on_hand) + " on hand");
      }
    }
  }
  [[nodiscard]] std::unique_ptr<Delivered> read_member(ListKind kind, const std::string& name, MemberChange change) {
    return read_through(kind, [&](const std::string&, int, HttpResponse& response) -> Result<void> {
      if (auto tree = read_json(response.body)) {
        change_row_member(*tree, name, change);
        response.body = written(*tree);
      }
      return success();
    });
  }
  /// Only every second offer.
  void asked_in_part() {
    auto made = subject_.connector();
    if (!made) return;
    Connector& connector = *made.value();
    for (const ListKind kind : {ListKind::fbo, ListKind::fbs}) {
      if (kind == ListKind::fbo && !connector.capabilities().fbo_by_offers) continue;
      Asked asked;
      for (std::size_t n = 0; n < everything_.size(); n += 2) asked.push_back(everything_[n]);
      const auto is_asked = [&](const TrueStock& row) {
        return std::binary_search(asked.begin(), asked.end(), row.offer);
      };
      Delivered reported;
      begin("stock is reported for the offers that were asked for", kind);
      if (!check_.expect_ok(fetch(connector, kind, asked, reported), "fetched")) continue;
      std::vector<TrueStock> expected;
      for (const TrueStock& row : stock_of(truth_, kind)) {
        if (is_asked(row)) expected.push_back(row);
      }
      check_.expect(!expected.empty(), "there is some");
      // More may be reported for the marketplace's warehouses; the lists of some channels leave offers out.
      std::vector<TrueStock> rows;
      for (const TrueStock& row : reported.stock.kept) {
        if (kind == ListKind::fbs || is_asked(row)) rows.push_back(row);
      }
      const Differences found = differences(expected, rows, true);
      check_.expect(found.none(), "complete and true: " + found.text());
    }
  }

  /// Reads from the time of some changes, and from just after it.
  void orders_since() {
    if (truth_.orders->empty()) return;
    std::vector<Instant> changes;
    for (const TrueLine& line : *truth_.orders) changes.push_back(line.changed_at);
    std::sort(changes.begin(), changes.end());
    check_.begin("orders since an instant are all that were ordered or have changed from then on");
    for (std::size_t part = 0; part <= 4; ++part) {
      const Instant at = changes[(changes.size() - 1) * part / 4];
      for (const Instant since : {at, at + std::chrono::microseconds(1)}) {
        auto made = subject_.connector();
        if (!made) return;
        TrueLines lines;
        const auto covered = made.value()->fetch_orders({since, false}, lines, {});
        if (!check_.expect_ok(covered, "fetched")) continue;
        check_.expect(covered.value().from <= since, "the period that is covered begins where it was asked to");
        std::vector<TrueLine> expected;
        std::set<std::string> reported;
        for (const TrueLine& line : lines.rows) reported.insert(line.key);
        const Instant oldest = since - truth_.orders_asked_again.value_or(Duration::zero());
        Differences old;
        for (const TrueLine& line : *truth_.orders) {
          const bool due = line.ordered_at >= since || line.changed_at >= since;
          const bool given = reported.count(line.key) != 0;
          if (due || given) expected.push_back(line);  // further lines are correct, too
          if (given && !due && line.ordered_at < oldest && line.changed_at < oldest) old.add(line.key);
        }
        const Differences found = differences(expected, lines.rows, false);
        check_.expect(found.none(), "complete and true, since " + to_rfc3339(since) + ": " + found.text());
        if (truth_.orders_asked_again)
          check_.expect(old.none(),
                        "what is old is not asked for again, since " + to_rfc3339(since) + ": " + old.text());
      }
    }
  }

  ConnectorSubject& subject_;
  const AccountTruth truth_;
  Check& check_;
  Asked everything_;
  std::vector<TrueWarehouse> own_;
};

}  // namespace

void check_truth(ConnectorSubject& subject, Check& check) {
  auto truth = subject.truth();
  if (!truth) return;
  if (truth->capabilities) check_promises(subject, *truth, check);
  check_orders(subject, *truth, check);
  TruthChecks(subject, std::move(*truth), check).run();
}

}  // namespace stocktracker::inline v0::testing
