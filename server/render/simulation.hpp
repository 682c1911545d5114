// A running simulation as JSON: its address, and the credentials for its accounts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/secret.hpp>
#include <stocktracker/marketplace/channel.hpp>

namespace server {

// Of the simulated seller, on one marketplace.
struct SimulatedAccount {
  stocktracker::Channel channel;
  std::string seller;
  stocktracker::Secret token;
};

// One line without its end.
[[nodiscard]] std::string to_json(std::string_view url, const std::vector<SimulatedAccount>& accounts);

}  // namespace server
