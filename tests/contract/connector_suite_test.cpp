// The connector suite itself: a small connector that keeps the contract, and the same with one fault planted, each of
// which the suite must find under the name of its check.
#include "tests/contract/stall.hpp"
#include "tests/support/catch.hpp"

namespace {

// What the suite did and found.
struct Found {
  std::vector<std::string> begun;
  std::vector<std::string> failed;

  [[nodiscard]] bool has(const std::string& start) const { return starts(failed, start); }
  [[nodiscard]] bool has(const std::string& start, const std::string& what) const {
    return std::any_of(failed.begin(), failed.end(), [&](const std::string& one) {
      return one.starts_with(start) && one.find(what) != std::string::npos;
    });
  }
  [[nodiscard]] bool asked(const std::string& start) const { return starts(begun, start); }

 private:
  static bool starts(const std::vector<std::string>& texts, const std::string& start) {
    return std::any_of(texts.begin(), texts.end(), [&](const std::string& one) { return one.starts_with(start); });
  }
};

class Recorder final : public st::testing::Check {
 public:
  void begin(std::string_view name) override { found.begun.emplace_back(name); }
  void expect(bool holds, std::string_view what) override {
    if (!holds) found.failed.push_back(found.begun.back() + ": " + std::string(what));
  }
  Found found;
};

Found found_in(Planted planted, const st::Capabilities& can = kCan) {
  Subject subject(planted, can);
  Recorder recorder;
  st::testing::connector_contract(subject, recorder);
  return std::move(recorder.found);
}

constexpr const char* kHolds = "a list is what the account holds: ";
constexpr const char* kEnd = "a list is read to its end, whatever its pages hold: ";
constexpr const char* kRepeats = "a row that comes again over a border of pages is the same row: ";
constexpr const char* kBatches = "stock is asked for in batches, to the last one: ";
constexpr const char* kRead = "a period that is called read has been read: ";
constexpr const char* kStatus = "a status that is not known is no other status: ";
constexpr const char* kSince = "orders since an instant are all that were ordered or have changed from then on: ";

}  // namespace

TEST_CASE("a connector that keeps the contract passes the suite, and each of its lists is asked about") {
  const Found found = found_in(Planted::nothing);
  for (const std::string& failure : found.failed) FAIL_CHECK(failure);
  for (const char* list : {"offers", "warehouses", "FBO stock", "FBS stock", "orders", "prices"}) {
    for (const char* check :
         {"an endless list ends as a contradiction: ", "a list that is null harms nothing: ",
          "a list under another name is not an empty one: ", "lists that are null have no rows: ",
          "a row that says nothing costs no other row: ", "a row that is null costs no other row: ",
          "a row of empty texts costs no other row: ", "a row of other types costs no other row: ",
          "a byte order mark is skipped: ", "a list is what the account holds: ",
          "a list is read to its end, whatever its pages hold: ", kRepeats,
          "an error in the middle of a list fails it: ", "a number that is written as a text is the same number: ",
          "a member that is null is no number: ", "a member that is missing is no number: "}) {
      if (list == std::string_view("warehouses") && check == std::string_view(kRepeats)) continue;  // two rows
      const std::string name = std::string(check) + list;
      CAPTURE(name);
      CHECK(found.asked(name));
    }
  }
}

TEST_CASE("each planted fault is found by the check that is named after it, in every list") {
  struct Case {
    Planted planted;
    const char* check;
    const char* what = "";
  };
  for (const Case& one : {Case{Planted::pages_without_end, "an endless list ends as a contradiction: ", ": within "},
                          Case{Planted::end_taken_for_success, "an endless list ends as a contradiction: "},
                          Case{Planted::end_of_other_kind, "an endless list ends as a contradiction: "},
                          Case{Planted::null_throws, "a list that is null harms nothing: ", "it threw: no list"},
                          Case{Planted::null_throws, "lists that are null have no rows: ", "it threw: no list"},
                          Case{Planted::renamed_is_empty, "a list under another name is not an empty one: "},
                          Case{Planted::odd_row_fails_all, "a row that says nothing costs no other row: "},
                          Case{Planted::odd_row_loses_page, "a row that says nothing costs no other row: "},
                          Case{Planted::odd_row_unsaid, "a row that says nothing costs no other row: "},
                          Case{Planted::odd_row_without_why, "a row that says nothing costs no other row: "},
                          Case{Planted::empty_identity, "a row of empty texts costs no other row: "},
                          Case{Planted::mark_is_no_json, "a byte order mark is skipped: "},
                          Case{Planted::refusal_without_why, "a refusal without words is an error that says why: "},
                          Case{Planted::refusal_is_data, "a refusal without words is an error that says why: "}}) {
    const Found found = found_in(one.planted);
    for (const char* list : {"offers", "FBO stock", "FBS stock", "orders", "prices"}) {
      CAPTURE(static_cast<int>(one.planted), one.check, list);
      CHECK(found.has(std::string(one.check) + list, one.what));
    }
  }
  CHECK(found_in(Planted::empty_identity)
            .has("a row of empty texts costs no other row: offers", ": none is delivered without an identity"));
}

