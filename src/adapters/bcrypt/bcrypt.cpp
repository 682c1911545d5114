// bcrypt over libxcrypt's crypt_r.
#include <crypt.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include <stocktracker/adapters/bcrypt.hpp>

#include "core/constant_time.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr std::size_t kMostBytes = 72;  // bcrypt ignores what follows
constexpr std::size_t kStored = 60;     // "$2b$12$", 22 characters of salt, 31 of hash
constexpr std::size_t kPrefix = 7;
constexpr int kLeastCost = 10;
constexpr int kLeastTestCost = 4;
constexpr int kMostCost = 16;
constexpr std::string_view kAlphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// 32 KiB of libxcrypt's: it holds the password and the key schedule, so it is wiped.
struct Scratch {
  crypt_data data{};
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { explicit_bzero(&data, sizeof data); }
};

const char* why_refused(std::string_view password) {
  if (password.empty()) return "the password is empty";
  if (password.size() > kMostBytes) return "a password has at most 72 bytes";
  if (password.find('\0') != std::string_view::npos) return "a password has no zero byte";
  return nullptr;
}

/// The cost of a stored text of bcrypt; 0 if it is none.
int cost_of(std::string_view stored) noexcept {
  const auto digit = [&](std::size_t at) { return stored[at] >= '0' && stored[at] <= '9' ? stored[at] - '0' : 100; };
  if (stored.size() != kStored || stored[0] != '$' || stored[1] != '2' || stored[3] != '$' || stored[6] != '$')
    return 0;
  if (stored[2] != 'a' && stored[2] != 'b' && stored[2] != 'y') return 0;
  const int cost = digit(4) * 10 + digit(5);
  const std::string_view rest = stored.substr(kPrefix);
  const bool plain =
      std::all_of(rest.begin(), rest.end(), [](char c) { return kAlphabet.find(c) != std::string_view::npos; });
  return plain && cost >= kLeastTestCost && cost <= kMostCost ? cost : 0;  // 17 and more take seconds to days
}

/// The text of the password with this salt (or stored text, which begins with it).
Result<std::string> crypt(std::string_view password, const std::string& salt) {
  const auto scratch = std::make_unique<Scratch>();
  std::array<char, kMostBytes + 1> text{};  // ends with a zero byte
  password.copy(text.data(), kMostBytes);
  const char* made = crypt_r(text.data(), salt.c_str(), &scratch->data);
  explicit_bzero(text.data(), text.size());
  if (!made || std::strlen(made) != kStored) return Error(Errc::internal, "the password could not be hashed");
  return std::string(made);
}

class Bcrypt final : public PasswordHasher {
 public:
  explicit Bcrypt(int cost) noexcept : cost_(cost) {}

  Result<std::string> hash(const Secret& password) const override {
    if (const char* why = why_refused(password.reveal())) return Error(Errc::invalid_argument, why).about("password");
    std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> salt{};
    // Its random bytes are the system's.
    if (!crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost_), nullptr, 0, salt.data(),
                          static_cast<int>(salt.size()))) {
      return Error(Errc::internal, "the system gives no random bytes");
    }
    return crypt(password.reveal(), salt.data());
  }

  Result<bool> verify(const Secret& password, std::string_view stored) const override {
    if (cost_of(stored) == 0) return Error(Errc::invalid_text, "the stored password is not one of bcrypt");
    const bool refused = why_refused(password.reveal()) != nullptr;
    // Takes as long for a password that can be nobody's.
    STK_TRY(const std::string made, crypt(refused ? std::string_view("-") : password.reveal(), std::string(stored)));
    return equal_in_constant_time(made, stored) && !refused;
  }

  bool is_outdated(std::string_view stored) const noexcept override { return cost_of(stored) != cost_; }

 private:
  int cost_;
};

}  // namespace

Result<void> BcryptOptions::validate() const {
  const int least = allow_low_cost ? kLeastTestCost : kLeastCost;
  if (cost < least || cost > kMostCost) {
    return Error(Errc::invalid_argument, "the cost of bcrypt is 10 to 16 (4 to 9 for tests, with allow_low_cost)")
        .about("cost");
  }
  return success();
}

Result<std::shared_ptr<PasswordHasher>> make_bcrypt(const BcryptOptions& options) {
  STK_TRY(options.validate());
  return std::shared_ptr<PasswordHasher>(std::make_shared<Bcrypt>(options.cost));
}

}  // namespace stocktracker::inline v0
