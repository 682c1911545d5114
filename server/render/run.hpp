// Runs and their sources.
#pragma once

#include <string>

#include <stocktracker/marketplace/accounts.hpp>
#include <stocktracker/sync/run.hpp>

#include "server/render/text_table.hpp"

namespace server {

// Why a source of a run ended as it did, and what its answer left out; empty only where all went well.
[[nodiscard]] std::string why_of(const stocktracker::SourceOutcome& source);
// Runs among others: a row a source, the first of which names the run.
[[nodiscard]] TextTable run_table();
void add_run(TextTable& table, const stocktracker::SyncRun& run);
// One run by itself: a line, and a table of its sources.
void run_as_text(const stocktracker::Account& account, const stocktracker::SyncRun& run, Sink& sink);

}  // namespace server
