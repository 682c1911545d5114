// Reads the text of a day, and plays it against an engine.
#include "tests/golden/replay.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/seeded_random.hpp>

#include "tests/support/temp_folder.hpp"
#include "tests/support/transcript.hpp"

namespace st = stocktracker;

namespace {

using Words = std::vector<std::string>;

Words words_of(const std::string& line) {
  std::istringstream stream(line);
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::string units(const std::optional<st::Quantity>& amount) { return amount ? std::to_string(amount->units()) : "?"; }
std::string number(const std::optional<std::int64_t>& amount) { return amount ? std::to_string(*amount) : "?"; }
std::string moment(const std::optional<st::Instant>& at) { return at ? st::to_rfc3339(*at) : "never"; }

// Does something of another process before a request is answered.
struct Interrupted final : st::HttpTransport {
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    if (meanwhile && request.url.find(part) != std::string::npos) std::exchange(meanwhile, nullptr)();
    return script->send(request, context);
  }
  std::shared_ptr<transcript::Script> script = std::make_shared<transcript::Script>();
  std::string part;
  std::function<void()> meanwhile;
};

class Day {
 public:
  void command(const Words& words, const std::string& body) {
    const std::string& verb = words.at(0);
    if (verb == "now") {
      script_->clock = std::make_shared<st::testing::ManualClock>(st::parse_rfc3339(words.at(1)).value());
    } else if (verb == "limits") {
      limits_.reset();
    } else if (verb == "answer" || verb == "always") {
      add_answer(words, body);
    } else if (verb == "forget") {
      script_->steps.clear();
    } else if (verb == "advance") {
      script_->clock->advance(std::chrono::minutes(std::stoi(words.at(1))));
    } else if (verb == "meanwhile") {
      script_->meanwhile = [this, other = Words(words.begin() + 1, words.end())] { command(other, {}); };
    } else if (verb == "connect") {
      connect(words);
    } else if (verb == "run") {
      run(engine(), words);
    } else if (verb == "at") {
      transport_->part = words.at(1);
      transport_->meanwhile = [this, words] {
        say("  meanwhile, another process:");
        run(open(), {words.begin() + 2, words.end()});
      };
    } else if (verb == "show") {
      show(words);
    } else {
      FAIL("no such command: " << verb);
    }
  }
  [[nodiscard]] const std::string& shown() const { return shown_; }

 private:
  void say(const std::string& line) { shown_ += line + "\n"; }

  st::Engine open() {
    return st::open({.path = folder_.file("store.db"),
                     .key_file = folder_.file("key"),
                     .limits = limits_,
                     .transport = transport_,
                     .clock = script_->clock,
                     .random = std::make_shared<st::testing::SeededRandom>(++opened_),
                     .executor = st::make_inline_executor()})
        .value();
  }
  st::Engine& engine() {
    if (!engine_) engine_.emplace(open());
    return *engine_;
  }
  st::AccountId account(const std::string& name) { return engine().accounts().find(name).value().id; }

  void add_answer(const Words& words, const std::string& body) {
    int status = 200;
    std::vector<st::HttpHeader> headers;
    for (std::size_t n = 2; n < words.size(); ++n) {
      const std::size_t equal = words[n].find('=');
      if (equal == std::string::npos) {
        status = std::stoi(words[n]);
        continue;
      }
      std::string value = words[n].substr(equal + 1);
      std::replace(value.begin(), value.end(), '_', ' ');
      headers.push_back({words[n].substr(0, equal), value});
    }
    if (words[0] == "answer") {
      script_->answer(words.at(1), body, status, headers);
    } else {
      script_->always(words.at(1), body, status, headers);
    }
  }

  void connect(const Words& words) {
    const auto secret = [&](std::size_t n) { return st::Secret::copy_of(words.at(n)); };
    const std::string& channel = words.at(2);
    st::Credentials credentials = channel == "wildberries" ? st::wildberries::credentials(secret(3))
                                  : channel == "ozon"      ? st::ozon::credentials(words.at(3), secret(4))
                                                           : st::yandex_market::credentials(secret(3));
    const auto made = engine().accounts().connect(std::move(credentials), {.label = words.at(1)});
    say(made ? "connected: " + made.value().seller_key + ", " + made.value().seller_name
             : "refused: " + std::string(to_string(made.error().errc())) + ", " + to_string(made.error().kind()) +
                   (made.error().retryable() ? ", try again" : ""));
  }

  void run(const st::Engine& in, const Words& words) {
    st::SyncOptions options;
    for (const std::string& word : words) {
      options.orders = options.orders || word == "orders";
      options.prices = options.prices || word == "prices";
      options.accept_mass_zero = options.accept_mass_zero || word == "accept";
    }
    const auto run = in.sync().run(account(words.at(1)), options);
    if (!run) {
      say("no run: " + std::string(to_string(run.error().errc())));
      return;
    }
    say(std::string(to_string(run.value().state)) + " after " + std::to_string(run.value().requests) + " requests");
    for (const auto& source : run.value().sources) {
      std::string line = "  " + source.name + ": " + to_string(source.state) + ", " + to_string(source.disposition) +
                         ", " + std::to_string(source.rows) + " rows";
      if (source.skipped > 0) line += ", " + std::to_string(source.skipped) + " left out";
      if (source.error) {
        line += ", " + std::string(to_string(source.error->errc()));
        if (source.error->details().http_status != 0)
          line += " (HTTP " + std::to_string(source.error->details().http_status) + ")";
      }
      if (source.retry_at) line += ", not before " + moment(source.retry_at);
      if (!source.note.empty()) line += ", " + source.note;
      say(line);
    }
  }

