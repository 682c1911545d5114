// Every public function of the services that a tenant's handle gives, as a row that can be called.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/stocktracker.hpp>

// Of the handle of one tenant, or of the engine, which has the same services without a principal.
template <class Handle>
struct CallOf {
  const char* name;  // "Stock::total"
  std::vector<stocktracker::Permission> needs;
  // How it ended; nullopt: it was done.
  std::function<std::optional<stocktracker::Error>(const Handle&, const stocktracker::CallContext&)> run;
};
using ServiceCall = CallOf<stocktracker::TenantEngine>;
using EngineCall = CallOf<stocktracker::Engine>;

// `account` is what the calls ask about, `credentials` what they connect.
std::vector<ServiceCall> service_calls(const stocktracker::AccountId& account,
                                       std::function<stocktracker::Credentials()> credentials);
std::vector<EngineCall> engine_calls(const stocktracker::AccountId& account,
                                     std::function<stocktracker::Credentials()> credentials);
