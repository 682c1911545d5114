// Telemetry of the binary: log events go to standard error through spdlog.
#pragma once

#include <memory>
#include <string>

#include <stocktracker/ports/telemetry.hpp>

namespace server {

// `level`: debug, info, warning, error or off.
std::shared_ptr<stocktracker::Telemetry> make_log(const std::string& level);

}  // namespace server
