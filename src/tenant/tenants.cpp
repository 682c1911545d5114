// The service Tenants: calls of the operator.
#include <stocktracker/tenant/tenants.hpp>

#include <stocktracker/core/problems.hpp>

#include "core/filter_text.hpp"
#include "core/page_size.hpp"
#include "ports/audited.hpp"
#include "tenant/tenants_core.hpp"

namespace stocktracker::inline v0 {
namespace {

class TenantPages final : public PageSource<Tenant> {
 public:
  TenantPages(std::shared_ptr<TenantsCore> core, const TenantQuery& query, CallContext context)
      : core_(std::move(core)), query_(query), context_(std::move(context)) {}
  Result<std::vector<Tenant>> fetch() override {
    STK_TRY(const auto context, core_->begin(context_));
    STK_TRY(query_.validate());
    STK_TRY(auto page, core_->page(after_, query_.page_size, query_.deleted, context));
    if (!page.empty()) after_ = page.back().id;
    return page;
  }

 private:
  std::shared_ptr<TenantsCore> core_;
  TenantQuery query_;
  CallContext context_;
  TenantId after_;
};

template <class R>
R recorded(const TenantsCore& core, Act act, const CallContext& context, R result) {
  record(core.audit(), core.clock(), std::move(act), context,
         result ? std::nullopt : std::optional<Errc>(result.error().errc()));
  return result;
}

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
  require_page_size(problems, page_size);
  return problems.result("TenantQuery");
}

Result<Tenant> Tenants::create(std::string_view name, const CallContext& given) {
  STK_TRY(const auto context, core_->begin(given));
  auto created = core_->create(name, context);
  const TenantId tenant = created ? created.value().id : TenantId();
  return recorded(*core_, {"tenant.create", tenant, std::string(name)}, context, std::move(created));
}

Pages<Tenant> Tenants::list(const TenantQuery& query, const CallContext& context) const {
  return Pages<Tenant>(std::make_unique<TenantPages>(core_, query, context.started(core_->clock().now())));
}

Result<Tenant> Tenants::find(std::string_view name, const CallContext& given) const {
  STK_TRY(const auto context, core_->begin(given));
  STK_TRY(check_filter_text(name, "tenant"));
  const auto id = TenantId::parse(name);
  STK_TRY(auto found, id ? core_->record(id.value(), context) : core_->record_named(name, context));
  if (!found) return Error(Errc::not_found, "there is no tenant " + std::string(name)).about("tenant");
  return std::move(*found);
}

Result<Tenant> Tenants::suspend(const TenantId& tenant, const CallContext& given) {
  STK_TRY(const auto context, core_->begin(given));
  return recorded(*core_, {"tenant.suspend", tenant}, context,
                  core_->change(tenant, TenantState::active, TenantState::suspended, context));
}

Result<Tenant> Tenants::resume(const TenantId& tenant, const CallContext& given) {
  STK_TRY(const auto context, core_->begin(given));
  return recorded(*core_, {"tenant.resume", tenant}, context, core_->resume(tenant, context));
}

Result<void> Tenants::remove(const TenantId& tenant, const CallContext& given) {
  STK_TRY(const auto context, core_->begin(given));
  return recorded(*core_, {"tenant.remove", tenant}, context, core_->remove(tenant, context));
}

Result<void> Tenants::restore(const TenantId& tenant, const std::string& backup, const CallContext& given) {
  STK_TRY(const auto context, core_->begin(given));
  return recorded(*core_, {"tenant.restore", tenant}, context, core_->restore(tenant, backup, context));
}

Result<std::size_t> Tenants::recover(const CallContext& given) {
  STK_TRY(const auto context, core_->begin(given));
  return core_->recover(context);
}

}  // namespace stocktracker::inline v0
