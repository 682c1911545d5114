// A storage over another one that breaks one promise of the seam.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "tests/contract/faulty_transaction.hpp"

namespace faulty {

using Body = st::FunctionRef<st::Result<void>(st::Transaction&)>;

class FaultyDatabase final : public st::Database {
 public:
  FaultyDatabase(std::shared_ptr<Shared> shared, std::shared_ptr<st::Database> kept, st::Database& inner,
                 const st::TenantId& tenant)
      : shared_(std::move(shared)), kept_(std::move(kept)), inner_(inner), tenant_(tenant) {}
  st::Plane plane() const noexcept override { return is(Broken::plane_is_wrong) ? st::Plane::tenant : inner_.plane(); }

  st::Result<void> transact(const st::CallContext& given, st::TransactMode mode, Body body) override {
    const bool in_control = inner_.plane() == st::Plane::control;
    if (inside > 0 && (is(Broken::nests) || (is(Broken::nests_over_planes) && in_control))) return st::success();
    if (is(Broken::destroyed_is_hidden) && shared_->hidden.contains(tenant_)) return st::Errc::not_found;
    st::CallContext context = given;
    if (is(Broken::stop_is_not_looked_at)) context.stop = {};
    if (is(Broken::deadline_is_not_looked_at)) context.deadline = st::Instant::latest();
    std::optional<std::stop_source> late;
    std::thread stopper;
    if (spoils_the_end(context)) {
      // The call ends all the same, for the other reason: the suite shall not wait.
      if (context.stop.stop_possible()) {
        context.stop = {};
        context.timeout = 40ms;
      } else {
        context.stop = late.emplace().get_token();
        context.timeout = 10s;
        stopper = std::thread([&late] {
          std::this_thread::sleep_for(40ms);
          late->request_stop();
        });
      }
    }
    auto done = in_turn(context, is(Broken::reading_writes) ? st::TransactMode::write : mode, body);
    if (stopper.joinable()) stopper.join();
    if (!done && is(Broken::handle_outlives) && done.error().errc() == st::Errc::not_found) return st::success();
    return shared_->coded(std::move(done));
  }

 private:
  [[nodiscard]] bool is(Broken one) const noexcept { return shared_->is(one); }

  [[nodiscard]] bool spoils_the_end(const st::CallContext& context) const {
    if (!context.timeout || (!context.stop.stop_possible() && *context.timeout > 400ms)) return false;
    const bool stops = context.stop.stop_possible();
    // A statement that is interrupted runs alone; a call that waits has somebody before it.
    const bool waits = shared_->open_writes > 0;
    return is(waits ? (stops ? Broken::waits_past_a_stop : Broken::waits_past_a_deadline)
                    : (stops ? Broken::stop_does_not_interrupt : Broken::deadline_does_not_interrupt));
  }

  st::Result<void> in_turn(const st::CallContext& context, st::TransactMode mode, Body body) {
    if (mode == st::TransactMode::read || !is(Broken::one_writer_for_all) || tenant_.is_nil() || inside > 0) {
      return run(context, mode, body);
    }
    const std::unique_lock lock(shared_->writing, context.timeout ? 50ms : 10'000ms);
    if (!lock) return st::Errc::deadline_exceeded;
    return run(context, mode, body);
  }

  [[nodiscard]] FaultyTransaction::Elsewhere elsewhere(const st::CallContext& context, st::TransactMode mode) {
    if (mode == st::TransactMode::read && is(Broken::each_query_sees_another_moment)) {
      return [this](const st::Statement& statement) -> std::unique_ptr<st::RowCursor> {
        if (statement.name != "item.count") return nullptr;
        std::string count;
        std::thread([&] { count = one_text(statement); }).join();  // beside the transaction of this thread
        return std::make_unique<OneValue>(count);
      };
    }
    if (mode == st::TransactMode::read && is(Broken::reader_sees_the_uncommitted) && context.timeout) {
      return [this](const st::Statement& statement) -> std::unique_ptr<st::RowCursor> {
        if (statement.name != "item.count" || shared_->open_writes == 0) return nullptr;
        return std::make_unique<OneValue>("1");
      };
    }
    if (mode == st::TransactMode::write && is(Broken::update_is_lost) && inner_.plane() == st::Plane::control) {
      static constexpr st::Statement kBefore{"office.before", "SELECT name FROM office WHERE id = 1"};
      const std::string before = one_text(kBefore);
      std::this_thread::sleep_for(1ms);  // others commit meanwhile
      if (before.empty()) return {};
      return [before](const st::Statement& statement) -> std::unique_ptr<st::RowCursor> {
        if (statement.name != "office.get") return nullptr;
        return std::make_unique<OneValue>(before);
      };
    }
    return {};
  }

  std::string one_text(const st::Statement& statement) {
    std::string text;
    const auto read = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(auto rows, tx.query(statement));
      STK_TRY(const bool any, rows->next());
      if (any) text = rows->text(0);
      return st::success();
    };
    return inner_.transact({}, st::TransactMode::read, read) ? text : std::string();
  }

  struct Inside {
    Inside(Shared& all, bool of_writes) : shared(all), writes(of_writes ? 1 : 0) {
      ++inside;
      shared.open_writes += writes;
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() {
      --inside;
      shared.open_writes -= writes;
    }
    Shared& shared;
    int writes;
  };

