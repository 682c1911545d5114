// Checks each list of a connector with unusual answers. Answers are changed as trees, by the usual names of their
// members; lists with answers that are not JSON are left out.
#include "testing/contracts/connector_lists.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "core/caught.hpp"
#include "testing/contracts/answer_json.hpp"
#include "testing/contracts/connector_reading.hpp"
#include "testing/contracts/tampered_transport.hpp"

namespace stocktracker::inline v0::testing {
namespace {

/// Number of extra requests after which an endless list must have been detected.
constexpr int kPatience = 12;
/// A connector that has not detected it by then never will.
constexpr int kEndless = 40;
/// An answer that is used by this many lists is about the account itself.
constexpr int kShared = 3;

/// Ways in which a list can continue without end.
struct EndlessForm {
  const char* name;
  int from;  ///< the page that is repeated
  bool new_cursors;
};
constexpr std::array kEndlessForms{EndlessForm{"", 1, true}, EndlessForm{", from the second page on", 2, true},
                                   EndlessForm{", under one cursor", 1, false}};

/// Kinds of unreadable rows.
struct OddForm {
  const char* name;
  void (*make)(JsonNode& row);
};
constexpr std::array kOddForms{
    OddForm{"that says nothing",
            [](JsonNode& row) {
              row = {JsonNode::Kind::object, {}, {}, {}};
            }},
    OddForm{"that is null", [](JsonNode& row) { row = {}; }},
    OddForm{"of empty texts", [](JsonNode& row) { replace_texts(row, "\"\""); }},
    OddForm{"of other types", [](JsonNode& row) { replace_scalars(row, "true"); }},
};

/// The checks of one list.
class ListChecks {
 public:
  ListChecks(ConnectorSubject& subject, const Account& account, ListKind kind, Check& check)
      : subject_(subject), account_(account), kind_(kind), check_(check) {}

  /// Reads the list unchanged. `users` counts the lists that use an endpoint.
  void learn(std::map<std::string, int>& users) {
    usual_ = read([](const auto&...) -> Result<void> { return success(); }, &usual_requests_);
    begin("a list is read through a transport of the suite");
    check_.expect(!usual_.failed(), "as without it: " + usual_.text());
    check_.expect(usual_.periods_in_order, "periods and instants in order");
    for (const auto& [endpoint, count] : usual_requests_) ++users[endpoint];
  }

  void run(const std::map<std::string, int>& users) {
    if (usual_.failed()) return;
    for (const auto& [endpoint, count] : usual_requests_) {
      for (const EndlessForm& form : kEndlessForms) {
        if (count >= form.from) endless(endpoint, count, form);
      }
      no_list(endpoint);
      renamed_list(endpoint);
      for (const OddForm& form : kOddForms) odd_row(endpoint, form, users.at(endpoint) >= kShared);
    }
    no_lists();
    byte_order_mark();
    without_words(400, "");
    without_words(503, "{}");
  }

 private:
  void begin(const std::string& what, const std::string& endpoint = {}) {
    check_.begin(what + ": " + name_of(kind_) + (endpoint.empty() ? "" : ", " + endpoint));
  }

  Result<void> fetch(Connector& connector, Reading& into) const {
    OfferRows offers(into);
    WarehouseRows warehouses(into);
    StockRows stock(into);
    OrderRows orders(into);
    PriceRows prices(into);
    switch (kind_) {
      case ListKind::offers:
        return connector.list_offers(offers, {});
      case ListKind::warehouses:
        return connector.list_warehouses(warehouses, {});
      case ListKind::fbo:
        return connector.fetch_stock(account_.fbo(connector), stock, {});
      case ListKind::fbs:
        for (const std::string& warehouse : account_.warehouses) {
          STK_TRY(connector.fetch_stock({StockKind::fbs, warehouse, "name", account_.offer_keys}, stock, {}));
          if (!into.rows.empty()) break;
        }
        return success();
      case ListKind::orders: {
        STK_TRY(const auto covered, connector.fetch_orders({Instant::from_seconds(0)}, orders, {}));
        orders.covered(covered);
        return success();
      }
      case ListKind::prices:
        return connector.fetch_prices(prices, {});
    }
    return success();
  }

  /// Uses a fresh connector, with changed answers to this list; `requests` gets the number of requests per endpoint.
  Reading read(const Tampering::Change& change, std::map<std::string, int>* requests = nullptr) const {
    Reading reading;
    const auto tampering = std::make_shared<Tampering>(change);
    const auto connector = subject_.through([&](std::shared_ptr<HttpTransport> next) -> std::shared_ptr<HttpTransport> {
      return std::make_shared<TamperedTransport>(std::move(next), tampering);
    });
    // A connector that throws would end the process that uses it.
    const auto body = [&] {
      if (kind_ == ListKind::fbo && connector->fbo_needs_offers()) {
        Reading ignored;
        OfferRows offers(ignored);
        reading.result = connector->list_offers(offers, {});
        if (!reading.result) return;
      }
      tampering->arm();
      reading.result = fetch(*connector, reading);
    };
    guard(body, [&](std::string_view said) { reading.take_thrown(said); });
    if (requests != nullptr) *requests = tampering->requests();
    return reading;
  }

