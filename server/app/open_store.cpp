// Opens an engine for a session: on a file, a folder or a server.
#include "server/app/open_store.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/adapters/system.hpp>

#include "server/app/database_url.hpp"

namespace server {
namespace {

namespace st = stocktracker;

constexpr std::size_t kLargestFile = std::size_t{4} << 20;

st::Result<std::string> text_of(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    return st::Error(errno == ENOENT ? st::Errc::not_found : st::Errc::io_failed, path + ": " + std::strerror(errno));
  }
  std::string text;
  char bytes[4096];
  std::size_t size = 0;
  while (text.size() <= kLargestFile && (size = std::fread(bytes, 1, sizeof bytes, file)) > 0) text.append(bytes, size);
  std::fclose(file);
  if (text.size() > kLargestFile) return st::Error(st::Errc::invalid_argument, path + " is too large");
  return text;
}

// As a shell reads it back: in quotes if it has a blank or a sign that a shell would interpret.
std::string shell_word(const std::string& text) {
  const auto is_plain = [](unsigned char c) {
    return c >= 0x80 || std::isalnum(c) != 0 || std::strchr("_./:@%+=,-", c) != nullptr;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// A path that ends with '/' is a folder of tenants: without its control plane there is no tenant in it yet. A path that
// this user may not look at is not a missing store: opening it says why.
bool is_there(const std::string& path) {
  struct stat status {};
  if (::stat((path.ends_with('/') ? path + "control.db" : path).c_str(), &status) == 0) return true;
  return errno != ENOENT && errno != ENOTDIR;
}

// In a folder of tenants the first tenant is created before an account can be connected.
st::Error missing_store(const Session& session) {
  const bool folder = session.db.ends_with('/');
  return st::Error(st::Errc::not_found, "there is no store " + session.db + "; create one: stocktracker " +
                                            (folder ? "tenant create NAME" : "connect wildberries") + " --db " +
                                            shell_word(session.db));
}

st::Result<st::Engine> open_with(st::OpenOptions open, const KeyOptions& options) {
  const std::string key_file = open.key_file;
  auto engine = st::open(std::move(open));
  if (!engine) return with_key_option(std::move(engine).error(), key_file, options);
  return engine;
}

}  // namespace

st::Result<st::Engine> open_for_reading(const Session& session) {
  if (is_url(session.db)) {
    STK_TRY(auto storage, open_url(session));
    return st::open({.storage = std::move(storage), .read_only = true, .telemetry = session.telemetry});
  }
  if (!is_there(session.db)) return missing_store(session);
  return st::open({.path = session.db, .read_only = true, .telemetry = session.telemetry});
}

st::Result<st::Engine> open_for_writing(const Session& session) {
  if (is_url(session.db)) {
    STK_TRY(auto storage, open_url(session));
    return st::open({.storage = std::move(storage), .telemetry = session.telemetry});
  }
  return st::open({.path = session.db, .telemetry = session.telemetry});
}

st::Result<st::Engine> open_for_change(const Session& session) {
  if (!is_url(session.db) && !is_there(session.db)) return missing_store(session);
  return open_for_writing(session);
}

st::Result<st::Engine> open_for_work(const Session& session, const NetworkOptions& options, bool may_create) {
  if (!is_url(session.db) && !may_create && !is_there(session.db)) return missing_store(session);
  STK_TRY(auto limits, limits_of(options));
  STK_TRY(auto network, st::make_curl_transport({.ca_bundle = options.ca_bundle, .proxy = options.proxy}));
  st::OpenOptions open;
  if (is_url(session.db)) {
    STK_TRY(open.storage, open_url(session));
    STK_TRY(open.quota_memory, limits_url(session));
  } else {
    open.path = session.db;
    open.limits_file = companion(session, "limits");
  }
  open.allowed_base_urls = options.allowed_base_urls;
  open.limits = std::move(limits);
  open.transport = std::move(network);
  open.telemetry = session.telemetry;
  STK_TRY(choose_keys(open, session, options.keys));
  return open_with(std::move(open), options.keys);
}

st::Result<st::Engine> open_with_keys(const Session& session, const KeyOptions& options, bool read_only) {
  st::OpenOptions open;
  open.read_only = read_only;
  open.telemetry = session.telemetry;
  if (is_url(session.db)) {
    STK_TRY(open.storage, open_url(session));
  } else if (!is_there(session.db)) {
    return st::Error(st::Errc::not_found, "there is no store " + session.db).about("db");
  } else {
    open.path = session.db;
  }
  STK_TRY(choose_keys(open, session, options));
  return open_with(std::move(open), options);
}

st::Result<st::Engine> open_simulated(const Session& session, const std::string& path, Surroundings surroundings) {
  return st::open({.path = path,
                   .transport = std::move(surroundings.transport),
                   .clock = std::move(surroundings.clock),
                   .random = std::move(surroundings.random),
                   .executor = st::make_inline_executor(),
                   .telemetry = session.telemetry});
}

std::string options_of_store(const Session& session) {
  const std::string tenant = session.tenant.empty() ? "" : " --tenant " + shell_word(session.tenant);
  return "--db " + (is_url(session.db) ? std::string("URL") : shell_word(session.db)) + tenant;
}

st::Result<st::LimitTable> limits_of(const NetworkOptions& options) {
  if (options.limits.empty()) return st::LimitTable::shipped();
  const auto text = text_of(options.limits);
  if (!text) return st::Error(text.error()).about("--limits");
  auto table = st::LimitTable::parse(text.value());
  if (!table) return std::move(table).error().about("--limits");
  return table;
}

}  // namespace server
