// A tenant's installation whose network notes which secrets sign in where: at the marketplace, or at an attacker's
// server.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <stocktracker/adapters/sqlite.hpp>

#include "tests/support/house.hpp"
#include "tests/support/revealed.hpp"

inline constexpr const char* kEvil = "https://evil.example";

// The marketplace, and beside it a server of the attacker's own that speaks as it does. Both note what signs in.
class Wire final : public stocktracker::HttpTransport {
 public:
  struct Sent {
    std::string host;
    std::set<std::string> secrets;
  };
  Wire(const stocktracker::testing::World& sells, const stocktracker::testing::World& claims)
      : vendor_(sells.transport()), evil(claims.transport()) {}
  stocktracker::Result<stocktracker::HttpResponse> send(const stocktracker::HttpRequest& request,
                                                        const stocktracker::CallContext& context) override {
    const bool to_evil = request.url.starts_with(kEvil);
    Sent one{to_evil ? "evil" : "vendor", {}};
    for (const auto& header : request.secret_headers) one.secrets.insert(revealed(header.value));
    sent.push_back(one);
    if (in_between && sent.size() == at) std::exchange(in_between, nullptr)();
    for (const std::string& secret : one.secrets) {
      if (revoked.contains(secret)) return stocktracker::HttpResponse{401, {}, "{}"};
    }
    return (to_evil ? evil : vendor_)->send(request, context);
  }
  std::set<std::string> secrets_at(const std::string& host) const {
    std::set<std::string> all;
    for (const Sent& one : sent) {
      if (one.host == host) all.insert(one.secrets.begin(), one.secrets.end());
    }
    return all;
  }
  // While the n-th request from now on is under way.
  void during(std::size_t n, std::function<void()> call) {
    sent.clear();
    at = n;
    in_between = std::move(call);
  }

  std::vector<Sent> sent;
  std::set<std::string> revoked;
  std::size_t at = 0;
  std::function<void()> in_between;

 private:
  const std::shared_ptr<stocktracker::HttpTransport> vendor_;

 public:
  std::shared_ptr<stocktracker::HttpTransport> evil;  // who answers there
};

// An installation with the tenant anna, who sells at `house.first`; the attacker's server is `house.second`.
struct Place {
  explicit Place(bool with_key) : key(with_key), wire(std::make_shared<Wire>(house.first, house.second)) {
    auto engine = open();
    anna = engine.tenants().create("anna").value().id;
  }
  stocktracker::Engine open() {
    const auto storage = House::make_storage ? House::make_storage(house.place) : nullptr;
    return stocktracker::open({.path = storage ? std::string() : house.folder.file("house") + "/",
                               .storage = storage,
                               .key_file = key ? house.folder.file("house.key") : std::string(),
                               .limits = stocktracker::LimitTable{},
                               .allowed_base_urls = {kEvil},  // the operator takes it for a proxy
                               .transport = wire,
                               .clock = house.first.clock(),
                               .random = std::make_shared<stocktracker::testing::SeededRandom>(++house.opened),
                               .executor = stocktracker::make_inline_executor()})
        .value();
  }
  // The store itself, past the library's services: what somebody does who can write it.
  std::shared_ptr<stocktracker::Storage> raw() {
    if (House::make_storage) return House::make_storage(house.place);
    return stocktracker::make_sqlite_folder({.path = house.folder.file("house"), .schema = stocktracker::schema()})
        .value();
  }
  std::string stamp(const stocktracker::TenantId& tenant) {
    static constexpr stocktracker::Statement kStamp{"test.stamp", "SELECT credential_stamp FROM account"};
    std::string found;
    const auto read = [&](stocktracker::Transaction& tx) -> stocktracker::Result<void> {
      STK_TRY(auto rows, tx.query(kStamp));
      STK_TRY(const bool any, rows->next());
      found = any ? std::string(rows->text(0)) : "none";
      return stocktracker::success();
    };
    REQUIRE(raw()->tenant(tenant).value()->transact({}, stocktracker::TransactMode::read, read));
    return found;
  }
  stocktracker::Secret token(std::vector<std::string> categories = stocktracker::testing::WildberriesToken().categories,
                             int days = 400) const {
    return house.first.token(stocktracker::Channel::wildberries,
                             {.categories = std::move(categories), .lives = std::chrono::hours(24 * days)});
  }
  static stocktracker::Result<stocktracker::Account> connect(stocktracker::Engine& engine,
                                                             const stocktracker::TenantId& tenant,
                                                             stocktracker::Secret token,
                                                             const std::string& address = "") {
    return engine.accounts().connect(stocktracker::wildberries::credentials(std::move(token), address), {},
                                     {.tenant = tenant});
  }
  // What the run ended with: its state, or its error's code; the codes of the sources' errors behind it.
  static std::string run(stocktracker::Engine& engine, const stocktracker::TenantId& tenant,
                         const stocktracker::AccountId& account) {
    const auto run = engine.sync().run(account, {.tenant = tenant});
    if (!run) return stocktracker::to_string(run.error().errc());
    std::string text = to_string(run.value().state);
    std::set<std::string> errors;
    for (const auto& source : run.value().sources) {
      if (source.error) errors.insert(stocktracker::to_string(source.error->errc()));
    }
    for (const std::string& error : errors) text += " " + error;
    return text;
  }

  House house;
  const bool key;
  std::shared_ptr<Wire> wire;
  stocktracker::TenantId anna;
};

inline std::set<std::string> only(const stocktracker::Secret& secret) { return {revealed(secret)}; }
