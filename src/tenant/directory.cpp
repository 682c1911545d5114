// Reads the directory and the events in it; relays and rebuilds it.
#include <stocktracker/tenant/directory.hpp>

#include "tenant/relay.hpp"

namespace stocktracker::inline v0 {
namespace {

class DirectoryPages final : public PageSource<DirectoryEntry> {
 public:
  DirectoryPages(std::shared_ptr<RelayCore> core, CallContext context)
      : core_(std::move(core)), context_(std::move(context)) {}
  Result<std::vector<DirectoryEntry>> fetch() override {
    STK_TRY(const auto context, core_->begin(context_));
    STK_TRY(auto page, core_->page(after_, context));
    if (!page.empty()) after_ = page.back();
    return page;
  }

 private:
  std::shared_ptr<RelayCore> core_;
  CallContext context_;
  DirectoryEntry after_;
};

}  // namespace

Pages<DirectoryEntry> Directory::accounts(const CallContext& context) const {
  return Pages<DirectoryEntry>(std::make_unique<DirectoryPages>(core_, context.started(core_->clock().now())));
}

Result<std::vector<TenantEvent>> Directory::events(const EventId& after, int most, const CallContext& given) const {
  STK_TRY(const auto context, core_->begin(given));
  if (most < 1 || most > 10'000) return Error(Errc::invalid_argument, "most must be between 1 and 10000").about("most");
  return core_->events(after, most, context);
}

Result<std::size_t> Directory::relay(const CallContext& given) {
  STK_TRY(const auto context, core_->begin(given));
  return core_->relay(context);
}

Result<void> Directory::rebuild(const TenantId& tenant, const CallContext& given) {
  STK_TRY(const auto context, core_->begin(given));
  return core_->rebuild(tenant, context);
}

}  // namespace stocktracker::inline v0
