// Request limits of an account as JSON and as a table.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/http/limits.hpp>
#include <stocktracker/sync/source.hpp>

#include "server/app/accounts.hpp"
#include "server/render/text_table.hpp"

namespace server {

// The rules that apply to one account, as objects of an array.
void write_limits(stocktracker::JsonWriter& json, const stocktracker::LimitTable& limits, const KnownAccount& known);
[[nodiscard]] TextTable limit_table();
void add_limits(TextTable& table, const stocktracker::LimitTable& limits, const KnownAccount& known);
// One line for each waiting source.
[[nodiscard]] std::string waiting_text(const std::vector<stocktracker::SourceStatus>& sources);

}  // namespace server
