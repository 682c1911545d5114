// Credentials of a run, which may be replaced while it is in progress.
#include "sync/run_credentials.hpp"

#include "marketplace/vendor_credentials.hpp"

namespace stocktracker::inline v0::sync_run {
namespace {

/// The credential part with its value in a header, completely or behind a blank ("Bearer ..."); null for other values.
const CredentialPart* part_in(const Credentials& credentials, std::string_view value) {
  for (const CredentialPart& part : credentials.parts) {
    const std::string_view text = part.value.reveal();
    if (text.empty() || part.name == kBaseUrlPart || !value.ends_with(text)) continue;
    if (value.size() == text.size() || value[value.size() - text.size() - 1] == ' ') return &part;
  }
  return nullptr;
}

Secret with_end(const Secret& value, std::size_t end, std::string_view fresh) {
  const std::string_view before = value.reveal().substr(0, value.reveal().size() - end);
  std::string text;
  text.reserve(before.size() + fresh.size());  // growing would leave bytes behind
  text.append(before).append(fresh);
  return Secret(std::move(text));
}

}  // namespace

RunCredentials::RunCredentials(const AccountsCore& accounts, Account account, AccountCredentials used,
                               const CallContext& context)
    : accounts_(accounts),
      account_(std::move(account)),
      context_(context),
      used_(std::make_shared<const AccountCredentials>(std::move(used))),
      present_(used_),
      seen_(used_->stamp) {
  context_.progress.reset();  // a sign of life would call this class again
}

void RunCredentials::saw(std::string_view stamp) {
  const std::lock_guard lock(mutex_);
  seen_ = stamp;
}

bool RunCredentials::replaced_since(std::string_view stamp) {
  const auto now_is = accounts_.stamp(account_.id, context_);
  if (!now_is) return false;
  saw(now_is.value());
  return now_is.value() != stamp;
}

Error RunCredentials::end(Error why) {
  const std::lock_guard lock(mutex_);
  if (!ended_) ended_ = std::move(why);
  return *ended_;
}

Result<RunCredentials::Shared> RunCredentials::present() {
  bool without = false;  // disconnected, or its tenant was closed meanwhile
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return *ended_;
    if (seen_ == present_->stamp) return present_;
    without = seen_.empty();
  }
  auto read = accounts_.credentials(account_, context_);
  if (!read) {
    // Without a key this process has only what it was given itself: others may have stored sealed credentials.
    const bool no_key = read.error().errc() == Errc::key_missing && !accounts_.ports().sealer;
    if (read.error().errc() != Errc::credentials_missing && !no_key) return std::move(read).error();
    if (without) {
      return end(Error(Errc::credentials_missing,
                       "account " + account_.label + " has no credentials any more; connect it again"));
    }
    return end(Error(Errc::credentials_missing, "account " + account_.label +
                                                    " was connected again elsewhere, and its new credentials are not "
                                                    "at hand here; connect it here, then synchronise again"));
  }
  if (base_url_of(read.value().credentials) != base_url_of(used_->credentials)) {
    return end(Error(Errc::credentials_missing, "account " + account_.label +
                                                    " was connected for another address meanwhile; nothing more was "
                                                    "sent to the old one; synchronise again"));
  }
  const std::lock_guard lock(mutex_);
  present_ = std::make_shared<const AccountCredentials>(std::move(read).value());
  seen_ = present_->stamp;
  return present_;
}

Result<RunCredentials::Prepared> RunCredentials::prepare(const HttpRequest& request) {
  STK_TRY(const Shared now_are, present());
  Prepared prepared{.stamp = now_are->stamp};
  if (now_are == used_) return prepared;
  HttpRequest changed = request.clone();
  for (SecretHeader& header : changed.secret_headers) {
    const CredentialPart* const old = part_in(used_->credentials, header.value.reveal());
    if (old == nullptr) continue;
    const Secret* const fresh = now_are->credentials.find(old->name);
    if (fresh == nullptr) {
      return Error(Errc::credentials_missing, "account " + account_.label +
                                                  " was connected again without what this request signed in with; "
                                                  "synchronise again");
    }
    header.value = with_end(header.value, old->value.reveal().size(), fresh->reveal());
  }
  prepared.request = std::move(changed);
  return prepared;
}

}  // namespace stocktracker::inline v0::sync_run
