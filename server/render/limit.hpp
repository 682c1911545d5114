// Request limits of an account as JSON and as a table.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/http/limits.hpp>
#include <stocktracker/sync/source.hpp>

#include "server/app/accounts.hpp"
#include "server/render/text_table.hpp"

namespace server {

// A JSON array with the rules that apply to each account.
[[nodiscard]] std::string to_json(const stocktracker::LimitTable& limits, const std::vector<KnownAccount>& accounts);
[[nodiscard]] TextTable limit_table();
void add_limits(TextTable& table, const stocktracker::LimitTable& limits, const KnownAccount& known);
// One line for each waiting source.
[[nodiscard]] std::string waiting_text(const std::vector<stocktracker::SourceStatus>& sources);

}  // namespace server
