// Http: requests of a connector written in Python.
#include "bindings/python/src/connector_values.hpp"
#include "bindings/python/src/http_names.hpp"
#include "bindings/python/src/seams.hpp"

#include <map>
#include <mutex>
#include <set>

namespace stkpy {
namespace {

st::Result<st::HttpResponse> send(const Http& http, const Call& call, const std::string& method, std::string url,
                                  const std::string& operation, const std::map<std::string, std::string>& headers,
                                  const py::dict& secret_headers, const py::object& body, const std::string& owner,
                                  const std::string& category, const std::string& tier, int cost,
                                  const std::string& idempotency) {
  if (!http.transport) return st::Error(st::Errc::unsupported, "this connector was given no transport");
  st::HttpRequest request;
  request.method = method_named(method);
  request.url = std::move(url);
  for (const auto& [name, value] : headers) request.headers.push_back({name, value});
  for (const auto& [name, value] : secret_headers) {
    request.secret_headers.push_back({name.cast<std::string>(), value.cast<const st::Secret&>().clone()});
  }
  request.body = body.cast<std::string>();  // text or bytes
  request.operation = interned(operation);
  request.quota = {http.vendor, owner, tier, category};
  request.cost = cost;
  request.idempotency = idempotency_named(idempotency);
  const Released released;
  return http.transport->send(request, call.context);
}

}  // namespace

// Requests need static text for operations and limits. A program has few such names, so they are never freed.
std::string_view interned(const std::string& name) {
  static auto* mutex = new std::mutex;
  static auto* names = new std::set<std::string>;
  const std::lock_guard lock(*mutex);
  return *names->insert(name).first;
}

st::HttpMethod method_named(const std::string& name) {
  for (const auto method :
       {st::HttpMethod::get, st::HttpMethod::post, st::HttpMethod::put, st::HttpMethod::patch, st::HttpMethod::del}) {
    if (name == to_string(method)) return method;
  }
  raise(st::Error(st::Errc::invalid_argument, "no HTTP method '" + name + "'").about("method"));
}

st::Idempotency idempotency_named(const std::string& name) {
  if (name == "safe") return st::Idempotency::safe;
  if (name == "keyed") return st::Idempotency::keyed;
  if (name == "unsafe") return st::Idempotency::unsafe;
  raise(st::Error(st::Errc::invalid_argument, "idempotency must be safe, keyed or unsafe").about("idempotency"));
}

void bind_http(py::module_& module) {
  bind_transport(module);
  py::class_<Http>(module, "Http", "HTTP within the channel's request limits, with retries and a circuit breaker.")
      .def("send", &send, py::arg("call"), py::arg("method"), py::arg("url"), py::kw_only(), py::arg("operation"),
           py::arg("headers") = std::map<std::string, std::string>{}, py::arg("secret_headers") = py::dict(),
           py::arg("body") = "", py::arg("owner") = "", py::arg("category") = "", py::arg("tier") = "",
           py::arg("cost") = 1, py::arg("idempotency") = "safe",
           "Any complete answer is a success, 4xx and 5xx included. `operation` is a name for logs and limits; secrets "
           "go into secret_headers, never into the URL.");
}

}  // namespace stkpy
