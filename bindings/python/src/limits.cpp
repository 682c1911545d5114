// LimitTable and its rules; QuotaStatus: what is left of one limit.
#include "bindings/python/src/engine.hpp"

namespace stkpy {

void bind_limits(py::module_& module) {
  py::class_<st::LimitRule>(module, "LimitRule",
                            "A token bucket: a burst of requests at once, and one more each interval.")
      .def(py::init([](std::string vendor, st::Duration interval, int burst, std::string category,
                       std::vector<std::string> methods, std::vector<std::string> tiers) {
             if (interval <= st::Duration::zero()) {
               raise(st::Error(st::Errc::invalid_argument, "interval must be above zero").about("interval"));
             }
             if (burst < 1) raise(st::Error(st::Errc::invalid_argument, "burst must be at least 1").about("burst"));
             st::LimitRule rule;
             rule.vendor = std::move(vendor);
             rule.category = std::move(category);
             rule.methods = std::move(methods);
             rule.tiers = std::move(tiers);
             rule.interval = interval;
             rule.burst = burst;
             rule.requests = 1;
             rule.period = interval;
             return rule;
           }),
           py::arg("vendor"), py::kw_only(), py::arg("interval"), py::arg("burst") = 1, py::arg("category") = "",
           py::arg("methods") = std::vector<std::string>{}, py::arg("tiers") = std::vector<std::string>{})
      .def_readonly("vendor", &st::LimitRule::vendor)
      .def_readonly("category", &st::LimitRule::category)
      .def_readonly("methods", &st::LimitRule::methods)
      .def_readonly("tiers", &st::LimitRule::tiers)
      .def_readonly("interval", &st::LimitRule::interval)
      .def_readonly("burst", &st::LimitRule::burst);
  py::class_<st::ParallelRule>(module, "ParallelRule", "The maximum number of simultaneous requests of one seller.")
      .def(py::init([](std::string vendor, int requests, std::string category) {
             if (requests < 1 || requests > st::LimitTable::kMostParallel) {
               raise(st::Error(st::Errc::invalid_argument,
                               "requests must be 1 to " + std::to_string(st::LimitTable::kMostParallel))
                         .about("requests"));
             }
             return st::ParallelRule{std::move(vendor), std::move(category), requests};
           }),
           py::arg("vendor"), py::kw_only(), py::arg("requests"), py::arg("category") = "")
      .def_readonly("vendor", &st::ParallelRule::vendor)
      .def_readonly("category", &st::ParallelRule::category)
      .def_readonly("requests", &st::ParallelRule::requests);
  py::class_<st::LimitTable>(module, "LimitTable", "The vendors' request limits. Empty: no limit is known.")
      .def(py::init([](std::vector<st::LimitRule> limits, std::vector<st::ParallelRule> parallel) {
             return st::LimitTable{std::move(limits), {}, std::move(parallel)};
           }),
           py::arg("limits") = std::vector<st::LimitRule>{}, py::kw_only(),
           py::arg("parallel") = std::vector<st::ParallelRule>{})
      .def_static("parse", &st::LimitTable::parse, py::arg("json"),
                  "Reads a table from JSON, strictly. The error names the fault.")
      .def_static(
          "shipped", [] { return st::LimitTable::shipped(); }, "The table compiled into the library.")
      .def_readonly("limits", &st::LimitTable::limits)
      .def_readonly("parallel", &st::LimitTable::parallel)
      .def("__len__", [](const st::LimitTable& table) { return table.limits.size(); });
  py::class_<st::QuotaStatus>(module, "QuotaStatus", "The state of one limit.")
      .def_property_readonly("vendor", [](const st::QuotaStatus& q) { return q.rule.vendor; })
      .def_property_readonly("category", [](const st::QuotaStatus& q) { return q.rule.category; })
      .def_property_readonly("methods", [](const st::QuotaStatus& q) { return q.rule.methods; })
      .def_readonly("owner", &st::QuotaStatus::owner)
      .def_readonly("tier", &st::QuotaStatus::tier)
      .def_readonly("burst", &st::QuotaStatus::burst)
      .def_readonly("interval", &st::QuotaStatus::interval)
      .def_readonly("available", &st::QuotaStatus::available, "Requests that may go now; negative: in debt.")
      .def_readonly("wait", &st::QuotaStatus::wait)
      .def_readonly("learned", &st::QuotaStatus::learned);
}

}  // namespace stkpy
