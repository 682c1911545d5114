// Keys of stored credentials, and reports of rotations, as JSON and as text.
#pragma once

#include <string>

#include <stocktracker/tenant/keys.hpp>

#include "server/render/sink.hpp"

namespace server {

enum class KeyChange : unsigned char { master, data, discard };

[[nodiscard]] std::string to_json(const stocktracker::KeyStatus& status);
[[nodiscard]] std::string to_json(const stocktracker::KeyRotationReport& report);
void key_status_as_text(const stocktracker::KeyStatus& status, Sink& sink);
void rotation_as_text(const stocktracker::KeyRotationReport& report, KeyChange change, Sink& sink);

}  // namespace server
