// World, WorldServer, its faults and its clock: a marketplace for tests.
#include <stocktracker/testing/world.hpp>
#include <stocktracker/testing/world_server.hpp>

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"

namespace stkpy {
namespace {

namespace tt = st::testing;

std::unique_ptr<tt::World> make_world(std::uint64_t seed, int offers, int marketplace_warehouses, int seller_warehouses,
                                      int orders_per_offer_day_x100, int cancel_percent, int return_percent,
                                      int undisclosed_percent, bool limits, std::optional<st::Instant> start,
                                      std::optional<std::vector<st::Channel>> channels, bool warehouse_groups) {
  tt::WorldOptions options;
  options.seed = seed;
  options.offers = offers;
  options.marketplace_warehouses = marketplace_warehouses;
  options.seller_warehouses = seller_warehouses;
  options.orders_per_offer_day_x100 = orders_per_offer_day_x100;
  options.cancel_percent = cancel_percent;
  options.return_percent = return_percent;
  options.undisclosed_percent = undisclosed_percent;
  options.limits = limits;
  if (start) options.start = *start;
  if (channels) options.channels = std::move(*channels);
  options.warehouse_groups = warehouse_groups;
  value_or_raise(options.validate());
  return std::make_unique<tt::World>(options);
}

void bind_faults(py::module_& module) {
  py::class_<tt::Fault>(module, "Fault", "A fault of the simulated marketplace.")
      .def(py::init([](tt::FaultKind kind, st::Channel channel, std::string path, int status, st::Duration wait,
                       std::size_t size, st::Duration lasts, int times) {
             return tt::Fault{kind, channel, std::move(path), status, wait, size, lasts, times};
           }),
           py::arg("kind"), py::kw_only(), py::arg("channel") = st::Channel(), py::arg("path") = "",
           py::arg("status") = 503, py::arg("wait") = st::Duration(), py::arg("size") = 1,
           py::arg("lasts") = st::Duration(), py::arg("times") = 0)
      .def_readonly("kind", &tt::Fault::kind)
      .def_readonly("path", &tt::Fault::path)
      .def_readonly("status", &tt::Fault::status);
  module.def("throttle", &tt::throttle, py::arg("channel"), py::arg("wait"), "429 until `wait` has passed.");
  module.def("answer_status", &tt::answer_status, py::arg("status"), py::arg("times"), py::arg("path") = "");
  module.def("truncate_body", &tt::truncate_body, py::arg("times"), py::arg("path") = "");
  module.def("reset_connection", &tt::reset_connection, py::arg("times"), py::arg("path") = "");
  py::class_<tt::WorldFaults>(module, "WorldFaults", "The faults of a world; times count from its start.")
      .def(
          "at",
          [](const tt::WorldFaults& faults, st::Duration after_start, const tt::Fault& fault) {
            faults.at(after_start, fault);
            return faults;
          },
          py::arg("after_start"), py::arg("fault"), py::keep_alive<0, 1>())
      .def("clear", &tt::WorldFaults::clear);
}

}  // namespace

void bind_world(py::module_& module) {
  bind_faults(module);
  py::class_<tt::TruePosition>(module, "TruePosition", "The true stock of one position in the world.")
      .def_readonly("offer", &tt::TruePosition::offer)
      .def_readonly("listing", &tt::TruePosition::listing)
      .def_readonly("article", &tt::TruePosition::article)
      .def_readonly("warehouse", &tt::TruePosition::warehouse)
      .def_readonly("kind", &tt::TruePosition::kind)
      .def_readonly("on_hand", &tt::TruePosition::on_hand)
      .def_readonly("to_client", &tt::TruePosition::to_client)
      .def_readonly("from_client", &tt::TruePosition::from_client)
      .def_readonly("reserved", &tt::TruePosition::reserved);
  py::class_<tt::TrueOrder>(module, "TrueOrder", "The true state of one order line in the world.")
      .def_readonly("key", &tt::TrueOrder::key)
      .def_readonly("offer", &tt::TrueOrder::offer)
      .def_readonly("warehouse_name", &tt::TrueOrder::warehouse_name)
      .def_readonly("status", &tt::TrueOrder::status)
      .def_readonly("kind", &tt::TrueOrder::kind)
      .def_readonly("quantity", &tt::TrueOrder::quantity)
      .def_readonly("ordered_at", &tt::TrueOrder::ordered_at)
      .def_readonly("changed_at", &tt::TrueOrder::changed_at);
  py::class_<tt::World>(module, "World",
                        "A marketplace with sellers, warehouses and buyers, in virtual time and without a network.")
      .def(py::init(&make_world), py::kw_only(), py::arg("seed") = 1, py::arg("offers") = 100,
           py::arg("marketplace_warehouses") = 8, py::arg("seller_warehouses") = 2,
           py::arg("orders_per_offer_day_x100") = 50, py::arg("cancel_percent") = 8, py::arg("return_percent") = 12,
           py::arg("undisclosed_percent") = 25, py::arg("limits") = false, py::arg("start") = py::none(),
           py::arg("channels") = py::none(), py::arg("warehouse_groups") = false)
      .def_property_readonly("transport", &tt::World::transport, "For open(transport=...).")
      .def_property_readonly("clock", &tt::World::clock, "For open(clock=...).")
      .def(
          "token",
          [](const tt::World& world, st::Channel channel, tt::WildberriesTokenType type,
             std::optional<std::vector<std::string>> categories, std::optional<st::Duration> lives) {
            tt::WildberriesToken shape;
            shape.type = type;
            if (categories) shape.categories = std::move(*categories);
            if (lives) shape.lives = *lives;
            return world.token(channel, shape);
          },
          py::arg("channel") = st::Channel::wildberries, py::kw_only(),
          py::arg("type") = tt::WildberriesTokenType::personal, py::arg("categories") = py::none(),
          py::arg("lives") = py::none(), "A well-formed token of the seller.")
      .def("seller", &tt::World::seller, py::arg("channel") = st::Channel::wildberries,
           "The seller's identity there: a Wildberries sid, an Ozon Client-Id, a Yandex Market business id.")
      .def_property_readonly(
          "faults", [](tt::World& world) { return world.faults(); }, py::keep_alive<0, 1>())
      .def(
          "run_for",
          [](tt::World& world, st::Duration total, st::Duration every, const py::object& body) {
            world.run_for(total, tt::every(every), [&] { body(); });
          },
          py::arg("total"), py::arg("every"), py::arg("body"),
          "Moves the time: calls `body` at once and then after each interval.")
      .def(
          "truth", [](const tt::World& world, st::Channel channel) { return world.truth(channel); },
          py::arg("channel") = st::Channel::wildberries,
          "The positions that a reader of the API can know now, to compare with in tests.")
      .def(
          "true_total", [](const tt::World& world, st::Channel channel) { return world.true_total(channel); },
          py::arg("channel") = st::Channel::wildberries)
      .def(
          "order_truth", [](const tt::World& world, st::Channel channel) { return world.order_truth(channel); },
          py::arg("channel") = st::Channel::wildberries, "Every order placed there since the start.")
      .def_property_readonly("orders", &tt::World::orders)
      .def_property_readonly("requests", &tt::World::requests)
      .def_property_readonly("rejections", &tt::World::rejections)
      .def("trash_card", &tt::World::trash_card, py::arg("n"))
      .def("uncard", &tt::World::uncard, py::arg("n"))
      .def("empty_report_until", &tt::World::empty_report_until, py::arg("until"))
      .def("silence_fbs", &tt::World::silence_fbs, py::arg("n"))
      .def("close_seller_warehouse", &tt::World::close_seller_warehouse, py::arg("n"))
      .def("disclose_warehouses", &tt::World::disclose_warehouses)
      .def("stand_still", &tt::World::stand_still)
      .def("set_fbs", &tt::World::set_fbs, py::arg("n"), py::arg("seller_warehouse"), py::arg("amount"));
  py::class_<tt::WorldServer>(module, "WorldServer", "Serves a world over HTTP on this machine.")
      .def(py::init([](tt::World& world, std::uint16_t port, int speed) {
             return value_or_raise(tt::WorldServer::start(world, {.port = port, .speed = speed}));
           }),
           py::arg("world"), py::kw_only(), py::arg("port") = 0, py::arg("speed") = 1, py::keep_alive<1, 2>())
      .def_property_readonly("url", &tt::WorldServer::url);
}

}  // namespace stkpy
