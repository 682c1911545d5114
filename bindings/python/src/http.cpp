// HttpTransport, HttpResponse, Http: requests of a connector written in Python.
#include "bindings/python/src/connector_values.hpp"

#include <map>
#include <mutex>
#include <set>

namespace stkpy {
namespace {

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

st::Result<st::HttpResponse> send(const Http& http, const Call& call, const std::string& method, std::string url,
                                  const std::string& operation, const std::map<std::string, std::string>& headers,
                                  const py::dict& secret_headers, const py::object& body, const std::string& owner,
                                  const std::string& category, const std::string& tier, int cost,
                                  const std::string& idempotency) {
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
  const py::gil_scoped_release released;
  return http.transport->send(request, call.context);
}

}  // namespace

void bind_http(py::module_& module) {
  py::class_<st::HttpTransport, std::shared_ptr<st::HttpTransport>>(module, "HttpTransport",
                                                                    "Sends requests; a world has its own.");
  py::class_<st::HttpResponse>(module, "HttpResponse", "A complete answer, whatever its status.")
      .def_readonly("status", &st::HttpResponse::status)
      .def_readonly("attempts", &st::HttpResponse::attempts)
      .def_property_readonly("body", [](const st::HttpResponse& r) { return py::bytes(r.body); })
      .def("json",
           [](const st::HttpResponse& r) { return py::module_::import("json").attr("loads")(py::bytes(r.body)); })
      .def(
          "header",
          [](const st::HttpResponse& r, const std::string& name) -> std::optional<std::string> {
            const auto value = r.header(name);
            return value ? std::optional<std::string>(*value) : std::nullopt;
          },
          py::arg("name"), "The first header of that name, letter case ignored.");
  py::class_<Http>(module, "Http", "HTTP within the channel's request limits, with retries and a circuit breaker.")
      .def("send", &send, py::arg("call"), py::arg("method"), py::arg("url"), py::kw_only(), py::arg("operation"),
           py::arg("headers") = std::map<std::string, std::string>{}, py::arg("secret_headers") = py::dict(),
           py::arg("body") = "", py::arg("owner") = "", py::arg("category") = "", py::arg("tier") = "",
           py::arg("cost") = 1, py::arg("idempotency") = "safe",
           "Any complete answer is a success, 4xx and 5xx included. `operation` is a name for logs and limits; secrets "
           "go into secret_headers, never into the URL.");
}

}  // namespace stkpy
