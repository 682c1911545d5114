// Finds users by what a person types, and names them in errors.
#include "server/app/users.hpp"

#include <utility>

#include <stocktracker/tenant/tenants.hpp>

#include "server/app/open_store.hpp"

namespace server {
namespace {

namespace st = stocktracker;

// Commands of users have no --tenant.
std::string options_without_tenant(Session session) {
  session.tenant.clear();
  return options_of_store(session);
}

st::Error no_such_user(const std::string& given, const Session& session, std::string_view argument) {
  std::string message = "there is no user " + given;
  // An id is never chosen, so that nobody can create a user with it.
  if (given.find('@') != std::string::npos) {
    message += "; create the user: stocktracker user create ADDRESS " + options_without_tenant(session);
  }
  return st::Error(st::Errc::not_found, std::move(message)).about(argument);
}

st::Result<st::User> looked_up(const st::Engine& engine, const std::string& given, const Session& session,
                               std::string_view argument) {
  if (given.find('@') != std::string::npos) {
    STK_TRY(const auto address, st::EmailAddress::parse(given));
    return engine.users().find(address, session.context);
  }
  const auto id = st::UserId::parse(given);
  if (!id) return st::Error(st::Errc::invalid_argument, "must be an e-mail address or a user's id").about(argument);
  return engine.users().get(id.value(), session.context);
}

}  // namespace

st::Result<st::User> user_named(const st::Engine& engine, const std::string& given, const Session& session,
                                std::string_view argument) {
  auto user = looked_up(engine, given, session, argument);
  if (user || user.error().errc() != st::Errc::not_found) return user;
  return no_such_user(given, session, argument);
}

st::Error about_member(st::Error error, std::string_view argument, const std::string& given) {
  if (error.details().field != argument) return error;
  const std::string subject = std::string(argument) + " " + given;
  switch (error.errc()) {
    case st::Errc::not_found:
      return st::Error(st::Errc::not_found, "is not a member of this tenant").about(subject);
    case st::Errc::already_exists:
      return st::Error(st::Errc::already_exists, "is a member already; use: stocktracker member role ADDRESS ROLE")
          .about(subject);
    default:
      return std::move(error).about(subject);
  }
}

st::Result<std::vector<NamedMembership>> tenants_of(const st::Engine& engine, const st::UserId& user,
                                                    const Session& session) {
  STK_TRY(const auto memberships, engine.users().memberships(user, session.context));
  std::vector<NamedMembership> named;
  for (const st::Membership& membership : memberships) {
    auto tenant = engine.tenants().find(membership.tenant.text(), session.context);
    if (!tenant && tenant.error().errc() != st::Errc::not_found) return std::move(tenant).error();
    named.push_back({membership, tenant ? tenant.value().name : std::string()});
  }
  return named;
}

}  // namespace server