TEST_CASE("each planted fault of what a list holds is found by the check that is named after it") {
  struct Case {
    Planted planted;
    const char* check;
    std::vector<const char*> lists;
  };
  const std::vector<const char*> every{"offers", "FBO stock", "FBS stock", "orders", "prices"};
  const std::vector<const char*> stock{"FBO stock", "FBS stock"};
  for (const Case& one :
       {Case{Planted::first_page_only, kHolds, every},
        Case{Planted::first_page_only, kEnd, every},
        Case{Planted::first_page_only, kEnd, {"warehouses"}},
        Case{Planted::last_row_dropped, kEnd, every},
        Case{Planted::last_row_dropped, kEnd, {"warehouses"}},
        Case{Planted::row_twice, kRepeats, stock},
        Case{Planted::row_added_up, kRepeats, stock},
        Case{Planted::null_is_zero, "a member that is null is no number: ", stock},
        Case{Planted::null_is_zero, "a member that is null is no number: ", {"orders", "prices"}},
        Case{Planted::missing_is_zero, "a member that is missing is no number: ", stock},
        Case{Planted::missing_is_zero, "a member that is missing is no number: ", {"orders", "prices"}},
        Case{Planted::cut_to_32_bits, "an amount of more than 32 bits arrives complete: ", stock},
        Case{Planted::warehouse_dropped, kHolds, {"warehouses"}},
        Case{Planted::denial_is_data, "an answer with status 401 is an error, never data: ", {"list_offers"}},
        Case{Planted::texts_skipped, "a number that is written as a text is the same number: ", every},
        Case{Planted::columns_swapped, kHolds, stock},
        Case{Planted::unreported_is_zero, kHolds, stock},
        Case{Planted::local_time_is_utc, kHolds, {"orders"}},
        Case{Planted::since_ignored, kSince, {"what is old"}},
        Case{Planted::since_excluded, kSince, {"complete and true"}},
        Case{Planted::asked_ignored, "stock is reported for the offers that were asked for: ", {"FBS stock"}},
        Case{Planted::first_batch_only, kBatches, {"FBS stock"}},
        Case{Planted::error_swallowed, "an error in the middle of a list fails it: ", every},
        Case{Planted::barcodes_lost, kHolds, {"offers"}},
        Case{Planted::price_of_units, kHolds, {"prices"}},
        Case{
            Planted::orders_cut_short, "capabilities are what the marketplace does: ", {"orders are read as far back"}},
        Case{Planted::orders_beyond, "capabilities are what the marketplace does: ", {"orders are read as far back"}},
        Case{Planted::unknown_is_placed, kStatus, {"orders"}},
        Case{Planted::unknown_is_delivered, kStatus, {"orders"}},
        Case{Planted::no_status_is_placed, kStatus, {"orders"}},
        Case{Planted::covered_too_early, kRead, {"orders: reported while it was read"}},
        Case{Planted::covered_from_ever, kRead, {"orders: returned"}},
        Case{Planted::covered_tomorrow, kRead, {"orders: no period ends in the future"}},
        Case{Planted::throws, "a connector returns its errors, and throws nothing: ", {"it threw"}},
        Case{Planted::key_of_a_letter, "a secret stands in its header alone: ", {"a key of fewer than 8 bytes"}},
        Case{Planted::secret_in_error, "a secret stands in its header alone: ", {"list_offers"}},
        Case{Planted::secret_in_address, "a secret stands in its header alone: ", {"no address"}}}) {
    const Found found = found_in(one.planted);
    for (const char* list : one.lists) {
      CAPTURE(static_cast<int>(one.planted), one.check, list);
      CHECK(found.has(std::string(one.check) + list));
    }
  }
}

TEST_CASE("each capability that is not what the marketplace does is found by its name") {
  using Can = st::Capabilities;
  struct Case {
    const char* name;
    void (*flip)(Can& can);
  };
  for (const Case& one :
       {Case{"channel", [](Can& can) { can.channel = st::Channel::ozon; }},
        Case{"zone", [](Can& can) { can.zone = "UTC"; }},
        Case{"numeric_offer_keys", [](Can& can) { can.numeric_offer_keys = true; }},
        Case{"offers_per_page", [](Can& can) { ++can.offers_per_page; }},
        Case{"stock_rows_per_page", [](Can& can) { ++can.stock_rows_per_page; }},
        Case{"offers_per_fbs_request", [](Can& can) { ++can.offers_per_fbs_request; }},
        Case{"fbo_absent", [](Can& can) { can.fbo_absent = st::Absent::unknown; }},
        Case{"fbs_absent", [](Can& can) { can.fbs_absent = st::Absent::zero; }},
        Case{"fbo_by_offers", [](Can& can) { can.fbo_by_offers = true; }},
        Case{"fbo_refresh", [](Can& can) { can.fbo_refresh = std::chrono::minutes(1); }},
        Case{"visibility_delay", [](Can& can) { can.visibility_delay = std::chrono::minutes(1); }},
        Case{"compare_and_set", [](Can& can) { can.compare_and_set = true; }},
        Case{"orders", [](Can& can) { can.orders = false; }}, Case{"prices", [](Can& can) { can.prices = false; }},
        Case{"orders_kept", [](Can& can) { can.orders_kept = std::chrono::hours(1); }},
        Case{"orders_by_period", [](Can& can) { can.orders_by_period = true; }},
        Case{"orders_complete", [](Can& can) { can.orders_complete = true; }},
        Case{"order_changes_timed", [](Can& can) { can.order_changes_timed = true; }}}) {
    Can can = kCan;
    one.flip(can);
    CAPTURE(one.name);
    CHECK(found_in(Planted::nothing, can).has(std::string("capabilities are what the marketplace does: ") + one.name));
  }
}
