// Request limits that processes of one machine share: a small file with a lock per seller.
#include <atomic>

#include <stocktracker/adapters/system.hpp>

#include "adapters/system/limits_file.hpp"
#include "core/hash.hpp"

namespace stocktracker::inline v0 {
namespace {

class FileBlock final : public QuotaBlock {
 public:
  FileBlock(std::shared_ptr<LimitsFile> file, const LimitsFile::Name& name, std::size_t at) noexcept
      : file_(std::move(file)), name_(name), at_(at) {}
  Result<void> with(Instant now, Use use) noexcept override {
    constexpr int kTries = 4;
    for (int tries = 0; tries < kTries; ++tries) {
      const auto run = [&](std::span<std::int64_t> cells) { use(now, cells); };
      STK_TRY(const bool ours, file_->with(at_, name_, run));
      if (ours) return success();
      // Damaged, or given to another seller because nobody had used it for a long time.
      STK_TRY(at_, file_->find(name_));
    }
    return Error(Errc::io_failed, "the block of the limits file is lost again and again").during("limits");
  }

 private:
  const std::shared_ptr<LimitsFile> file_;
  const LimitsFile::Name name_;
  std::atomic<std::size_t> at_;
};

class QuotaFile final : public QuotaMemory {
 public:
  explicit QuotaFile(std::shared_ptr<LimitsFile> file) noexcept : file_(std::move(file)) {}

  Result<std::shared_ptr<QuotaBlock>> block(std::string_view name) override {
    const LimitsFile::Name key{hash64(name) | 1, hash64(std::string(name) + "#")};
    STK_TRY(const auto at, file_->find(key));
    return std::shared_ptr<QuotaBlock>(std::make_shared<FileBlock>(file_, key, at));
  }

 private:
  std::shared_ptr<LimitsFile> file_;
};

}  // namespace

Result<std::shared_ptr<QuotaMemory>> make_quota_file(const std::string& path, Duration keep) {
  if (keep <= Duration::zero()) return Error(Errc::invalid_argument, "keep must be positive").about("keep");
  STK_TRY(auto file, LimitsFile::open(path, keep));
  return std::shared_ptr<QuotaMemory>(std::make_shared<QuotaFile>(std::move(file)));
}

}  // namespace stocktracker::inline v0