  st::Result<void> run(const st::CallContext& context, st::TransactMode mode, Body body) {
    const bool writes = mode != st::TransactMode::read;
    if (!writes && is(Broken::reads_of_all) && !tenant_.is_nil()) {
      STK_TRY(auto other, shared_->inner->tenant(other_than(tenant_, shared_->tenants)));
      return other->transact(context, mode, body);
    }
    const auto hook = elsewhere(context, mode);
    st::Result<void> failed = st::success();
    bool lost = false;
    const auto changed = [&](st::Transaction& tx) -> st::Result<void> {
      const Inside mark(*shared_, writes);
      FaultyTransaction transaction(*shared_, tx, inner_);
      transaction.read_elsewhere(hook);
      st::Result<void> result = st::success();
      try {
        result = body(transaction);
      } catch (...) {
        if (is(Broken::exception_is_committed)) return st::success();
        if (is(Broken::exception_is_an_error)) return st::Errc::internal;
        throw;
      }
      if (!result && is(Broken::failed_body_is_committed)) {
        failed = std::move(result);
        return st::success();
      }
      lost = result && transaction.wrote() > 0 && is(Broken::write_is_lost) && ++shared_->writes % 40 == 0;
      if (lost) return st::Errc::internal;
      return result;
    };
    auto done = inner_.transact(context, mode, changed);
    STK_TRY(std::move(failed));
    if (lost || (!done && inside == 0 && is(Broken::failed_body_is_success))) return st::success();
    if (!done && done.error().errc() == st::Errc::invalid_argument && is(Broken::failed_body_takes_a_neighbour)) {
      static constexpr st::Statement kTake{"item.last", "DELETE FROM item WHERE id = (SELECT max(id) FROM item)"};
      const auto take = [](st::Transaction& tx) -> st::Result<void> {
        STK_TRY(tx.execute(kTake));
        return st::success();
      };
      static_cast<void>(inner_.transact({}, st::TransactMode::write, take));
    }
    return done;
  }

  std::shared_ptr<Shared> shared_;
  std::shared_ptr<st::Database> kept_;
  st::Database& inner_;
  st::TenantId tenant_;
};

class FaultyStorage final : public st::Storage {
 public:
  explicit FaultyStorage(std::shared_ptr<Shared> shared)
      : shared_(std::move(shared)), control_(shared_, nullptr, shared_->inner->control(), st::TenantId()) {}

  st::Database& control() override { return control_; }
  st::Result<std::shared_ptr<st::Database>> tenant(const st::TenantId& given) override {
    st::TenantId tenant = given;
    if (is(Broken::one_plane_for_all) && !shared_->tenants.empty()) tenant = *shared_->tenants.begin();
    if (is(Broken::nil_tenant) && tenant.is_nil()) tenant = st::kDefaultTenant;
    if (is(Broken::destroyed_is_hidden) && shared_->hidden.contains(tenant)) return st::Errc::not_found;
    auto found = inner().tenant(tenant);
    if (!found && is(Broken::unknown_tenant_is_made) && !tenant.is_nil()) {
      STK_TRY(inner().create_tenant(tenant, {}));
      found = inner().tenant(tenant);
    }
    if (!found) return shared_->coded(std::move(found));
    auto database = std::move(found).value();
    st::Database& plane = *database;
    return std::make_shared<FaultyDatabase>(shared_, std::move(database), plane, tenant);
  }
  st::Result<void> create_tenant(const st::TenantId& tenant, const st::CallContext& context) override {
    shared_->hidden.erase(tenant);
    if (is(Broken::made_again_is_emptied) && shared_->tenants.contains(tenant)) {
      STK_TRY(inner().destroy_tenant(tenant, context));
    }
    auto made = inner().create_tenant(tenant, context);
    if (made) shared_->tenants.insert(tenant);
    return shared_->coded(std::move(made));
  }
  st::Result<void> destroy_tenant(const st::TenantId& tenant, const st::CallContext& context) override {
    if (is(Broken::destroyed_stays) && !tenant.is_nil()) return st::success();
    if (is(Broken::destroyed_is_hidden) && !tenant.is_nil()) {
      shared_->hidden.insert(tenant);
      return st::success();
    }
    if (is(Broken::destroying_twice_fails) && !tenant.is_nil() && !shared_->tenants.contains(tenant))
      return st::Errc::not_found;
    if (is(Broken::destroys_all)) {
      for (const st::TenantId& one : shared_->tenants) {
        STK_TRY(inner().destroy_tenant(one, context));
      }
    }
    shared_->tenants.erase(tenant);
    return shared_->coded(inner().destroy_tenant(tenant, context));
  }
  st::Result<st::BackupReport> backup(const std::string& target, const st::CallContext& context) override {
    return inner().backup(target, context);
  }
  st::Result<void> restore_tenant(const st::TenantId& tenant, const std::string& file,
                                  const st::CallContext& context) override {
    return inner().restore_tenant(tenant, file, context);
  }
  st::Result<std::vector<st::StorageFinding>> examine(const st::CallContext& context) override {
    if (is(Broken::examination_is_empty)) return std::vector<st::StorageFinding>{};
    if (is(Broken::sound_store_has_a_fault)) return std::vector<st::StorageFinding>{{"integrity", false, "invented"}};
    return inner().examine(context);
  }

 private:
  [[nodiscard]] bool is(Broken one) const noexcept { return shared_->is(one); }
  [[nodiscard]] st::Storage& inner() const noexcept { return *shared_->inner; }

  std::shared_ptr<Shared> shared_;
  FaultyDatabase control_;
};

}  // namespace faulty