  /// Changes the first answer of an endpoint as a tree; all other answers pass unchanged.
  Reading read_first_changed(const std::string& endpoint, const std::function<void(JsonNode&)>& edit) const {
    return read([&](const std::string& asked, int nth, HttpResponse& response) -> Result<void> {
      if (asked != endpoint || nth != 1) return success();
      if (auto tree = read_json(response.body)) {
        edit(*tree);
        response.body = written(*tree);
      }
      return success();
    });
  }

  void says_why(const Reading& reading) {
    if (reading.threw || reading.result) return;
    const ErrorDetails& details = reading.result.error().details();
    check_.expect(details.message.find_first_not_of(' ') != std::string::npos || details.http_status != 0,
                  "the error says why: " + reading.text());
  }
  void never_throws(const Reading& reading) {
    check_.expect(!reading.threw, "errors are returned, never thrown: " + reading.text());
  }

  /// From one answer of the endpoint on, each answer has the same rows, and says that the list continues.
  void endless(const std::string& endpoint, int usual_requests, const EndlessForm& form) {
    std::optional<HttpResponse> first;
    std::map<std::string, int> requests;
    const auto repeat = [&](const std::string& asked, int nth, HttpResponse& response) -> Result<void> {
      if (asked != endpoint) return success();
      if (nth > usual_requests + kEndless) return Error(Errc::cancelled, "the suite has seen enough");
      if (nth < form.from) return success();
      if (!first) first = response;
      response = *first;
      if (auto tree = read_json(first->body)) {
        continue_list(*tree, form.new_cursors ? nth : form.from);
        response.body = written(*tree);
      }
      return success();
    };
    const Reading reading = read(repeat, &requests);
    begin("an endless list ends as a contradiction", endpoint + form.name);
    never_throws(reading);
    const int more = requests[endpoint] - usual_requests;
    if (reading.result.has_value() && more <= 0) return;  // its answers do not say whether the list continues
    if (more <= 0 && kind_of(reading.result.error().errc()) == ErrorKind::protocol) return;
    check_.expect(more <= kPatience, "within " + std::to_string(kPatience) + " requests, not " + std::to_string(more));
    check_.expect(reading.failed(), "never as a success");
    check_.expect(reading.threw || reading.result || reading.result.error().kind() == ErrorKind::protocol,
                  "as a protocol error: " + reading.text());
    says_why(reading);
  }

  void no_list(const std::string& endpoint) {
    const Reading reading = read([&](const std::string& asked, int, HttpResponse& response) -> Result<void> {
      if (asked == endpoint) drop_lists_of(response);
      return success();
    });
    begin("a list that is null harms nothing", endpoint);
    never_throws(reading);
    says_why(reading);
  }

  /// A list that the marketplace has renamed, or moved, is not there for the connector.
  void renamed_list(const std::string& endpoint) {
    bool any = false;
    const Reading reading = read([&](const std::string& asked, int, HttpResponse& response) -> Result<void> {
      auto tree = asked == endpoint ? read_json(response.body) : std::nullopt;
      if (!tree || !rename_list(*tree)) return success();
      any = true;
      response.body = written(*tree);
      return success();
    });
    if (!any) return;
    begin("a list under another name is not an empty one", endpoint);
    never_throws(reading);
    const bool complete = std::all_of(usual_.rows.begin(), usual_.rows.end(),
                                      [&](const auto& row) { return reading.rows.count(row.first) != 0; });
    check_.expect(reading.failed() || complete || reading.odd > 0, "an error, and no success with fewer rows");
    says_why(reading);
  }

  void no_lists() {
    const Reading reading = read([&](const std::string&, int, HttpResponse& response) -> Result<void> {
      drop_lists_of(response);
      return success();
    });
    begin("lists that are null have no rows");
    never_throws(reading);
    check_.expect(reading.failed() || reading.rows.empty() || !changed_anything(), "no rows, or an error");
    says_why(reading);
  }
  static void drop_lists_of(HttpResponse& response) {
    if (auto tree = read_json(response.body)) {
      drop_lists(*tree);
      response.body = written(*tree);
    }
  }
  /// True if any answer of this list contains a list.
  bool changed_anything() const {
    bool any = false;
    (void)read([&](const std::string&, int, HttpResponse& response) -> Result<void> {
      if (auto tree = read_json(response.body)) {
        const std::string before = written(*tree);
        drop_lists(*tree);
        any = any || written(*tree) != before;
      }
      return success();
    });
    return any;
  }

