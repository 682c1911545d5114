// A sorted list of words from a file.
#include <stocktracker/identity/common_passwords.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include "core/ascii.hpp"

namespace stocktracker::inline v0 {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

Error unreadable(const std::string& path, int why) {
  return Error(Errc::io_failed, path + " cannot be read: " + std::strerror(why)).about("path");
}

Result<std::string> content_of(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  if (!file) return unreadable(path, errno);
  std::string text;
  char chunk[16'384];
  while (const std::size_t size = std::fread(chunk, 1, sizeof chunk, file.get())) {
    if (text.size() + size > CommonPasswords::kMostBytes) {
      return Error(Errc::invalid_text, path + " has more than 64 MiB: it is no list of words").about("path");
    }
    text.append(chunk, size);
  }
  if (std::ferror(file.get()) != 0) return unreadable(path, errno);
  return text;
}

void make_small(std::string& word) noexcept {
  for (char& c : word) c = ascii_lower(c);
}

}  // namespace

CommonPasswords::CommonPasswords(std::vector<std::string> words) : words_(std::move(words)) {
  std::erase(words_, std::string());
  for (std::string& word : words_) make_small(word);
  std::sort(words_.begin(), words_.end());
  words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
  words_.shrink_to_fit();
}

Result<CommonPasswords> CommonPasswords::from_file(const std::string& path) {
  STK_TRY(const std::string text, content_of(path));
  std::vector<std::string> words;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    words.emplace_back(line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  CommonPasswords list(std::move(words));
  if (list.size() == 0) return Error(Errc::invalid_text, path + " has no word").about("path");
  return list;
}

bool CommonPasswords::contains(const Secret& password) const {
  std::string small(password.reveal());
  make_small(small);
  const Secret wiped(std::move(small));
  return std::binary_search(words_.begin(), words_.end(), wiped.reveal(), std::less<>());
}

}  // namespace stocktracker::inline v0