  void show(const Words& words) {
    if (words.at(1) == "requests") {
      for (; shown_requests_ < script_->asked.size(); ++shown_requests_) {
        const std::string& asked = script_->asked[shown_requests_];
        const std::string& owner = script_->owners[shown_requests_];
        say("  " + st::to_rfc3339(script_->asked_at[shown_requests_]) + " " +
            (owner.starts_with("token ") ? "token " : owner) + asked.substr(0, asked.find(' ', 6)));
      }
      return;
    }
    if (words.at(1) == "accounts") {
      const auto accounts = engine().accounts().list().collect().value();
      for (const auto& one : accounts) {
        say("  " + one.label + ": " + std::string(one.channel.code()) + " " + one.seller_key + " \"" + one.seller_name +
            "\", since " + moment(one.connected_at));
      }
      const auto listed = engine().directory().accounts().collect().value();
      say("  " + std::to_string(listed.size()) + " in the directory");
      return;
    }
    const st::AccountId id = account(words.at(1));
    if (words.at(2) == "stock") show_stock(id);
    if (words.at(2) == "orders") show_orders(id);
    if (words.at(2) == "health") show_health(id);
    if (words.at(2) == "account") {
      const auto health = engine().accounts().health(id).value();
      say("  " + std::string(to_string(health.state)) + (health.reason ? ", " + health.reason->code : ""));
    }
  }

  void show_stock(const st::AccountId& id) {
    const auto positions = engine().stock().positions({.account = id}).collect().value();
    for (const auto& one : positions) {
      say("  " + one.offer.key + " (" + one.offer.article + ") at " + one.warehouse.key + " \"" + one.warehouse.name +
          "\", " + to_string(one.kind) + ", " + to_string(one.warehouse.kind) + ": " + units(one.on_hand) +
          ", reserved " + units(one.reserved) + ", to buyers " + units(one.to_client) + ", from buyers " +
          units(one.from_client) + "; " + to_string(one.state) + ", seen " + moment(one.observed_at));
    }
    const auto total = engine().stock().total(id).value();
    say("  total " + std::to_string(total.on_hand.units()) + " = fbo " + std::to_string(total.fbo.units()) + " + fbs " +
        std::to_string(total.fbs.units()) + "; to buyers " + std::to_string(total.to_client.units()) +
        ", from buyers " + std::to_string(total.from_client.units()) + "; kept " + std::to_string(total.kept) +
        ", unknown " + std::to_string(total.unknown) + ", gone " + std::to_string(total.gone) + "; seen " +
        moment(total.observed_at));
  }

  void show_orders(const st::AccountId& id) {
    const auto lines = engine().orders().lines({.account = id}).collect().value();
    for (const auto& one : lines) {
      say("  " + one.key + " of " + one.offer + ": " + std::to_string(one.quantity) + " " + to_string(one.status) +
          " (" + one.status_text + "), " + to_string(one.kind) + ", from \"" + one.warehouse + "\" \"" +
          one.warehouse_name + "\", " + (one.price ? one.price->text() : "no price") + ", " + moment(one.ordered_at) +
          ", " + moment(one.changed_at));
    }
    const auto coverage = engine().orders().coverage(id).value();
    say(coverage ? "  all from " + moment(coverage->from) + " to " + moment(coverage->until) : "  of no period all");
    const st::Period week = st::last_days(script_->clock->now(), 7, "Europe/Moscow").value();
    st::OrdersInPeriod period(week);
    std::set<std::string> warehouses;
    for (const auto& one : lines) {
      period.add(one);
      warehouses.insert(one.warehouse.empty() ? one.warehouse_name : one.warehouse);
    }
    say("  in the week from " + moment(week.from) + ": " + std::to_string(period.units()));
    for (const std::string& warehouse : warehouses)
      say("    from \"" + warehouse + "\": " + std::to_string(period.units_from(warehouse)));
  }

  void show_health(const st::AccountId& id) {
    const auto health = engine().analytics().stock_health({.account = id, .zone = "Europe/Moscow"}).value();
    for (const auto& one : health.by_offer) {
      say("  " + one.offer + " (" + one.article + "): " + number(one.on_hand) + " on hand, " + number(one.orders) +
          " ordered, days of stock " + one.days.text() + ", " + to_string(one.alert) +
          (one.ends_soon ? ", ends soon" : ""));
    }
    say("  orders " + std::string(health.orders_known ? "known" : "not known") + " from " + moment(health.period.from) +
        " to " + moment(health.period.until) + "; low " + std::to_string(health.low) + ", out " +
        std::to_string(health.out) + ", unknown " + std::to_string(health.unknown) + ", score " +
        std::to_string(health.score_tenths));
  }

  TempFolder folder_;
  std::uint64_t opened_ = 0;
  std::shared_ptr<Interrupted> transport_ = std::make_shared<Interrupted>();
  std::shared_ptr<transcript::Script> script_ = transport_->script;
  std::optional<st::LimitTable> limits_ = st::LimitTable{};
  std::optional<st::Engine> engine_;
  std::string shown_;
  std::size_t shown_requests_ = 0;
};

}  // namespace

std::string replay(const std::string& script) {
  Day day;
  std::string shown;
  std::istringstream lines(script);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    const Words words = words_of(line);
    std::string body;
    const bool answers = words.at(0) == "answer" || words.at(0) == "always";
    if (answers) {
      for (std::string next; std::getline(lines, next) && next != ".";) body += next;
    }
    const std::size_t before = day.shown().size();
    day.command(words, body);
    if (!answers && words[0] != "forget") shown += "> " + line + "\n" + day.shown().substr(before);
  }
  return shown;
}
