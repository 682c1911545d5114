// A running simulation as JSON.
#include "server/render/simulation.hpp"

#include <stocktracker/core/json_writer.hpp>

namespace server {

namespace st = stocktracker;

std::string to_json(std::string_view url, const std::vector<SimulatedAccount>& accounts) {
  std::string line;
  st::JsonWriter json(line);
  json.begin_object().field("url", url);
  for (const SimulatedAccount& account : accounts) {
    if (account.channel == st::Channel::wildberries) {
      json.field("token", account.token.reveal());
      continue;
    }
    json.key(account.channel.code()).begin_object();
    json.field(account.channel == st::Channel::ozon ? "client_id" : "business", std::string_view(account.seller));
    json.field("api_key", account.token.reveal()).end_object();
  }
  json.end_object();
  return line;
}

}  // namespace server
