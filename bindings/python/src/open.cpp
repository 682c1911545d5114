// open(), RetryPolicy, BreakerOptions, AuditEvent: how an engine is made.
#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/assembly/backup.hpp>
#include <stocktracker/testing/seeded_random.hpp>

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"
#include "bindings/python/src/seams.hpp"
#include "bindings/python/src/typed_argument.hpp"

namespace stkpy {
namespace {

// threads: False, True, or how many for the network.
std::shared_ptr<st::Executor> executor_of(const py::object& threads) {
  if (threads.is(py::bool_(true))) return nullptr;
  if (threads.is(py::bool_(false))) return st::make_inline_executor();
  if (!py::isinstance<py::int_>(threads)) throw py::type_error("threads must be True, False or an int");
  const int count = threads.cast<int>();
  if (count < 1 || count > 1'024) {
    raise(st::Error(st::Errc::invalid_argument, "threads must be 1 to 1024").about("threads"));
  }
  return value_or_raise(st::make_thread_pool({.io_threads = static_cast<unsigned>(count)}));
}

// pybind11 would put the arguments, a secret text among them, into its own TypeError.
std::optional<st::Secret> secret_or_none(const py::object& value, const char* name) {
  if (value.is_none()) return std::nullopt;
  if (!py::isinstance<st::Secret>(value)) throw py::type_error(std::string(name) + " must be a Secret or None");
  return value.cast<const st::Secret&>().clone();
}

std::string text_or_empty(const std::optional<PathText>& path) { return path ? path->text : std::string(); }

EngineHandle open_engine(const PathText& path, const TypedArgument<TenantOrNone>& tenant, bool read_only,
                         bool durable_commits, const std::optional<PathText>& key_file,
                         const TypedArgument<SecretOrNone>& key_text, const TypedArgument<SecretOrNone>& password,
                         const st::LimitTable* limits, const std::optional<PathText>& limits_file,
                         const st::RetryPolicy* retry, const st::BreakerOptions* breaker,
                         const TypedArgument<TransportOrNone>& transport, const TypedArgument<ClockOrNone>& clock,
                         const std::optional<std::uint64_t>& seed, const TypedArgument<ThreadCount>& threads,
                         const py::iterable& connectors, std::vector<std::string> allowed_base_urls,
                         const TypedArgument<AuditCallable>& audit, const TypedArgument<TelemetryOrNone>& telemetry,
                         const TypedArgument<KeysOrNone>& keys) {
  st::OpenOptions options;
  options.read_only = read_only;
  options.durable_commits = durable_commits;
  options.key_file = text_or_empty(key_file);
  if (const auto text = secret_or_none(key_text.value, "key_text")) {
    options.keys = value_or_raise(st::make_key_text(*text, "key_text"));
  }
  if (!keys.value.is_none()) {
    if (options.keys || !options.key_file.empty()) {
      raise(st::Error(st::Errc::invalid_argument, "give one of keys, key_text and key_file").about("keys"));
    }
    options.keys = keys_of(keys.value);
  }
  const auto secret = secret_or_none(password.value, "password");
  if (limits != nullptr) options.limits = *limits;
  if (retry != nullptr) options.retry = *retry;
  if (breaker != nullptr) options.breaker = *breaker;
  options.limits_file = text_or_empty(limits_file);
  options.allowed_base_urls = std::move(allowed_base_urls);
  options.clock = clock_of(clock.value);
  options.transport = transport_of(transport.value, options.clock);
  options.telemetry = telemetry_of(telemetry.value);
  if (seed) options.random = std::make_shared<st::testing::SeededRandom>(*seed);
  options.executor = executor_of(threads.value);
  for (const py::handle each : connectors) options.connectors.push_back(connector_factory(py::cast<py::object>(each)));
  options.audit = audit_of(audit.value);
  if (is_postgres_url(path.text)) {
    auto store = value_or_raise(quick([&] { return open_postgres(path.text, secret, options.clock); }));
    options.storage = std::move(store.storage);
    if (options.limits_file.empty()) options.quota_memory = std::move(store.quota);
  } else {
    if (secret) {
      raise(st::Error(st::Errc::invalid_argument, "password is for PostgreSQL").about("password"));
    }
    options.path = path.text;
  }
  auto engine = value_or_raise(quick([&] { return st::open(std::move(options)); }));
  st::TenantId chosen;
  if (!tenant.value.is_none()) {
    const std::string name = tenant_text(tenant.value);
    auto found = quick([&] { return engine.tenants().find(name); });
    if (!found) {
      quick([&] { static_cast<void>(engine.close(st::Duration{})); });
      raise(found.error());
    }
    chosen = found.value().id;
  }
  return hold(std::move(engine), path.text, chosen);
}

const st::RetryPolicy kRetry;
const st::BreakerOptions kBreaker;

void bind_policies(py::module_& module) {
  py::class_<st::RetryPolicy>(module, "RetryPolicy", "Whether and when a request is sent again.")
      .def(py::init([](int max_attempts, st::Duration first_backoff, st::Duration max_backoff, st::Duration max_wait) {
             const st::RetryPolicy policy{max_attempts, first_backoff, max_backoff, max_wait};
             value_or_raise(policy.validate());
             return policy;
           }),
           py::kw_only(), py::arg("max_attempts") = kRetry.max_attempts,
           py::arg("first_backoff") = kRetry.first_backoff, py::arg("max_backoff") = kRetry.max_backoff,
           py::arg("max_wait") = kRetry.max_wait)
      .def_readonly("max_attempts", &st::RetryPolicy::max_attempts, "The first one included; 1: no retry.")
      .def_readonly("first_backoff", &st::RetryPolicy::first_backoff)
      .def_readonly("max_backoff", &st::RetryPolicy::max_backoff)
      .def_readonly("max_wait", &st::RetryPolicy::max_wait, "Upper limit of all waits of one call.");
  py::class_<st::BreakerOptions>(module, "BreakerOptions", "When a request that is refused repeatedly is held back.")
      .def(py::init([](int failures, st::Duration refused_pause, st::Duration broken_pause, st::Duration max_pause) {
             const st::BreakerOptions options{failures, refused_pause, broken_pause, max_pause};
             value_or_raise(options.validate());
             return options;
           }),
           py::kw_only(), py::arg("failures") = kBreaker.failures, py::arg("refused_pause") = kBreaker.refused_pause,
           py::arg("broken_pause") = kBreaker.broken_pause, py::arg("max_pause") = kBreaker.max_pause)
      .def_readonly("failures", &st::BreakerOptions::failures, "Equal refusals in a row.")
      .def_readonly("refused_pause", &st::BreakerOptions::refused_pause)
      .def_readonly("broken_pause", &st::BreakerOptions::broken_pause)
      .def_readonly("max_pause", &st::BreakerOptions::max_pause);
  py::class_<st::AuditEvent>(module, "AuditEvent", "Who did what in which tenant, or was refused.")
      .def_readonly("at", &st::AuditEvent::at)
      .def_readonly("tenant", &st::AuditEvent::tenant)
      .def_readonly("actor", &st::AuditEvent::actor)
      .def_readonly("action", &st::AuditEvent::action)
      .def_readonly("subject", &st::AuditEvent::subject)
      .def_property_readonly(
          "refused",
          [](const st::AuditEvent& event) -> std::optional<std::string> {
            if (!event.refused) return std::nullopt;
            return to_string(*event.refused);
          },
          "The code of the error; None: it was done.")
      .def_readonly("request_id", &st::AuditEvent::request_id);
}

}  // namespace

void bind_open(py::module_& module) {
  bind_policies(module);
  module.def("open", &open_engine, py::arg("path"), py::kw_only(), py::arg("tenant") = py::none(),
             py::arg("read_only") = false, py::arg("durable_commits") = false, py::arg("key_file") = py::none(),
             py::arg("key_text") = py::none(), py::arg("password") = py::none(),
             py::arg("limits") = static_cast<const st::LimitTable*>(nullptr), py::arg("limits_file") = py::none(),
             py::arg("retry") = static_cast<const st::RetryPolicy*>(nullptr),
             py::arg("breaker") = static_cast<const st::BreakerOptions*>(nullptr), py::arg("transport") = py::none(),
             py::arg("clock") = py::none(), py::arg("seed") = py::none(), py::arg("threads") = true,
             py::arg("connectors") = py::tuple(), py::arg("allowed_base_urls") = std::vector<std::string>(),
             py::arg("audit") = py::none(), py::arg("telemetry") = py::none(), py::arg("keys") = py::none(),
             R"doc(An engine on the embedded defaults: SQLite, everything in this process; or on PostgreSQL.

path: a file of one seller, made when missing, or ":memory:"; a folder of many tenants ("house/" makes one); or
  "postgresql://user@host/database?...", without a password.
tenant: in a store of many, the one that calls are about: its name, id or record. See also Engine.as_.
key_file: where the key of stored credentials is, made when missing; None: credentials stay in this process.
key_text: a Secret of the key file's form, instead of a file.
password: a Secret, for PostgreSQL; None: PGPASSFILE or ~/.pgpass has it, or none is needed.
limits: None is the table that ships; LimitTable() knows no limit.
limits_file: a file by which processes share what is left of limits. With PostgreSQL the database does that.
retry, breaker: how requests are repeated and held back; None: the defaults.
transport: sends the requests: curl_transport() with options, a world's, or an object with send(request, call).
clock: the engine's time: a world's, testing.ManualClock, or an object with now().
seed: makes random numbers repeatable, for tests.
threads: how many for the network. False runs everything on the caller, so that one seed reproduces everything.
connectors: classes of one's own, subclasses of Connector.
allowed_base_urls: where requests may go besides the marketplaces' own hosts: a test server, a proxy.
audit: called with an AuditEvent after each change or refusal.
telemetry: an object with count, observe and log, or some of them; see the class Telemetry.
keys: an object with current and find, instead of a key file; see the class KeyProvider.)doc");
  module.def(
      "restore_store",
      [](const PathText& backup, const PathText& target, const Timeout& timeout) {
        return waiting(context_of(timeout), [&](const st::CallContext& context) {
          return st::restore_store(backup.text, target.text, context);
        });
      },
      py::arg("backup"), py::arg("target"), py::kw_only(), py::arg("timeout") = py::none(),
      "Makes a store at `target`, which must not exist, from a complete backup. It needs the same key.");
}

}  // namespace stkpy
