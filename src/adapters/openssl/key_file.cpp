// Creates, reads and replaces the key file; several processes may do so at once.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/core/problems.hpp>

#include "adapters/openssl/descriptor.hpp"
#include "adapters/openssl/key_text.hpp"

namespace stocktracker::inline v0 {
namespace {

Error failed(Errc code, const std::string& path, std::string_view what) {
  return key_refused(code, "key file " + path, what);
}
Error failed_by(int why, const std::string& path, const std::string& what) {
  return failed(Errc::io_failed, path, what + ": " + std::strerror(why));
}

/// Changes whenever the file changes, unless it is rewritten in place within one tick of the clock.
struct Stamp {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  std::array<std::int64_t, 4> times{};
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

Stamp stamp_of(const struct stat& status) noexcept {
  return {status.st_dev,
          status.st_ino,
          status.st_size,
          {status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec}};
}

struct KeyFileContent {
  Stamp stamp;
  struct stat status {};
  Secret text;
  std::vector<SealingKey> keys;
};

Error cannot_open(int why, const std::string& path) {
  if (why != ENOENT) return failed_by(why, path, "cannot be read");
  return Error(Errc::key_missing, "key file " + path +
                                      " does not exist; restore it from a backup: without it stored credentials cannot "
                                      "be opened, and with a fresh key every account must be connected again")
      .during("keys");
}

int open_file(const std::string& path) noexcept { return ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC); }

/// Reads from the beginning, wherever the descriptor is.
Result<KeyFileContent> read_open(const Descriptor& file, const std::string& path) {
  KeyFileContent content;
  if (::fstat(file.value, &content.status) != 0 || !S_ISREG(content.status.st_mode)) {
    return failed(Errc::key_malformed, path, "is not a regular file");
  }
  if ((content.status.st_mode & 0077) != 0) {
    return failed(Errc::key_exposed, path, "can be read by others; run: chmod 600 " + path);
  }
  if (static_cast<std::size_t>(content.status.st_size) > kLargestKeyText) {
    return failed(Errc::key_malformed, path, "is too large to be a key file");
  }
  std::string text(static_cast<std::size_t>(content.status.st_size), '\0');
  const ssize_t size = ::pread(file.value, text.data(), text.size(), 0);
  const int why = errno;
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  content.text = Secret(std::move(text));
  if (size < 0) return failed_by(why, path, "cannot be read");
  content.stamp = stamp_of(content.status);
  STK_TRY(content.keys, parse_keys(content.text.reveal(), "key file " + path));
  return content;
}

Result<KeyFileContent> read_file(const std::string& path) {
  const Descriptor file(open_file(path));
  if (file.value < 0) return cannot_open(errno, path);
  return read_open(file, path);
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

/// Makes the name survive a power cut, too.
void sync_folder(const std::string& path) noexcept {
  const Descriptor entries(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (entries.value >= 0) ::fsync(entries.value);
}

/// A complete file under a temporary name, which then gets its final name: a crash must not leave a key file without
/// its key.
class KeyDraft {
 public:
  /// For a file that does not exist yet, and that several processes may be creating.
  explicit KeyDraft(const std::string& path)
      : path_(path), draft_(path + ".XXXXXX"), file_(::mkostemp(draft_.data(), O_CLOEXEC)) {}  // 0600
  /// Replaces a locked file. It has one fixed name, so that a file left by a killed process is removed with the next
  /// draft.
  static KeyDraft to_replace(const std::string& path) { return KeyDraft(path, path + ".new"); }
  KeyDraft(const KeyDraft&) = delete;
  KeyDraft& operator=(const KeyDraft&) = delete;
  ~KeyDraft() {
    if (file_.value >= 0 && !replaced_) ::unlink(draft_.c_str());
  }

  Result<void> write(std::string_view first, std::string_view rest) {
    if (file_.value < 0) return failed_by(errno, path_, "cannot be made");
    for (std::string_view text : {first, rest}) {
      while (!text.empty()) {
        const ssize_t size = ::write(file_.value, text.data(), text.size());
        if (size <= 0) return failed(Errc::io_failed, path_, "a fresh key could not be written");
        text.remove_prefix(static_cast<std::size_t>(size));
      }
    }
    return success();
  }
  /// Programs that can read the old file must be able to read the new one, and no others.
  Result<void> owned_as(const struct stat& old) {
    struct stat mine {};
    if (::fstat(file_.value, &mine) != 0) return failed_by(errno, path_, "cannot be replaced");
    if ((mine.st_uid != old.st_uid || mine.st_gid != old.st_gid) &&
        ::fchown(file_.value, old.st_uid, old.st_gid) != 0) {
      return failed(Errc::io_failed, path_,
                    "belongs to another user, who could not read it any more; rotate as that user");
    }
    if (::fchmod(file_.value, old.st_mode & 0700) != 0) return failed_by(errno, path_, "cannot be replaced");
    return success();
  }
  /// If another process creates the file at the same moment, that file is used.
  Result<void> become_new_file() {
    STK_TRY(flushed());
    if (::link(draft_.c_str(), path_.c_str()) != 0 && errno != EEXIST) {
      return failed_by(errno, path_, "cannot be made");
    }
    sync_folder(path_);
    return success();
  }
  Result<void> replace_file() {
    STK_TRY(flushed());
    if (::rename(draft_.c_str(), path_.c_str()) != 0) return failed_by(errno, path_, "cannot be replaced");
    replaced_ = true;
    sync_folder(path_);
    return success();
  }

 private:
  KeyDraft(const std::string& path, std::string draft) : path_(path), draft_(std::move(draft)) {
    ::unlink(draft_.c_str());
    file_.reset(::open(draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  }
  Result<void> flushed() {
    if (::fsync(file_.value) == 0) return success();
    return failed_by(errno, path_, "a fresh key could not be written");
  }

  const std::string path_;
  std::string draft_;
  Descriptor file_;
  bool replaced_ = false;
};

Result<void> write_fresh(const std::string& path) {
  STK_TRY(const Secret line, fresh_key_line({}));
  KeyDraft draft(path);
  STK_TRY(draft.write(line.reveal(), {}));
  return draft.become_new_file();
}

/// Opens and locks the file that has the name now; a file that was replaced while this waited for its lock does not
/// count. The lock ends with the descriptor.
Result<void> lock_file(Descriptor& file, const std::string& path) {
  constexpr int kTries = 200;
  constexpr auto kPause = std::chrono::milliseconds(50);
  for (int tries = 0; tries < kTries; ++tries) {
    file.reset(open_file(path));
    if (file.value < 0) return cannot_open(errno, path);
    if (::flock(file.value, LOCK_EX | LOCK_NB) == 0) {
      struct stat held {};
      struct stat named {};
      if (::fstat(file.value, &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_dev == named.st_dev &&
          held.st_ino == named.st_ino) {
        return success();
      }
    }
    std::this_thread::sleep_for(kPause);
  }
  return failed(Errc::io_failed, path, "another process has been changing it for ten seconds; try again");
}

/// The name behind symbolic links: a link must stay a link.
Result<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  if (!real) return cannot_open(errno, path);
  return std::string(real.get());
}

class KeyFile final : public KeyProvider {
 public:
  KeyFile(std::string path, KeyFileContent content) noexcept
      : path_(std::move(path)), stamp_(content.stamp), keys_(std::move(content.keys)) {}

  /// A malformed file is an error here: a text that is sealed with a key in no file could not be opened tomorrow.
  Result<SealingKey> current() override {
    const std::lock_guard lock(mutex_);
    STK_TRY(read_if_changed());
    return copy_of(keys_.front());
  }

  /// Keys that were read once still open texts, whatever happens to the file.
  Result<SealingKey> find(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    auto found = key_named(keys_, id, "key file " + path_);
    if (found) return found;
    STK_TRY(read_again());
    return key_named(keys_, id, "key file " + path_);
  }

  Result<std::vector<std::string>> ids() override {
    const std::lock_guard lock(mutex_);
    STK_TRY(read_if_changed());
    return ids_of(keys_);
  }

  Result<std::string> make_current() override {
    STK_TRY(const auto path, real_path(path_));
    Descriptor locked;
    STK_TRY(lock_file(locked, path));
    STK_TRY(const auto old, read_open(locked, path_));
    STK_TRY(const Secret line, fresh_key_line(old.keys));
    if (old.text.reveal().size() + line.reveal().size() > kLargestKeyText) {
      return failed(Errc::key_malformed, path_,
                    "has no space for one more key; remove the lines that `stocktracker key status` calls unused");
    }
    KeyDraft draft = KeyDraft::to_replace(path);
    STK_TRY(draft.write(line.reveal(), old.text.reveal()));
    STK_TRY(draft.owned_as(old.status));
    STK_TRY(draft.replace_file());
    const std::lock_guard lock(mutex_);
    STK_TRY(read_again());
    return keys_.front().id;
  }

 private:
  Result<void> read_if_changed() {
    struct stat status {};
    if (::stat(path_.c_str(), &status) == 0 && stamp_of(status) == stamp_) return success();
    return read_again();
  }
  Result<void> read_again() {
    STK_TRY(auto content, read_file(path_));
    stamp_ = content.stamp;
    keys_ = std::move(content.keys);
    return success();
  }

  const std::string path_;
  std::mutex mutex_;
  Stamp stamp_;
  std::vector<SealingKey> keys_;
};

}  // namespace

Result<void> KeyFileOptions::validate() const {
  Problems problems;
  problems.require(!path.empty(), "path", "must name a file");
  return problems.result("KeyFileOptions");
}

Result<std::shared_ptr<KeyProvider>> make_key_file(KeyFileOptions options) {
  STK_TRY(options.validate());
  auto content = read_file(options.path);
  struct stat status {};
  if (!content && options.create && ::stat(options.path.c_str(), &status) != 0 && errno == ENOENT) {
    STK_TRY(write_fresh(options.path));
    content = read_file(options.path);
  }
  if (!content) return std::move(content).error();
  return std::make_shared<KeyFile>(std::move(options.path), std::move(content).value());
}

}  // namespace stocktracker::inline v0
