#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/core/problems.hpp>

namespace stocktracker::inline v0 {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kLargestFile = 64 * 1024;

struct Descriptor {
  explicit Descriptor(int given) noexcept : value(given) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
  int value;
};

/// `origin` is "key file <path>" or the name of a variable.
Error refused(Errc code, const std::string& origin, std::string_view what) {
  return Error(code, origin + ": " + std::string(what)).during("keys");
}
Error failed(Errc code, const std::string& path, std::string_view what) {
  return refused(code, "key file " + path, what);
}

/// 44 characters of base64 to 32 bytes; only the one spelling that encoding them gives passes.
Result<Secret> key_of(std::string_view base64, const std::string& origin, int line) {
  std::array<unsigned char, kKeyBytes + 1> bytes{};
  std::array<unsigned char, 45> again{};
  bool good = base64.size() == 44 &&
              EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(base64.data()), 44) == 33;
  if (good) {
    EVP_EncodeBlock(again.data(), bytes.data(), kKeyBytes);
    good = CRYPTO_memcmp(again.data(), base64.data(), 44) == 0;
  }
  std::string key(reinterpret_cast<const char*>(bytes.data()), kKeyBytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  OPENSSL_cleanse(again.data(), again.size());
  Secret secret(std::move(key));
  if (good) return secret;
  return refused(Errc::key_malformed, origin,
                 "line " + std::to_string(line) + " is not 'ID BASE64-OF-32-BYTES'; restore it from a backup");
}

bool is_key_id(std::string_view id) noexcept {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// One line of a fresh key.
Result<void> write_key(const Descriptor& file, const std::string& path) {
  std::array<unsigned char, kKeyBytes> key{};
  std::array<unsigned char, 4> id{};
  std::array<unsigned char, 45> base64{};
  bool made = RAND_priv_bytes(key.data(), kKeyBytes) == 1 && RAND_bytes(id.data(), 4) == 1;
  if (made) {
    EVP_EncodeBlock(base64.data(), key.data(), kKeyBytes);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string line;
    line.reserve(64);  // growing would leave a copy behind
    line += "k-";
    for (const unsigned char byte : id) line.append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 0x0F]);
    line.append(1, ' ').append(reinterpret_cast<const char*>(base64.data())).append(1, '\n');
    made =
        ::write(file.value, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(file.value) == 0;
    OPENSSL_cleanse(line.data(), line.size());
  }
  OPENSSL_cleanse(key.data(), key.size());
  OPENSSL_cleanse(base64.data(), base64.size());
  if (made) return success();
  return failed(Errc::io_failed, path, "a fresh key could not be written");
}

/// Written whole under another name first: a crash must not leave a key file without its key. A file that another
/// process makes at the same moment is left to it.
Result<void> write_fresh(const std::string& path) {
  std::string draft = path + ".XXXXXX";
  const Descriptor file(::mkostemp(draft.data(), O_CLOEXEC));  // 0600
  if (file.value < 0) return failed(Errc::io_failed, path, std::string("cannot be made: ") + std::strerror(errno));
  auto written = write_key(file, path);
  if (written && ::link(draft.c_str(), path.c_str()) != 0 && errno != EEXIST) {
    written = failed(Errc::io_failed, path, std::string("cannot be made: ") + std::strerror(errno));
  }
  ::unlink(draft.c_str());
  STK_TRY(std::move(written));
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Descriptor entries(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (entries.value >= 0) ::fsync(entries.value);  // so that the name survives a power cut as well
  return success();
}

class KeyFile final : public KeyProvider {
 public:
  KeyFile(std::vector<SealingKey> keys, std::string origin) noexcept
      : keys_(std::move(keys)), origin_(std::move(origin)) {}

  Result<SealingKey> current() override { return SealingKey{keys_.front().id, keys_.front().bytes.clone()}; }
  Result<SealingKey> find(std::string_view id) override {
    for (const SealingKey& key : keys_) {
      if (key.id == id) return SealingKey{key.id, key.bytes.clone()};
    }
    // The id comes from a text that nothing has vouched for yet.
    return refused(Errc::key_missing, origin_,
                   "there is no key " + (is_key_id(id) ? std::string(id) : "of that name") +
                       "; add the line of the key that sealed it below the current one");
  }

 private:
  const std::vector<SealingKey> keys_;
  const std::string origin_;
};

Result<std::vector<SealingKey>> parse(std::string_view text, const std::string& origin) {
  std::vector<SealingKey> keys;
  for (int line = 1; !text.empty(); ++line) {
    std::string_view row = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), row.size() + 1));
    if (row.ends_with('\r')) row.remove_suffix(1);
    if (row.find_first_not_of(" \t") == std::string_view::npos || row.starts_with('#')) continue;
    const std::size_t space = row.find(' ');
    const std::string_view id = row.substr(0, space);
    if (!is_key_id(id)) return refused(Errc::key_malformed, origin, "line " + std::to_string(line) + " has no key id");
    STK_TRY(auto bytes, key_of(space == std::string_view::npos ? "" : row.substr(space + 1), origin, line));
    for (const SealingKey& key : keys) {
      if (key.id == id) return refused(Errc::key_malformed, origin, "the id " + std::string(id) + " is there twice");
    }
    keys.push_back({std::string(id), std::move(bytes)});
  }
  if (keys.empty()) return refused(Errc::key_missing, origin, "holds no key");
  return keys;
}

}  // namespace

Result<void> KeyFileOptions::validate() const {
  Problems problems;
  problems.require(!path.empty(), "path", "must name a file");
  return problems.result("KeyFileOptions");
}

Result<std::shared_ptr<KeyProvider>> make_key_file(KeyFileOptions options) {
  STK_TRY(options.validate());
  Descriptor file(::open(options.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file.value < 0 && errno == ENOENT && options.create) {
    STK_TRY(write_fresh(options.path));
    file.value = ::open(options.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  if (file.value < 0) {
    const int why = errno;
    return failed(why == ENOENT ? Errc::key_missing : Errc::io_failed, options.path,
                  why == ENOENT
                      ? "is missing; restore it from a backup: without it stored credentials stay closed, and "
                        "with a fresh key every account must be connected again"
                      : std::string("cannot be read: ") + std::strerror(why));
  }
  struct stat status {};
  if (::fstat(file.value, &status) != 0 || !S_ISREG(status.st_mode)) {
    return failed(Errc::key_malformed, options.path, "is not a regular file");
  }
  if ((status.st_mode & 0077) != 0) {
    return failed(Errc::key_exposed, options.path, "can be read by others; run: chmod 600 " + options.path);
  }
  if (static_cast<std::size_t>(status.st_size) > kLargestFile) {
    return failed(Errc::key_malformed, options.path, "is too large to be a key file");
  }
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  const ssize_t size = ::read(file.value, text.data(), text.size());
  if (size < 0) return failed(Errc::io_failed, options.path, std::strerror(errno));
  const std::string origin = "key file " + options.path;
  auto keys = parse(std::string_view(text).substr(0, static_cast<std::size_t>(size)), origin);
  OPENSSL_cleanse(text.data(), text.size());
  if (!keys) return std::move(keys).error();
  return std::make_shared<KeyFile>(std::move(keys).value(), origin);
}

Result<std::shared_ptr<KeyProvider>> make_key_text(const Secret& text, std::string_view origin) {
  STK_TRY(auto keys, parse(text.reveal(), std::string(origin)));
  return std::make_shared<KeyFile>(std::move(keys), std::string(origin));
}

}  // namespace stocktracker::inline v0
