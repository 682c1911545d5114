// The report task on remains: ordered, prepared for some seconds, fetched.
#include <algorithm>
#include <map>
#include <string>

#include <stocktracker/core/json_writer.hpp>

#include "testing/world/core/random.hpp"
#include "testing/world/wildberries/face.hpp"

namespace stocktracker::inline v0::testing::world {
namespace {

constexpr auto kPreparation = std::chrono::seconds(7);
constexpr auto kQueue = std::chrono::seconds(2);
constexpr auto kKept = std::chrono::hours(2);

bool asks(std::string_view url, std::string_view parameter) {
  const std::size_t query = url.find('?');
  if (query == std::string_view::npos) return false;
  return url.substr(query).find(std::string(parameter) + "=true") != std::string_view::npos;
}

// A UUID of the answers' own stream.
std::string uuid_of(std::string hex) {
  for (const std::size_t at : {8U, 13U, 18U, 23U}) hex.insert(at, 1, '-');
  return hex;
}

}  // namespace

const WildberriesFace::Task* WildberriesFace::task_of(const Call& call) const {
  constexpr std::string_view kBefore = "/tasks/";
  const std::size_t from = call.path.find(kBefore) + kBefore.size();
  const std::string_view id = call.path.substr(from, call.path.rfind('/') - from);
  const auto found = std::find_if(tasks_.begin(), tasks_.end(), [&](const Task& task) { return task.id == id; });
  if (found == tasks_.end() || call.now - found->ordered > kKept) return nullptr;
  return &*found;
}

HttpResponse WildberriesFace::remains_create(const Call& call) {
  const std::string& url = call.request.url;
  tasks_.push_back({uuid_of(request_id()), call.now, asks(url, "groupByNm"), asks(url, "groupByBarcode"),
                    asks(url, "groupBySize"), asks(url, "groupBySa")});
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("data").begin_object().field("taskId", tasks_.back().id).end_object().end_object();
  return json_answer(200, std::move(body));
}

HttpResponse WildberriesFace::remains_status(const Call& call) {
  const Task* task = task_of(call);
  if (task == nullptr) return gateway_problem(call, 404, "Not Found", "not found", "Not Found");
  const Duration age = call.now - task->ordered;
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("data").begin_object().field("id", task->id);
  json.field("status", age < kQueue ? "new" : age < kPreparation ? "processing" : "done").end_object().end_object();
  return json_answer(200, std::move(body));
}

HttpResponse WildberriesFace::remains_download(const Call& call) {
  const Task* task = task_of(call);
  if (task == nullptr || call.now - task->ordered < kPreparation) {
    return gateway_problem(call, 404, "Not Found", "not found", "Not Found");
  }
  // By size, then by the name of the warehouse: the hidden ones are one.
  struct Sums {
    std::map<std::string, std::int64_t> on_hand;
    std::int64_t to_client = 0;
    std::int64_t from_client = 0;
  };
  std::map<std::uint32_t, Sums> by_size;
  if (!report_is_empty(call.now)) {
    for (const std::uint32_t index : report_order()) {
      const FboRow& row = commerce_.fbo()[index];
      const MarketplaceWarehouse& warehouse = catalogue_.marketplace_warehouses[row.warehouse];
      Sums& sums = by_size[row.size];
      sums.on_hand[warehouse.hidden ? "Склад WB РФ" : warehouse.name] += row.published.on_hand;
      sums.to_client += row.published.to_client;
      sums.from_client += row.published.from_client;
    }
  }
  HttpResponse nothing;
  nothing.status = 204;
  if (by_size.empty()) return nothing;
  std::string body;
  JsonWriter json(body);
  json.begin_array();
  for (const auto& [index, sums] : by_size) {
    const Size& size = catalogue_.sizes[index];
    const Card& card = catalogue_.cards[size.card];
    json.begin_object();
    if (task->by_article) json.field("vendorCode", card.article);
    if (task->by_nm) json.field("nmId", card.id);
    if (task->by_barcode) {
      json.field("barcode", size.barcodes > 0 ? catalogue_.barcodes[size.first_barcode].text() : std::string());
    }
    if (task->by_size) json.field("techSize", size.name);
    json.key("warehouses").begin_array();
    const auto place = [&](std::string_view name, std::int64_t quantity) {
      if (quantity != 0) json.begin_object().field("warehouseName", name).field("quantity", quantity).end_object();
    };
    std::int64_t total = 0;
    for (const auto& [name, quantity] : sums.on_hand) total += quantity;
    place("В пути до получателей", sums.to_client);
    place("В пути возвраты на склад WB", sums.from_client);
    place("Всего находится на складах", total);
    for (const auto& [name, quantity] : sums.on_hand) place(name, quantity);
    json.end_array().end_object();
  }
  json.end_array();
  return json_answer(200, std::move(body));
}

}  // namespace stocktracker::inline v0::testing::world
