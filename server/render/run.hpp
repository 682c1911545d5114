// Runs and their sources, as text and as a table.
#pragma once

#include <string>

#include <stocktracker/marketplace/accounts.hpp>
#include <stocktracker/sync/run.hpp>

#include "server/render/text_table.hpp"

namespace server {

// Why a source ended as it did, and what its answer left out; empty only if there was no problem.
[[nodiscard]] std::string why_of(const stocktracker::SourceOutcome& source);
// For lists of runs: one row per source; the first row of a run names the run.
[[nodiscard]] TextTable run_table();
void add_run(TextTable& table, const stocktracker::SyncRun& run);
// For a single run: a line, and a table of its sources.
void run_as_text(const stocktracker::Account& account, const stocktracker::SyncRun& run, Sink& sink);

}  // namespace server
