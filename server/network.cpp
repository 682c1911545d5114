#include "network.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <stocktracker/adapters/curl.hpp>

#include "database_url.hpp"

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

}  // namespace

st::Result<st::LimitTable> limits_of(const NetworkOptions& options) {
  if (options.limits.empty()) return st::LimitTable::shipped();
  STK_TRY(const auto text, text_of(options.limits));
  auto table = st::LimitTable::parse(text);
  if (!table) return std::move(table).error().about("--limits");
  return table;
}

st::Result<st::Engine> open_for_work(const Session& session, const NetworkOptions& options, bool may_create) {
  struct stat status {};
  if (!is_url(session.db) && !may_create && ::stat(session.db.c_str(), &status) != 0) {
    return st::Error(st::Errc::not_found, "there is no store " + session.db +
                                              "; `stocktracker connect wildberries --db " + session.db + "` makes one");
  }
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
  return st::open(std::move(open));
}

}  // namespace server
