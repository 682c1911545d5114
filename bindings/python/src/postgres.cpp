// PostgreSQL behind open() and migrate_postgres(), if the module is built with it.
#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/typed_argument.hpp"

#ifdef STKPY_POSTGRES
#include <stocktracker/adapters/postgres.hpp>
#endif

namespace stkpy {

bool is_postgres_url(const std::string& path) {
  return path.rfind("postgresql://", 0) == 0 || path.rfind("postgres://", 0) == 0;
}

#ifdef STKPY_POSTGRES
namespace {

st::PostgresOptions postgres_options(const std::string& url, const std::optional<st::Secret>& password,
                                     const std::shared_ptr<st::Clock>& clock) {
  st::PostgresOptions options;
  options.url = url;
  if (password) options.password = password->clone();
  options.schema = st::schema();
  options.clock = clock;
  return options;
}

}  // namespace

st::Result<PostgresStore> open_postgres(const std::string& url, const std::optional<st::Secret>& password,
                                        const std::shared_ptr<st::Clock>& clock) {
  STK_TRY(auto storage, st::make_postgres_storage(postgres_options(url, password, clock)));
  STK_TRY(auto quota, st::make_postgres_quota(postgres_options(url, password, nullptr)));
  return PostgresStore{std::move(storage), std::move(quota)};
}
#else
st::Result<PostgresStore> open_postgres(const std::string&, const std::optional<st::Secret>&,
                                        const std::shared_ptr<st::Clock>&) {
  return st::Error(st::Errc::unsupported,
                   "this package is built without PostgreSQL: CMAKE_ARGS=-DSTK_BUILD_POSTGRES=ON pip install .");
}
#endif

void bind_postgres(py::module_& module) {
  module.def(
      "migrate_postgres",
      []([[maybe_unused]] const std::string& url, [[maybe_unused]] const TypedArgument<SecretOrNone>& password,
         [[maybe_unused]] const Timeout& timeout) -> std::vector<std::string> {
#ifdef STKPY_POSTGRES
        std::optional<st::Secret> secret;
        if (!password.value.is_none() && !py::isinstance<st::Secret>(password.value)) {
          throw py::type_error("password must be a Secret or None");
        }
        if (!password.value.is_none()) secret = password.value.cast<const st::Secret&>().clone();
        return value_or_raise(waiting(context_of(timeout), [&](const st::CallContext& context) {
          return st::migrate_postgres(postgres_options(url, secret, nullptr), context);
        }));
#else
        raise(open_postgres(url, std::nullopt, nullptr).error());
#endif
      },
      py::arg("url"), py::kw_only(), py::arg("password") = py::none(), py::arg("timeout") = py::none(),
      "Makes the tables in a database, or brings them up to date, as the role that owns them; returns what it "
      "applied.");
#ifdef STKPY_POSTGRES
  module.attr("has_postgres") = true;
#else
  module.attr("has_postgres") = false;
#endif
}

}  // namespace stkpy
