// The limits file, and the cells of a block, as any other program may have left them: read, refused or spent.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/http/quota.hpp>

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

const st::Instant kStart = st::Instant::from_seconds(1'795'300'000);

class Given final : public st::QuotaMemory {
 public:
  Given(const std::uint8_t* data, std::size_t size) {
    block_->cells[0] = 1;
    std::memcpy(block_->cells.data() + 1, data, std::min(size, (kCells - 1) * sizeof(std::int64_t)));
  }
  st::Result<std::shared_ptr<st::QuotaBlock>> block(std::string_view) override { return block_; }

 private:
  struct Block final : st::QuotaBlock {
    st::Result<void> with(st::Instant now, Use use) noexcept override {
      use(now, cells);
      return st::success();
    }
    std::array<std::int64_t, kCells> cells{};
  };
  std::shared_ptr<Block> block_ = std::make_shared<Block>();
};

void use(st::QuotaTree& tree, int seconds) {
  auto quota = tree.quota({"v", "s", "", ""}, "op");
  st::QuotaSlot place;
  (void)quota.enter(kStart, 1min, place);
  (void)quota.take(kStart, 1, 1s);
  quota.give_back(1, place);
  quota.answered(kStart, {.charge = 2, .headers = {.remaining = 1, .limit = 20}});
  quota.answered(kStart + 1s, {.headers = {.limit = 20, .retry = 5s, .reset = 60s}, .throttled = true});
  for (const auto& status : tree.status(kStart + 2s)) {
    if (status.interval <= st::Duration::zero() || status.burst < 1) std::abort();
  }
  // Whatever was there: no more than a burst and what the time refills.
  int granted = 0;
  for (int n = 0; n < seconds; ++n) granted += quota.take(kStart + 2s + n * 1s, 1).granted ? 1 : 0;
  if (granted > 20 + seconds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  st::LimitTable table;
  table.limits.push_back({.vendor = "v", .interval = 1s, .burst = 5});
  table.parallel.push_back({"v", "", 2});
  st::QuotaTree cells(table, std::make_shared<Given>(data, size));
  use(cells, 400);

  static const std::string path = "/dev/shm/fuzz-limits-" + std::to_string(::getpid());
  std::filesystem::remove(path);
  // Half of the inputs overwrite a part of a good file, by their first bytes.
  std::size_t at = 0;
  if (size > 3 && data[0] % 2 == 0) {
    if (!st::make_quota_file(path)) std::abort();
    at = (data[1] | static_cast<std::size_t>(data[2]) << 8U) % 20'000;
    data += 3;
    size -= 3;
  }
  {
    std::fstream file(path,
                      at > 0 ? std::ios::binary | std::ios::in | std::ios::out : std::ios::binary | std::ios::out);
    file.seekp(static_cast<std::streamoff>(at));
    file.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  }
  if (auto memory = st::make_quota_file(path)) {
    st::QuotaTree tree(table, std::move(memory).value());
    use(tree, 30);
  } else if (memory.error().text().empty()) {
    std::abort();
  }
  std::filesystem::remove(path);
  return 0;
}
