// HttpTransport, HttpRequest, HttpResponse: requests within the engine, and a transport written in Python.
#include <stocktracker/adapters/curl.hpp>

#include <map>

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/connector_values.hpp"
#include "bindings/python/src/http_names.hpp"
#include "bindings/python/src/seams.hpp"

namespace PYBIND11_NAMESPACE {
namespace detail {

// A vector of secrets claims to be copyable.
template <>
struct is_copy_constructible<stocktracker::HttpRequest> : std::false_type {};

}  // namespace detail
}  // namespace PYBIND11_NAMESPACE

namespace stkpy {
namespace {

const char* name_of(st::Idempotency idempotency) {
  switch (idempotency) {
    case st::Idempotency::safe:
      return "safe";
    case st::Idempotency::keyed:
      return "keyed";
    case st::Idempotency::unsafe:
      break;
  }
  return "unsafe";
}

std::string bytes_or_text(const py::object& body, const char* name) {
  if (py::isinstance<py::bytes>(body) || py::isinstance<py::str>(body)) return body.cast<std::string>();
  if (PyByteArray_Check(body.ptr())) return {PyByteArray_AS_STRING(body.ptr()), py::len(body)};
  throw py::type_error(std::string(name) + " must be bytes or a str");
}

// A mapping, or pairs. The same name may stand twice.
std::vector<st::HttpHeader> headers_of(const py::object& given) {
  std::vector<st::HttpHeader> headers;
  const py::object pairs = py::hasattr(given, "items") ? py::object(given.attr("items")()) : given;
  for (const py::handle pair : py::iter(pairs)) {
    const auto [name, value] = pair.cast<std::pair<std::string, std::string>>();
    headers.push_back({name, value});
  }
  return headers;
}

std::vector<std::pair<std::string, std::string>> pairs_of(const std::vector<st::HttpHeader>& headers) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& header : headers) pairs.emplace_back(header.name, header.value);
  return pairs;
}

// A transport of the package's user.
class PythonTransport final : public st::HttpTransport {
 public:
  PythonTransport(const py::object& given, std::shared_ptr<st::Clock> clock)
      : where_(std::string(py::str(py::type::of(given).attr("__name__"))) + ".send"),
        send_(method_of(given, "transport", "send", true)),
        clock_(clock ? std::move(clock) : st::make_system_clock()) {}

  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    if (Held::ending()) return st::Error(st::Errc::cancelled, "the process ends").during(where_);
    STK_TRY(context.check(clock_->now()));
    const Acquired gil;
    const WithinCallback within;
    try {
      const py::object given = called(send_.get(), request.clone(), Call{context, clock_});
      if (!py::isinstance<st::HttpResponse>(given)) {
        return seam_misuse(
            where_, "must return an HttpResponse, not " + std::string(py::str(py::type::of(given).attr("__name__"))));
      }
      auto response = given.cast<const st::HttpResponse&>();
      if (response.body.size() > request.max_body) return st::Error(st::Errc::body_too_large).during(where_);
      response.body.reserve(response.body.size() + st::kBodyPadding);
      return response;
    } catch (py::error_already_set& raised) {
      std::vector<const st::Secret*> secrets;
      for (const auto& header : request.secret_headers) secrets.push_back(&header.value);
      return seam_error(raised, where_, secrets);
    }
  }

 private:
  std::string where_;
  Held send_;
  std::shared_ptr<st::Clock> clock_;
};

// The library's own; its thread does not exist in a forked child.
class ForkAware final : public st::HttpTransport {
 public:
  explicit ForkAware(std::shared_ptr<st::HttpTransport> next) : next_(std::move(next)), process_(getpid()) {}
  ~ForkAware() override {
    if (!forked_since(process_)) return;
    static_cast<void>(new std::shared_ptr<st::HttpTransport>(std::move(next_)));  // its end would wait for the thread
  }
  st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
    if (forked_since(process_)) {
      return st::Error(st::Errc::engine_forked, "this process was forked from the one that made the transport");
    }
    return next_->send(request, context);
  }

 private:
  std::shared_ptr<st::HttpTransport> next_;
  pid_t process_;
};

// Destroyed without the GIL: the reactor's thread ends then.
std::shared_ptr<st::HttpTransport> curl_transport(std::string proxy, std::string ca_bundle, std::string user_agent,
                                                  int max_connections, int max_connections_per_host,
                                                  st::Duration connect_timeout, st::Duration request_timeout,
                                                  st::Duration idle_timeout, bool http2) {
  st::CurlOptions options;
  options.proxy = std::move(proxy);
  options.ca_bundle = std::move(ca_bundle);
  options.user_agent = std::move(user_agent);
  options.max_connections = max_connections;
  options.max_connections_per_host = max_connections_per_host;
  options.connect_timeout = connect_timeout;
  options.request_timeout = request_timeout;
  options.idle_timeout = idle_timeout;
  options.http2 = http2;
  auto made = value_or_raise(quick([&] { return st::make_curl_transport(std::move(options)); }));
  return std::make_shared<ForkAware>(std::move(made));
}

