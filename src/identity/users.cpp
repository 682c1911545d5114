// The service Users: calls of the program itself.
#include <stocktracker/identity/users.hpp>

#include <stocktracker/core/problems.hpp>

#include "core/page_size.hpp"
#include "identity/users_core.hpp"
#include "ports/audited.hpp"

namespace stocktracker::inline v0 {
namespace {

class UserPages final : public PageSource<User> {
 public:
  UserPages(std::shared_ptr<UsersCore> core, const UserQuery& query, CallContext context)
      : core_(std::move(core)), query_(query), context_(std::move(context)) {}
  Result<std::vector<User>> fetch() override {
    STK_TRY(const auto context, core_->tenants().begin(context_));
    STK_TRY(query_.validate());
    STK_TRY(auto page, core_->page(after_, query_, context));
    if (!page.empty()) after_ = page.back().id;
    return page;
  }

 private:
  std::shared_ptr<UsersCore> core_;
  UserQuery query_;
  CallContext context_;
  UserId after_;
};

/// The audit keeps ids and masked addresses.
template <class R>
R recorded(const UsersCore& core, Act act, const CallContext& context, R result) {
  record(core.tenants().audit(), core.tenants().clock(), std::move(act), context,
         result ? std::nullopt : std::optional<Errc>(result.error().errc()));
  return result;
}

}  // namespace

Result<void> UserQuery::validate() const {
  Problems problems;
  require_page_size(problems, page_size);
  return problems.result("UserQuery");
}

Result<User> Users::create(const EmailAddress& address, const UserProfile& profile, UserState state,
                           const CallContext& given) {
  STK_TRY(const auto context, core_->tenants().begin(given));
  return recorded(*core_, {"user.create", {}, address.masked()}, context,
                  core_->create(address, profile, state, context));
}

Result<User> Users::get(const UserId& user, const CallContext& given) const {
  STK_TRY(const auto context, core_->tenants().begin(given));
  return core_->get(user, context);
}

Result<User> Users::find(const EmailAddress& address, const CallContext& given) const {
  STK_TRY(const auto context, core_->tenants().begin(given));
  STK_TRY(auto found, core_->find(address, context));
  if (!found) return Error(Errc::not_found, "no user has this address").about("email");
  return std::move(*found);
}

Pages<User> Users::list(const UserQuery& query, const CallContext& context) const {
  return Pages<User>(std::make_unique<UserPages>(core_, query, context.started(core_->tenants().clock().now())));
}

Result<User> Users::change(const UserId& user, const UserProfile& profile, const CallContext& given) {
  STK_TRY(const auto context, core_->tenants().begin(given));
  return recorded(*core_, {"user.change", {}, user.text()}, context, core_->change(user, profile, context));
}

Result<User> Users::set_state(const UserId& user, UserState state, const CallContext& given) {
  STK_TRY(const auto context, core_->tenants().begin(given));
  return recorded(*core_, {"user.set_state", {}, user.text() + " " + to_string(state)}, context,
                  core_->set_state(user, state, context));
}

Result<std::vector<Membership>> Users::memberships(const UserId& user, const CallContext& given) const {
  STK_TRY(const auto context, core_->tenants().begin(given));
  return core_->memberships(user, context);
}

Result<Registration> Users::register_owner(const EmailAddress& address, const UserProfile& profile,
                                           std::string_view tenant, const CallContext& given) {
  STK_TRY(const auto context, core_->tenants().begin(given));
  auto made = core_->register_owner(address, profile, tenant, context);
  const TenantId made_tenant = made ? made.value().tenant : TenantId();
  return recorded(*core_, {"user.register", made_tenant, address.masked()}, context, std::move(made));
}

}  // namespace stocktracker::inline v0
