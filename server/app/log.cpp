// Writes events of the library as lines of spdlog.
#include "server/app/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <stocktracker/core/visible_text.hpp>

namespace server {
namespace {

spdlog::level::level_enum level_of(stocktracker::Severity severity) {
  switch (severity) {
    case stocktracker::Severity::debug:
      return spdlog::level::debug;
    case stocktracker::Severity::info:
      return spdlog::level::info;
    case stocktracker::Severity::warning:
      return spdlog::level::warn;
    case stocktracker::Severity::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

class Log final : public stocktracker::Telemetry {
 public:
  explicit Log(const std::string& level) : logger_(spdlog::stderr_color_mt("stocktracker")) {
    logger_->set_level(spdlog::level::from_str(level));
    logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  }
  ~Log() override { spdlog::drop(logger_->name()); }

  void log(const stocktracker::LogEvent& event) noexcept override {
    try {
      std::string line = std::string(event.name) + " " + std::string(event.message);
      for (const auto& field : event.fields) line += " " + std::string(field.name) + "=" + std::string(field.value);
      logger_->log(level_of(event.severity), stocktracker::visible(line));
    } catch (...) {
      // The process must not end because a log line cannot be written.
    }
  }

 private:
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace

std::shared_ptr<stocktracker::Telemetry> make_log(const std::string& level) { return std::make_shared<Log>(level); }

}  // namespace server