  /// The first row of the first answer is odd: it must be left out and reported. If the answer is about the account
  /// itself, the call may fail, or may report the loss in another way: what depends on such a row differs by vendor.
  void odd_row(const std::string& endpoint, const OddForm& form, bool of_the_account) {
    std::size_t rows = 0;
    const Reading odd = read_first_changed(endpoint, [&](JsonNode& tree) {
      if (JsonNode* list = longest_list(tree)) {
        rows = list->items.size();
        form.make(list->items.front());
      }
    });
    if (rows == 0) return;
    begin(std::string("a row ") + form.name + " costs no other row", endpoint);
    never_throws(odd);
    says_why(odd);
    if (odd.threw) return;
    if (rows == 1 || (of_the_account && !odd.result)) {
      check_.expect(odd.result || odd.result.error().kind() == ErrorKind::protocol,
                    "alone it may fail, as a protocol error: " + odd.text());
      return;
    }
    check_.expect(odd.result.has_value(), "the others are delivered: " + odd.text());
    if (!odd.result) return;
    const Reading without = read_first_changed(endpoint, [](JsonNode& tree) {
      if (JsonNode* list = longest_list(tree)) list->items.erase(list->items.begin());
    });
    const auto lost = [&](const Known& expected) {
      return static_cast<std::size_t>(std::count_if(expected.begin(), expected.end(),
                                                    [&](const auto& row) { return odd.rows.count(row.first) == 0; }));
    };
    const std::size_t lost_rows = lost(usual_.rows);
    // A connector may read a page again if a row is missing, and then have everything: so one row may stand for
    // several.
    const bool read_again = without.failed() || without.rows.size() == usual_.rows.size();
    const std::size_t of_one_row = 3 * std::max<std::size_t>(1, usual_.rows.size() / rows);
    check_.expect(read_again ? lost_rows <= of_one_row : lost(without.rows) == 0, "as many rows as without it");
    check_.expect(odd.rows.count("") == 0, "none is delivered without an identity");
    if (lost_rows == 0 || of_the_account) return;
    check_.expect(odd.odd >= 1, "it is reported to the sink");
    check_.expect(odd.odd_named, "with what is wrong with it");
  }

  void byte_order_mark() {
    bool any = false;
    const Reading marked = read([&](const std::string&, int, HttpResponse& response) -> Result<void> {
      if (!read_json(response.body)) return success();
      any = true;
      response.body.insert(0, "\xEF\xBB\xBF");
      return success();
    });
    if (!any) return;
    begin("a byte order mark is skipped");
    never_throws(marked);
    check_.expect(!marked.failed(), "read: " + marked.text());
    check_.expect(marked.failed() || marked.rows == usual_.rows, "the same rows");
  }

  void without_words(int status, const char* body) {
    const Reading refused = read([&](const std::string&, int, HttpResponse& response) -> Result<void> {
      response.status = status;
      response.body = body;
      return success();
    });
    begin("a refusal without words is an error that says why", "status " + std::to_string(status));
    never_throws(refused);
    check_.expect(refused.failed() && refused.rows.empty(), "an error, never data");
    says_why(refused);
  }

  ConnectorSubject& subject_;
  const Account& account_;
  const ListKind kind_;
  Check& check_;
  Reading usual_;
  std::map<std::string, int> usual_requests_;
};

}  // namespace

const char* name_of(ListKind kind) noexcept {
  switch (kind) {
    case ListKind::offers:
      return "offers";
    case ListKind::warehouses:
      return "warehouses";
    case ListKind::fbo:
      return "FBO stock";
    case ListKind::fbs:
      return "FBS stock";
    case ListKind::orders:
      return "orders";
    case ListKind::prices:
      return "prices";
  }
  return "";
}

void check_lists(ConnectorSubject& subject, const Account& account, Check& check) {
  const auto passing = [](std::shared_ptr<HttpTransport> next) -> std::shared_ptr<HttpTransport> { return next; };
  const auto connector = subject.through(passing);
  if (!connector) return;
  std::vector<ListChecks> lists;
  std::map<std::string, int> users;
  for (const ListKind kind :
       {ListKind::offers, ListKind::warehouses, ListKind::fbo, ListKind::fbs, ListKind::orders, ListKind::prices}) {
    if (kind == ListKind::orders && !connector->capabilities().orders) continue;
    if (kind == ListKind::prices && !connector->capabilities().prices) continue;
    lists.emplace_back(subject, account, kind, check).learn(users);
  }
  for (ListChecks& list : lists) list.run(users);
}

}  // namespace stocktracker::inline v0::testing
