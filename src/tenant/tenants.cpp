#include <stocktracker/tenant/tenants.hpp>

#include <stocktracker/core/problems.hpp>

#include "tenant/tenants_core.hpp"

namespace stocktracker::inline v0 {
namespace {

class TenantPages final : public PageSource<Tenant> {
 public:
  TenantPages(std::shared_ptr<TenantsCore> core, const TenantQuery& query, CallContext context)
      : core_(std::move(core)), query_(query), context_(std::move(context)) {}
  Result<std::vector<Tenant>> fetch() override {
    STK_TRY(query_.validate());
    STK_TRY(auto page, core_->page(after_, query_.page_size, query_.deleted, context_));
    if (!page.empty()) after_ = page.back().id;
    return page;
  }

 private:
  std::shared_ptr<TenantsCore> core_;
  TenantQuery query_;
  CallContext context_;
  TenantId after_;
};

}  // namespace

const char* to_string(TenantState state) noexcept {
  switch (state) {
    case TenantState::creating:
      return "creating";
    case TenantState::active:
      return "active";
    case TenantState::suspended:
      return "suspended";
    case TenantState::deleting:
      return "deleting";
    case TenantState::deleted:
      return "deleted";
    case TenantState::quarantined:
      return "quarantined";
  }
  return "unknown";
}

Result<void> TenantQuery::validate() const {
  Problems problems;
  problems.require(page_size >= 1 && page_size <= 10'000, "page_size", "must be between 1 and 10000");
  return problems.result("TenantQuery");
}

Result<Tenant> Tenants::create(std::string_view name, const CallContext& context) {
  return core_->create(name, context.started(core_->clock().now()));
}

Pages<Tenant> Tenants::list(const TenantQuery& query, const CallContext& context) const {
  return Pages<Tenant>(std::make_unique<TenantPages>(core_, query, context.started(core_->clock().now())));
}

Result<Tenant> Tenants::find(std::string_view name, const CallContext& given) const {
  const CallContext context = given.started(core_->clock().now());
  const auto id = TenantId::parse(name);
  STK_TRY(auto found, id ? core_->record(id.value(), context) : core_->record_named(name, context));
  if (!found) return Error(Errc::not_found, "there is no tenant " + std::string(name)).about("tenant");
  return std::move(*found);
}

Result<Tenant> Tenants::suspend(const TenantId& tenant, const CallContext& context) {
  return core_->change(tenant, TenantState::active, TenantState::suspended, context.started(core_->clock().now()));
}

Result<Tenant> Tenants::resume(const TenantId& tenant, const CallContext& context) {
  return core_->resume(tenant, context.started(core_->clock().now()));
}

Result<void> Tenants::remove(const TenantId& tenant, const CallContext& context) {
  return core_->remove(tenant, context.started(core_->clock().now()));
}

Result<void> Tenants::restore(const TenantId& tenant, const std::string& backup, const CallContext& context) {
  return core_->restore(tenant, backup, context.started(core_->clock().now()));
}

Result<std::size_t> Tenants::recover(const CallContext& context) {
  return core_->recover(context.started(core_->clock().now()));
}

}  // namespace stocktracker::inline v0
