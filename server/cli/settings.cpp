// `settings`: shows and changes a tenant's settings.
#include <algorithm>
#include <charconv>
#include <sstream>
#include <string>
#include <vector>

#include <stocktracker/analytics/period.hpp>

#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/settings.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct SettingsOptions {
  NetworkOptions network;
  std::vector<std::string> set;  // NAME=VALUE
  bool json = false;
};

st::Result<void> take(st::TenantSettings& settings, const std::string& given) {
  const std::size_t equals = given.find('=');
  const std::string name = given.substr(0, equals);
  const std::string value = equals == std::string::npos ? std::string() : given.substr(equals + 1);
  if (name == "locale") {
    settings.locale = value;
  } else if (name == "zone") {
    settings.zone = value;
  } else if (name == "brand") {
    settings.brand = value;
  } else if (name == "features") {
    std::istringstream words(value);
    settings.features.clear();
    for (std::string word; words >> word;) settings.features.push_back(word);
    std::sort(settings.features.begin(), settings.features.end());
    settings.features.erase(std::unique(settings.features.begin(), settings.features.end()), settings.features.end());
  } else if (name == "low_stock") {
    const auto read = std::from_chars(value.data(), value.data() + value.size(), settings.low_stock);
    if (read.ec != std::errc() || read.ptr != value.data() + value.size()) {
      return st::Error(st::Errc::invalid_argument, "low_stock must be a number").about("low_stock");
    }
  } else {
    return st::Error(st::Errc::invalid_argument, "there is no setting " + name).about("set");
  }
  return st::success();
}

void print(const st::TenantSettings& settings, bool json) {
  standard_output().append(json ? to_json(settings) + "\n" : settings_text(settings));
}

st::Result<void> show_or_change(const Session& session, const SettingsOptions& options) {
  if (options.set.empty()) {
    STK_TRY(const auto engine, open_for_reading(session));
    STK_TRY(const auto settings, engine.settings().get(session.context));
    print(settings, options.json);
    return st::success();
  }
  STK_TRY(auto engine, open_for_work(session, options.network, false));
  STK_TRY(auto settings, engine.settings().get(session.context));
  for (const std::string& given : options.set) {
    STK_TRY(take(settings, given));
  }
  STK_TRY(settings.validate());
  STK_TRY(st::zone_offset(settings.zone, engine.clock().now()));  // the store checks only the form of the name
  STK_TRY(engine.settings().change(settings, session.context));
  print(settings, options.json);
  return st::success();
}

class SettingsCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command =
        app.add_subcommand("settings", "Show or change locale, time zone, brand, features and the low-stock threshold");
    add_db(*command, session);
    command->add_option("--set", options_.set, "NAME=VALUE, e.g. low_stock=5 or 'features=beta reports'");
    add_keys(*command, options_.network.keys);
    command->add_flag("--json", options_.json, "As JSON");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = show_or_change(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  SettingsOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_settings() { return std::make_unique<SettingsCommand>(); }

}  // namespace server