void bind_request(py::module_& module) {
  py::class_<st::HttpRequest>(module, "HttpRequest", "One request, as a transport gets it.")
      .def(py::init([](const std::string& method, std::string url, const py::object& headers,
                       const py::dict& secret_headers, const py::object& body, const std::string& operation) {
             st::HttpRequest request;
             request.method = method_named(method);
             request.url = std::move(url);
             request.headers = headers_of(headers);
             for (const auto& [name, value] : secret_headers) {
               request.secret_headers.push_back({name.cast<std::string>(), value.cast<const st::Secret&>().clone()});
             }
             request.body = bytes_or_text(body, "body");
             request.operation = interned(operation);
             return request;
           }),
           py::arg("method"), py::arg("url"), py::kw_only(), py::arg("headers") = py::dict(),
           py::arg("secret_headers") = py::dict(), py::arg("body") = py::bytes(), py::arg("operation") = "")
      .def_property_readonly("method", [](const st::HttpRequest& r) { return std::string(to_string(r.method)); })
      .def_readonly("url", &st::HttpRequest::url, "Absolute; never contains a secret.")
      .def_property_readonly(
          "headers", [](const st::HttpRequest& r) { return pairs_of(r.headers); }, "Pairs, without the secret ones.")
      .def_property_readonly(
          "secret_headers",
          [](const st::HttpRequest& r) {
            py::list pairs;
            for (const auto& header : r.secret_headers) pairs.append(py::make_tuple(header.name, header.value.clone()));
            return pairs;
          },
          "Pairs of a name and a Secret: send them, never log them.")
      .def_property_readonly("body", [](const st::HttpRequest& r) { return py::bytes(r.body); })
      .def_property_readonly("operation", [](const st::HttpRequest& r) { return std::string(r.operation); })
      .def_property_readonly("idempotency", [](const st::HttpRequest& r) { return name_of(r.idempotency); })
      .def_property_readonly(
          "public_internet_only", [](const st::HttpRequest& r) { return r.reach == st::Reach::public_internet; },
          "True if the address was chosen by a tenant: refuse private and loopback addresses after resolving the name.")
      .def_readonly("max_body", &st::HttpRequest::max_body, "Bytes after decompression; a larger answer is refused.")
      .def("__repr__", [](const st::HttpRequest& r) {
        return "<HttpRequest " + std::string(to_string(r.method)) + " " + r.url + ", " + std::to_string(r.body.size()) +
               " bytes>";
      });
}

void bind_response(py::module_& module) {
  py::class_<st::HttpResponse>(module, "HttpResponse", "A complete answer, whatever its status.")
      .def(py::init([](int status, const py::object& body, const py::object& headers, int attempts) {
             if (status < 100 || status > 599) {
               raise(st::Error(st::Errc::invalid_argument, "status must be 100 to 599").about("status"));
             }
             return st::HttpResponse{status, headers_of(headers), bytes_or_text(body, "body"), attempts};
           }),
           py::arg("status"), py::arg("body") = py::bytes(), py::arg("headers") = py::dict(), py::kw_only(),
           py::arg("attempts") = 1)
      .def_readonly("status", &st::HttpResponse::status)
      .def_readonly("attempts", &st::HttpResponse::attempts)
      .def_property_readonly("body", [](const st::HttpResponse& r) { return py::bytes(r.body); })
      .def_property_readonly("headers", [](const st::HttpResponse& r) { return pairs_of(r.headers); })
      .def("json",
           [](const st::HttpResponse& r) { return py::module_::import("json").attr("loads")(py::bytes(r.body)); })
      .def(
          "header",
          [](const st::HttpResponse& r, const std::string& name) -> std::optional<std::string> {
            const auto value = r.header(name);
            return value ? std::optional<std::string>(*value) : std::nullopt;
          },
          py::arg("name"), "The first header of that name, letter case ignored.")
      .def("__repr__", [](const st::HttpResponse& r) {
        return "<HttpResponse " + std::to_string(r.status) + ", " + std::to_string(r.body.size()) + " bytes>";
      });
}

}  // namespace

std::shared_ptr<st::HttpTransport> transport_of(const py::object& given, std::shared_ptr<st::Clock> clock) {
  if (given.is_none()) return nullptr;
  if (py::isinstance<st::HttpTransport>(given)) return given.cast<std::shared_ptr<st::HttpTransport>>();
  return std::make_shared<PythonTransport>(given, std::move(clock));
}

void bind_transport(py::module_& module) {
  bind_request(module);
  bind_response(module);
  const st::CurlOptions defaults;
  py::class_<st::HttpTransport, std::shared_ptr<st::HttpTransport>>(
      module, "HttpTransport", "Sends requests: of curl_transport(), or a world's. Thread-safe.")
      .def(
          "send",
          [](const std::shared_ptr<st::HttpTransport>& transport, const st::HttpRequest& request, const Call* call) {
            const st::CallContext context = call != nullptr ? call->context : st::CallContext();
            return quick([&] { return transport->send(request, context); });
          },
          py::arg("request"), py::arg("call") = py::none(),
          "Any complete answer is a success, 4xx and 5xx included. `call` brings deadline and cancellation along.");
  module.def("curl_transport", &curl_transport, py::kw_only(), py::arg("proxy") = "", py::arg("ca_bundle") = "",
             py::arg("user_agent") = "", py::arg("max_connections") = defaults.max_connections,
             py::arg("max_connections_per_host") = defaults.max_connections_per_host,
             py::arg("connect_timeout") = defaults.connect_timeout,
             py::arg("request_timeout") = defaults.request_timeout, py::arg("idle_timeout") = defaults.idle_timeout,
             py::arg("http2") = defaults.http2,
             "The transport that an engine has by default, with options: for a proxy ('http://host:port'), for the "
             "certificates of a company (a PEM file), or to be called by a transport written in Python.");
}

}  // namespace stkpy
