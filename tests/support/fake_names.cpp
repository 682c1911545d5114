// Replaces getaddrinfo and connect of the C library in this executable.
#include "tests/support/fake_names.hpp"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>

namespace {

struct State {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, std::vector<std::vector<std::string>>> answers;
  std::map<std::string, int> asked;
  std::string slow_prefix;
  std::chrono::milliseconds slow{};
  std::map<std::string, int> redirected;
  int waiting = 0;
  int most = 0;
  int generation = 0;
};

// Never destroyed: threads of libcurl may outlive main.
State& state() {
  static State& made = *new State;
  return made;
}

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

using GetAddrInfo = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
using Connect = int (*)(int, const sockaddr*, socklen_t);

// Lists as the system makes them, so that freeaddrinfo can free them.
int lookup(const std::vector<std::string>& addresses, const char* service, const addrinfo* hints, addrinfo** out) {
  static const auto original = real<GetAddrInfo>("getaddrinfo");
  addrinfo* all = nullptr;
  for (auto address = addresses.rbegin(); address != addresses.rend(); ++address) {
    addrinfo wanted = hints != nullptr ? *hints : addrinfo{};
    wanted.ai_flags = AI_NUMERICHOST;
    wanted.ai_family = AF_UNSPEC;
    addrinfo* one = nullptr;
    if (original(address->c_str(), service, &wanted, &one) != 0) return EAI_NONAME;
    addrinfo* last = one;
    while (last->ai_next != nullptr) last = last->ai_next;
    last->ai_next = all;
    all = one;
  }
  *out = all;
  return 0;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* name, const char* service,
                                                                  const addrinfo* hints, addrinfo** out) {
  static const auto original = real<GetAddrInfo>("getaddrinfo");
  std::vector<std::string> addresses;
  if (name != nullptr) {
    State& s = state();
    std::unique_lock lock(s.mutex);
    const int count = s.asked[name]++;
    if (!s.slow_prefix.empty() && std::string(name).starts_with(s.slow_prefix)) {
      const int generation = s.generation;
      s.most = std::max(s.most, ++s.waiting);
      s.changed.wait_for(lock, s.slow, [&] { return s.generation != generation; });
      --s.waiting;
      s.changed.notify_all();
      return EAI_NONAME;
    }
    if (const auto found = s.answers.find(name); found != s.answers.end()) {
      addresses = found->second[std::min<std::size_t>(static_cast<std::size_t>(count), found->second.size() - 1)];
    }
  }
  return addresses.empty() ? original(name, service, hints, out) : lookup(addresses, service, hints, out);
}

extern "C" __attribute__((visibility("default"))) int connect(int socket, const sockaddr* address, socklen_t size) {
  static const auto original = real<Connect>("connect");
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    char text[INET_ADDRSTRLEN] = {};
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    State& s = state();
    const std::lock_guard lock(s.mutex);
    if (const auto found = s.redirected.find(text); found != s.redirected.end()) {
      v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      v4.sin_port = htons(static_cast<std::uint16_t>(found->second));
      return original(socket, reinterpret_cast<const sockaddr*>(&v4), sizeof v4);
    }
  }
  return original(socket, address, size);
}

namespace fake_names {

void resolve(const std::string& name, std::vector<std::vector<std::string>> answers) {
  const std::lock_guard lock(state().mutex);
  state().answers[name] = std::move(answers);
}

void resolve_slowly(const std::string& prefix, std::chrono::milliseconds time) {
  const std::lock_guard lock(state().mutex);
  state().slow_prefix = prefix;
  state().slow = time;
  state().most = 0;
}

void redirect(const std::string& address, int port) {
  const std::lock_guard lock(state().mutex);
  state().redirected[address] = port;
}

int asked(const std::string& name) {
  const std::lock_guard lock(state().mutex);
  const auto found = state().asked.find(name);
  return found == state().asked.end() ? 0 : found->second;
}

int most_at_once() {
  const std::lock_guard lock(state().mutex);
  return state().most;
}

void clear() {
  State& s = state();
  std::unique_lock lock(s.mutex);
  ++s.generation;
  s.answers.clear();
  s.asked.clear();
  s.redirected.clear();
  s.slow_prefix.clear();
  s.changed.notify_all();
  s.changed.wait(lock, [&] { return s.waiting == 0; });
}

}  // namespace fake_names
