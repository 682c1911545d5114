#include <algorithm>
#include <charconv>
#include <cstdio>
#include <sstream>

#include <stocktracker/core/json_writer.hpp>

#include "commands.hpp"
#include "terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

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
  const std::string features = joined(settings.features);
  if (json) {
    std::string out;
    st::JsonWriter writer(out);
    writer.begin_object()
        .field("locale", std::string_view(settings.locale))
        .field("zone", std::string_view(settings.zone));
    writer.field("brand", std::string_view(settings.brand)).field("features", std::string_view(features));
    writer.field("low_stock", settings.low_stock).end_object();
    emit(stdout, out + "\n");
    return;
  }
  emitf(stdout, "locale     %s\nzone       %s\nbrand      %s\nfeatures   %s\nlow_stock  %lld\n",
        shown(settings.locale).c_str(), shown(settings.zone).c_str(), shown(settings.brand).c_str(), features.c_str(),
        static_cast<long long>(settings.low_stock));
}

st::Result<void> show_or_change(const Session& session, const SettingsCommand& options) {
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
  STK_TRY(st::zone_offset(settings.zone, engine.clock().now()));  // the store itself checks the form of the name alone
  STK_TRY(engine.settings().change(settings, session.context));
  print(settings, options.json);
  return st::success();
}

}  // namespace

ExitCode run_settings(const Session& session, const SettingsCommand& options) {
  const auto done = show_or_change(session, options);
  return done ? kOk : report(done.error());
}

}  // namespace server
