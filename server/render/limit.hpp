// Request limits of an account.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/http/limits.hpp>
#include <stocktracker/sync/source.hpp>

#include "server/app/accounts.hpp"
#include "server/render/text_table.hpp"

namespace server {

// What the table says for one account, as objects of an array.
void write_limits(stocktracker::JsonWriter& json, const stocktracker::LimitTable& limits, const KnownAccount& known);
[[nodiscard]] TextTable limit_table();
void add_limits(TextTable& table, const stocktracker::LimitTable& limits, const KnownAccount& known);
// A line for each source that waits.
[[nodiscard]] std::string waiting_text(const std::vector<stocktracker::SourceStatus>& sources);

}  // namespace server
