/// MeasuredStorage: measures the transactions of any storage.
#pragma once

#include <memory>

#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>
#include <stocktracker/ports/telemetry.hpp>

namespace stocktracker::inline v0 {

/// The same storage; each transaction is counted, with its time, its wait and its repetitions. Thread-safe.
[[nodiscard]] std::shared_ptr<Storage> measured(std::shared_ptr<Storage> storage, std::shared_ptr<Clock> clock,
                                                std::shared_ptr<Telemetry> telemetry);

}  // namespace stocktracker::inline v0
