// Checks of orders: the periods that a connector reports as read, and statuses that it does not know.
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "core/caught.hpp"
#include "testing/contracts/answer_json.hpp"
#include "testing/contracts/connector_truth.hpp"
#include "testing/contracts/connector_truth_compare.hpp"
#include "testing/contracts/tampered_transport.hpp"

namespace stocktracker::inline v0::testing {
namespace {

/// Number of first requests that are cut off one at a time; the last request is, too.
constexpr int kCutOff = 8;

/// One reading of orders, whether it succeeded or not.
struct OrderReading {
  Result<OrderCoverage> result = Errc::internal;
  TrueLines given;
  int requests = 0;
};

class OrderChecks {
 public:
  OrderChecks(ConnectorSubject& subject, const AccountTruth& truth, Check& check)
      : subject_(subject), truth_(truth), check_(check) {
    for (const TrueLine& line : *truth_.orders) by_key_.emplace(line.key, &line);
  }

  void run() {
    periods();
    statuses();
  }

 private:
  using Change = std::function<Result<void>(int nth, HttpResponse& response)>;

  /// Lines that were ordered in the period, and were not among those given before it was reported as read.
  [[nodiscard]] Differences unread(const TrueLines& given, std::size_t rows, const OrderCoverage& period) const {
    std::set<std::string> keys;
    for (std::size_t n = 0; n < std::min(rows, given.rows.size()); ++n) keys.insert(given.rows[n].key);
    Differences found;
    for (const TrueLine& line : *truth_.orders) {
      if (line.ordered_at < period.from || line.ordered_at >= period.until || keys.count(line.key) != 0) continue;
      found.add("not read: \"" + line.key + "\" of " + to_rfc3339(line.ordered_at));
    }
    return found;
  }
  void expect_read(const OrderReading& reading, const std::string& how) {
    for (const TrueLines::Period& one : reading.given.periods) {
      const Differences found = unread(reading.given, one.rows, one.covered);
      check_.expect(found.none(), "reported while it was read" + how + ": " + found.text());
    }
    if (!reading.result) return;
    const OrderCoverage& covered = reading.result.value();
    const Differences found = unread(reading.given, reading.given.rows.size(), covered);
    check_.expect(found.none(), "returned" + how + ": " + found.text());
    // Asked now: a marketplace on a network does not stand still while it is read.
    const auto present = subject_.truth();
    if (!present || !present->now) return;
    check_.expect(covered.until <= *present->now,
                  "no period ends in the future" + how + ": " + to_rfc3339(covered.until));
  }

  /// By pages of that size; 0: as they come. Null if the subject does not offer that.
  [[nodiscard]] std::unique_ptr<OrderReading> read(int page, const OrderQuery& query, const Change& change) const {
    auto reading = std::make_unique<OrderReading>();
    const auto tampering = std::make_shared<Tampering>(
        [&](const std::string&, int, HttpResponse& response) { return change(++reading->requests, response); });
    const auto between = [&](std::shared_ptr<HttpTransport> next) -> std::shared_ptr<HttpTransport> {
      return std::make_shared<TamperedTransport>(std::move(next), tampering);
    };
    const auto connector = page == 0 ? subject_.through(between) : subject_.paged({page, 0, 0}, between);
    if (!connector) return nullptr;
    const auto body = [&] {
      tampering->arm();
      reading->result = connector->fetch_orders(query, reading->given, {});
    };
    guard(body, [&](std::string_view said) {
      reading->result = Error(Errc::internal, std::string("it threw: ").append(said));
    });
    return reading;
  }
  static Result<void> as_is(int, HttpResponse&) { return success(); }

