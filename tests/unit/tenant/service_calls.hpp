// Every public function of the services that a tenant's handle gives, as a row that can be called.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/stocktracker.hpp>

struct ServiceCall {
  const char* name;  // "Stock::total"
  std::vector<stocktracker::Permission> needs;
  // How it ended; nullopt: it was done.
  std::function<std::optional<stocktracker::Error>(const stocktracker::TenantEngine&, const stocktracker::CallContext&)>
      run;
};

// `account` is what the calls ask about, `credentials` what they connect.
std::vector<ServiceCall> service_calls(const stocktracker::AccountId& account,
                                       std::function<stocktracker::Credentials()> credentials);
