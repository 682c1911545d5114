// Settings and Events of a tenant.
#include <stocktracker/tenant/events.hpp>
#include <stocktracker/tenant/settings.hpp>

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"

namespace stkpy {
namespace {

const st::TenantSettings kDefaultSettings;

void bind_events(py::module_& module) {
  py::class_<st::Event>(module, "Event", "Something that happened in a tenant.")
      .def_readonly("number", &st::Event::number, "The cursor; grows with each event of the tenant.")
      .def_property_readonly("id", [](const st::Event& event) { return event.id.text(); })
      .def_readonly("topic", &st::Event::topic)
      .def_property_readonly(
          "payload", [](const st::Event& event) { return py::module_::import("json").attr("loads")(event.payload); },
          "As a dict; its members depend on the topic.")
      .def_readonly("created_at", &st::Event::created_at);
  py::class_<EventsService>(module, "Events",
                            "What happened in the tenant, pulled from a cursor. Kept for thirty days. Thread-safe.")
      .def(
          "after",
          [](const EventsService& events, std::int64_t cursor, int most, const st::Duration& wait,
             const Timeout& timeout) {
            const auto service = events.get();
            const st::EventOptions options{most, wait};
            return as_rows(waiting(events.context(timeout), [&](const st::CallContext& context) {
              return service.after(cursor, options, context);
            }));
          },
          py::arg("cursor"), py::kw_only(), py::arg("most") = 100, py::arg("wait") = st::Duration(),
          py::arg("timeout") = py::none(),
          "The events after the cursor, oldest first. Waits up to `wait` for the first one; empty if none came.")
      .def(
          "oldest",
          [](const EventsService& events) {
            const auto service = events.get();
            return quick([&] { return service.oldest(events.context()); });
          },
          "The cursor from which all kept events are read.")
      .def(
          "newest",
          [](const EventsService& events) {
            const auto service = events.get();
            return quick([&] { return service.newest(events.context()); });
          },
          "The cursor from which only events are read that arrive from now on.");
}

}  // namespace

void bind_settings(py::module_& module) {
  py::class_<st::TenantSettings>(module, "TenantSettings", "Language, time zone, brand, features, low stock.")
      .def(py::init([](std::string locale, std::string zone, std::string brand, std::vector<std::string> features,
                       std::int64_t low_stock) {
             const st::TenantSettings settings{std::move(locale), std::move(zone), std::move(brand),
                                               std::move(features), low_stock};
             value_or_raise(settings.validate());
             return settings;
           }),
           py::kw_only(), py::arg("locale") = kDefaultSettings.locale, py::arg("zone") = kDefaultSettings.zone,
           py::arg("brand") = "", py::arg("features") = std::vector<std::string>(),
           py::arg("low_stock") = kDefaultSettings.low_stock)
      .def_readonly("locale", &st::TenantSettings::locale, "A BCP 47 tag: ru, en, kk-KZ.")
      .def_readonly("zone", &st::TenantSettings::zone, "IANA name: defines days in periods and reports.")
      .def_readonly("brand", &st::TenantSettings::brand)
      .def_readonly("features", &st::TenantSettings::features)
      .def_readonly("low_stock", &st::TenantSettings::low_stock, "Units: at or below it is low.")
      .def(
          "__eq__", [](const st::TenantSettings& a, const st::TenantSettings& b) { return a == b; }, py::arg("other"),
          py::is_operator());
  py::class_<SettingsService>(module, "Settings", "The settings of the tenant. Thread-safe.")
      .def(
          "get",
          [](const SettingsService& settings) {
            const auto service = settings.get();
            return quick([&] { return service.get(settings.context()); });
          },
          "Defaults if nothing was changed.")
      .def(
          "change",
          [](const SettingsService& settings, std::optional<std::string> locale, std::optional<std::string> zone,
             std::optional<std::string> brand, std::optional<std::vector<std::string>> features,
             std::optional<std::int64_t> low_stock, const std::string& actor) {
            auto service = settings.get();
            const auto context = settings.context({}, actor);
            return quick([&]() -> st::Result<st::TenantSettings> {
              STK_TRY(auto all, service.get(context));
              if (locale) all.locale = std::move(*locale);
              if (zone) all.zone = std::move(*zone);
              if (brand) all.brand = std::move(*brand);
              if (features) all.features = std::move(*features);
              if (low_stock) all.low_stock = *low_stock;
              STK_TRY(service.change(all, context));
              return all;
            });
          },
          py::kw_only(), py::arg("locale") = py::none(), py::arg("zone") = py::none(), py::arg("brand") = py::none(),
          py::arg("features") = py::none(), py::arg("low_stock") = py::none(), py::arg("actor") = "",
          "Changes the settings that are given, all of them or none; returns the settings. Reads them first: a "
          "principal "
          "needs settings.read, too.");
  bind_events(module);
}

}  // namespace stkpy