  void periods() {
    const OrderQuery all{Instant::from_seconds(0), true};
    for (const int page : {0, 1, 2, 3}) {
      const auto usual = read(page, all, as_is);
      if (!usual) continue;
      check_.begin("a period that is called read has been read: orders");
      const std::string how = page == 0 ? std::string() : ", in pages of " + std::to_string(page);
      check_.expect_ok(usual->result, "fetched" + how);
      expect_read(*usual, how);
      for (int lost = 1; lost <= usual->requests; ++lost) {
        if (lost > kCutOff && lost < usual->requests) continue;
        const auto cut = read(page, all, [&](int nth, HttpResponse&) -> Result<void> {
          if (nth == lost) return Error(Errc::connection_lost, "the suite has cut it").may_retry();
          return success();
        });
        if (cut) expect_read(*cut, how + ", with request " + std::to_string(lost) + " lost");
      }
    }
    from_later_on();
  }

  /// The first reading of an account may begin anywhere: what was ordered before is not covered, unless it was given.
  void from_later_on() {
    std::vector<Instant> times;
    for (const TrueLine& line : *truth_.orders) times.push_back(line.ordered_at);
    std::sort(times.begin(), times.end());
    for (std::size_t part = 1; part <= 3; ++part) {
      const Instant since = times[(times.size() - 1) * part / 4];
      auto made = subject_.connector();
      if (!made) return;
      OrderReading reading;
      reading.result = made.value()->fetch_orders({since, true}, reading.given, {});
      check_.begin("a period that is called read has been read: orders");
      expect_read(reading, ", by a first reading since " + to_rfc3339(since));
    }
  }

  /// Changes each member of the rows in turn into what no connector knows.
  void statuses() {
    std::set<std::string> names;
    const OrderQuery all{Instant::from_seconds(0), true};
    const auto usual = read(0, all, [&](int, HttpResponse& response) -> Result<void> {
      if (const auto tree = read_json(response.body)) add_row_members(*tree, names);
      return success();
    });
    if (!usual || !usual->result || names.empty()) return;
    check_.begin("a status that is not known is no other status: orders");
    struct Way {
      MemberChange change;
      const char* is;
    };
    for (const std::string& name : names) {
      for (const Way way : {Way{MemberChange::unheard, " is a word that nobody knows: "},
                            Way{MemberChange::null, " is null: "}, Way{MemberChange::missing, " is missing: "}}) {
        const auto reading = read(0, all, [&](int, HttpResponse& response) -> Result<void> {
          if (auto tree = read_json(response.body)) {
            change_row_member(*tree, name, way.change);
            response.body = written(*tree);
          }
          return success();
        });
        if (!reading || !reading->result) continue;  // an error draws no conclusion
        const Differences found = concluded(reading->given);
        check_.expect(found.none(), name + way.is + found.text());
      }
    }
  }
  /// Lines that are read as placed and are not; or all lines, if they are of several statuses and all read as one. A
  /// channel may report returns in a list of their own: without it, a line is as it was before.
  [[nodiscard]] Differences concluded(const TrueLines& given) const {
    Differences found;
    std::set<OrderStatus> read;
    std::set<OrderStatus> real;
    for (const TrueLine& line : given.rows) {
      const auto known = by_key_.find(line.key);
      if (known == by_key_.end()) continue;
      read.insert(line.status);
      real.insert(known->second->status);
      if (line.status != OrderStatus::placed || known->second->status == OrderStatus::placed) continue;
      found.add("\"" + line.key + "\" is " + to_string(known->second->status) + ", and is read as placed");
    }
    if (real.size() > 1 && read.size() == 1 && *read.begin() != OrderStatus::unknown)
      found.add(std::string("all lines are read as ") + to_string(*read.begin()));
    return found;
  }

  ConnectorSubject& subject_;
  const AccountTruth& truth_;
  Check& check_;
  std::map<std::string, const TrueLine*> by_key_;
};

}  // namespace

void check_orders(ConnectorSubject& subject, const AccountTruth& truth, Check& check) {
  if (truth.orders && !truth.orders->empty()) OrderChecks(subject, truth, check).run();
}

}  // namespace stocktracker::inline v0::testing
