// The transport suite itself: a transport that keeps the contract, and the same with one fault planted, each of which
// the suite must find. The faults stand before and behind a transport that has none.
#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/testing/transport_contract.hpp>

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "tests/support/catch.hpp"
#include "tests/support/found_check.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

using Answer = st::Result<st::HttpResponse>;
using Send = std::function<Answer(st::HttpRequest&, st::CallContext&)>;
// Sees a request on its way; sends it by `next`, or does not.
using Fault = std::function<Answer(st::HttpRequest& request, st::CallContext& context, const Send& next)>;

class Faulty final : public st::HttpTransport {
 public:
  Faulty(std::shared_ptr<st::HttpTransport> next, Fault fault, const FoundCheck& check)
      : next_(std::move(next)), fault_(std::move(fault)), check_(check) {}
  Answer send(const st::HttpRequest& request, const st::CallContext& given) override {
    if (check_.seen()) return st::Errc::unsupported;  // found: the rest of the suite need not take its time
    st::HttpRequest copy = request.clone();
    st::CallContext context = given;
    const Send next = [&](st::HttpRequest& sent, st::CallContext& in) { return next_->send(sent, in); };
    return fault_ ? fault_(copy, context, next) : next(copy, context);
  }

 private:
  const std::shared_ptr<st::HttpTransport> next_;
  const Fault fault_;
  const FoundCheck& check_;
};

class Subject final : public st::testing::TransportSubject {
 public:
  Subject(Fault fault, bool idle, const FoundCheck& check) : fault_(std::move(fault)), idle_(idle), check_(check) {}
  st::Result<std::shared_ptr<st::HttpTransport>> transport() override { return made({}); }
  std::shared_ptr<st::HttpTransport> with_idle_timeout(st::Duration limit) override {
    return idle_ ? made({.idle_timeout = limit}) : nullptr;
  }
  [[nodiscard]] bool keeps_reach() const override { return true; }

 private:
  std::shared_ptr<st::HttpTransport> made(st::CurlOptions options) const {
    return std::make_shared<Faulty>(st::make_curl_transport(std::move(options)).value(), fault_, check_);
  }
  const Fault fault_;
  const bool idle_;
  const FoundCheck& check_;
};

// A fault of the request.
Fault asked(const std::function<void(st::HttpRequest&, st::CallContext&)>& change) {
  return [change](st::HttpRequest& request, st::CallContext& context, const Send& next) {
    change(request, context);
    return next(request, context);
  };
}

// A fault of a complete answer.
Fault answered(const std::function<void(st::HttpResponse&)>& change) {
  return [change](st::HttpRequest& request, st::CallContext& context, const Send& next) {
    auto answer = next(request, context);
    if (answer) change(answer.value());
    return answer;
  };
}

// An error of another kind.
Fault instead_of(st::Errc error, Answer other) {
  return [error, other](st::HttpRequest& request, st::CallContext& context, const Send& next) {
    auto answer = next(request, context);
    if (!answer && answer.error().errc() == error) return other;
    return answer;
  };
}

bool is_line_break(char c) { return c == '\r' || c == '\n'; }

struct Case {
  Case(const char* words, Fault planted, const char* expected, bool slow = false)
      : name(words), fault(std::move(planted)), found(expected), idle(slow), check(expected) {}
  const char* name;
  Fault fault;
  const char* found;
  bool idle;
  FoundCheck check;
};

// Requests of calls that are over, for faults that remember.
struct Memory {
  std::mutex mutex;
  std::vector<st::HttpHeader> headers;
  std::string body;
  Answer answer = st::Errc::internal;
};

void request_faults(std::deque<Case>& all) {
  all.emplace_back("PUT becomes POST", asked([](auto& request, auto&) {
                     if (request.method == st::HttpMethod::put) request.method = st::HttpMethod::post;
                   }),
                   "method, target and body");
  all.emplace_back("the query is left out",
                   asked([](auto& request, auto&) { request.url = request.url.substr(0, request.url.find('?')); }),
                   "method, target and body");
  all.emplace_back("percent signs are written again", asked([](auto& request, auto&) {
                     if (const auto at = request.url.find('%'); at != std::string::npos)
                       request.url.insert(at + 1, "25");
                   }),
                   "method, target and body");
  all.emplace_back("a body ends at a zero",
                   asked([](auto& request, auto&) { request.body = request.body.substr(0, request.body.find('\0')); }),
                   "method, target and body");
  all.emplace_back("a body is sent with POST alone", asked([](auto& request, auto&) {
                     if (request.method != st::HttpMethod::post) request.body.clear();
                   }),
                   "method, target and body");
  all.emplace_back("large bodies are cut", asked([](auto& request, auto&) {
                     if (request.body.size() > (1U << 20U)) request.body.resize(1U << 20U);
                   }),
                   "a body of two megabytes");
  all.emplace_back("headers are not sent", asked([](auto& request, auto&) { request.headers.clear(); }), "a header");
  all.emplace_back("secret headers are not sent", asked([](auto& request, auto&) { request.secret_headers.clear(); }),
                   "a secret header");
  all.emplace_back("100 Continue is waited for", asked([](auto& request, auto&) {
                     if (request.body.size() > (1U << 20U)) request.headers.push_back({"Expect", "100-continue"});
                   }),
                   "no waiting for 100 Continue");
  const auto memory = std::make_shared<Memory>();
  all.emplace_back("headers stay for the next request", asked([memory](auto& request, auto&) {
                     const std::lock_guard lock(memory->mutex);
                     if (request.headers.empty()) request.headers = memory->headers;
                     memory->headers = request.headers;
                   }),
                   "without the headers, secrets and body of the other");
  all.emplace_back("secrets stay for the next request",
                   asked([memory = std::make_shared<Memory>()](auto& request, auto&) {
                     const std::lock_guard lock(memory->mutex);
                     for (const auto& one : request.secret_headers) {
                       memory->headers = {{one.name, std::string(one.value.reveal())}};
                     }
                     if (request.secret_headers.empty()) request.headers = memory->headers;
                   }),
                   "without the headers, secrets and body of the other");
  all.emplace_back("line breaks begin a new header", asked([](auto& request, auto&) {
                     for (auto& header : request.headers) std::erase_if(header.value, is_line_break);
                   }),
                   "a header of two lines");
  all.emplace_back("line breaks in secrets are sent", asked([](auto& request, auto&) {
                     for (auto& header : request.secret_headers) {
                       std::string value(header.value.reveal());
                       std::erase_if(value, is_line_break);
                       header.value = st::Secret::copy_of(value);
                     }
                   }),
                   "a secret of two lines");
  all.emplace_back("reach is ignored", asked([](auto& request, auto&) { request.reach = st::Reach::anywhere; }),
                   "a request for the public Internet does not get to this machine");
  all.emplace_back("names and passwords in URLs are sent", asked([](auto& request, auto&) {
                     if (const auto at = request.url.find("u:p@"); at != std::string::npos) request.url.erase(at, 4);
                   }),
                   "http://u:p@127.0.0.1/");
  all.emplace_back("plain http goes to any host", asked([](auto& request, auto&) {
                     if (request.url.starts_with("http://198.")) request.url = "https://127.0.0.1:1/";
                   }),
                   "http://198.51.100.7/");
  all.emplace_back(
      "a request is sent twice",
      [](auto& request, auto& context, const Send& next) {
        (void)next(request, context);
        return next(request, context);
      },
      "an answer is not asked for twice");
  all.emplace_back(
      "a server that is overloaded is asked again",
      [](auto& request, auto& context, const Send& next) {
        auto answer = next(request, context);
        return answer && answer.value().status == 503 ? next(request, context) : std::move(answer);
      },
      "an answer is not asked for twice");
  all.emplace_back(
      "what broke is sent again, unsafe or not",
      [](auto& request, auto& context, const Send& next) {
        auto answer = next(request, context);
        const bool lost = !answer && answer.error().errc() == st::Errc::connection_lost;
        return lost ? next(request, context) : std::move(answer);
      },
      "is never sent twice");
  all.emplace_back(
      "every request has a connection of its own",
      [](auto& request, auto& context, const Send&) {
        return st::make_curl_transport().value()->send(request, context);
      },
      "thirty calls, no new connection");
}

void answer_faults(std::deque<Case>& all) {
  all.emplace_back("the last byte is lost", answered([](auto& answer) {
                     if (!answer.body.empty()) answer.body.pop_back();
                   }),
                   "method, target and body");
  all.emplace_back("no padding", answered([](auto& answer) {
                     answer.body = std::string(answer.body.data(), answer.body.size());
                     answer.body.shrink_to_fit();
                   }),
                   "padding behind it");
  all.emplace_back("headers are lost", answered([](auto& answer) { answer.headers.clear(); }),
                   "headers by any letter case");
  all.emplace_back("headers of one name are one", answered([](auto& answer) {
                     std::vector<st::HttpHeader> kept;
                     for (auto& header : answer.headers) {
                       const bool known = std::any_of(kept.begin(), kept.end(),
                                                      [&](const auto& one) { return one.name == header.name; });
                       if (!known) kept.push_back(header);
                     }
                     answer.headers = std::move(kept);
                   }),
                   "headers of one name, in their order");
  all.emplace_back("headers come in another order",
                   answered([](auto& answer) { std::reverse(answer.headers.begin(), answer.headers.end()); }),
                   "headers by any letter case");
  all.emplace_back("packed bodies stay packed", answered([](auto& answer) {
                     if (answer.header("Content-Encoding")) answer.body = "\x1f\x8b packed";
                   }),
                   "a packed body is unpacked");
  all.emplace_back(
      "redirects are followed",
      [](auto& request, auto& context, const Send& next) {
        auto answer = next(request, context);
        if (answer && answer.value().header("Location")) {
          request.url = request.url.substr(0, request.url.find('/', 8)) + "/moved";
          return next(request, context);
        }
        return answer;
      },
      "the place that redirects name was not asked");
  all.emplace_back(
      "a refusal is an error",
      [](auto& request, auto& context, const Send& next) -> Answer {
        auto answer = next(request, context);
        if (answer && answer.value().status == 404) return st::Errc::not_found;
        return answer;
      },
      "every complete answer is a success, redirects are not followed: 404");
  all.emplace_back("every answer is 200", answered([](auto& answer) { answer.status = 200; }), "status 404");
  all.emplace_back("what came before the end is a success",
                   instead_of(st::Errc::body_truncated, st::HttpResponse{.status = 200, .body = "half"}),
                   "ended within the body");
  all.emplace_back("a body that was cut is a lost connection",
                   instead_of(st::Errc::body_truncated, st::Errc::connection_lost), "ended within the body");
  all.emplace_back("a lost connection was never made", instead_of(st::Errc::connection_lost, st::Errc::connect_failed),
                   "reset before an answer");
  all.emplace_back("a connection that was not made is lost",
                   instead_of(st::Errc::connect_failed, st::Errc::connection_lost), "nobody listens");
  all.emplace_back("nobody says that it may be tried again",
                   instead_of(st::Errc::connect_failed, st::Error(st::Errc::connect_failed).during("test.call")),
                   "which may be tried again");
  all.emplace_back("nobody says what failed",
                   instead_of(st::Errc::connect_failed, st::Error(st::Errc::connect_failed).may_retry()),
                   "and names the operation");
  all.emplace_back("caps are not kept", asked([](auto& request, auto&) { request.max_body = std::size_t{8} << 30U; }),
                   "bodies end at their cap");
  all.emplace_back("a byte more than the cap", asked([](auto& request, auto&) { ++request.max_body; }),
                   "one byte more");
  all.emplace_back("a byte less than the cap", asked([](auto& request, auto&) { --request.max_body; }),
                   "a body of exactly the cap");
  all.emplace_back("what is above the cap is cut off",
                   instead_of(st::Errc::body_too_large, st::HttpResponse{.status = 200}), "bodies end at their cap");
  all.emplace_back("deadlines are kept half a second late", asked([](auto&, auto& context) {
                     if (context.timeout) context.timeout = *context.timeout + 600ms;
                   }),
                   "at the deadline");
  all.emplace_back("deadlines come too early", asked([](auto&, auto& context) {
                     if (context.timeout) context.deadline = st::Instant::earliest();
                   }),
                   "at the deadline");
  all.emplace_back(
      "deadlines are not kept where the body trickles",
      [](auto& request, auto& context, const Send& next) {
        if (request.url.ends_with("/slow") && context.timeout) context.timeout = 900ms;
        return next(request, context);
      },
      "at the deadline");
  all.emplace_back("stop requests are not looked at", asked([](auto&, auto& context) {
                     if (context.stop.stop_possible()) context.timeout = 900ms;
                     context.stop = {};
                   }),
                   "at the stop request");
  all.emplace_back("a stop request is a deadline", instead_of(st::Errc::cancelled, st::Errc::deadline_exceeded),
                   "a stop request that was there before");
  all.emplace_back("a deadline that has passed is not looked at",
                   asked([](auto&, auto& context) { context.deadline = st::Instant::latest(); }),
                   "a deadline that has passed");
  all.emplace_back("what was stopped before is sent", asked([](auto&, auto& context) {
                     if (context.stop.stop_requested()) context.stop = {};
                   }),
                   "a stop request that was there before");
  all.emplace_back(
      "answers are mixed up",
      [memory = std::make_shared<Memory>()](auto& request, auto& context, const Send& next) {
        auto answer = next(request, context);
        if (request.url.find("/t0/") == std::string::npos) return answer;
        const std::lock_guard lock(memory->mutex);
        return std::exchange(memory->answer, std::move(answer));
      },
      "each got its own answer");
  all.emplace_back("a refused address may be tried again",
                   instead_of(st::Errc::address_refused, st::Error(st::Errc::address_refused).may_retry()),
                   "and is not tried again");
}

void idle_faults(std::deque<Case>& all) {
  all.emplace_back("no signs of life", asked([](auto&, auto& context) { context.progress = nullptr; }),
                   "with signs of life every few seconds", true);
  all.emplace_back("a peer that falls silent is a deadline",
                   instead_of(st::Errc::connection_lost, st::Errc::deadline_exceeded),
                   "a peer that accepts and says nothing ends a request after the limit without a byte", true);
  all.emplace_back("a peer that trickles is given up, too", asked([](auto& request, auto& context) {
                     if (request.url.ends_with("/trickle")) context.timeout = 1500ms;
                   }),
                   "the answer of 5.5 s", true);
  all.emplace_back(
      "a silent peer is waited for",
      [](auto& request, auto& context, const Send& next) {
        auto answer = next(request, context);
        const bool silent = request.url.ends_with("/silent") && !context.timeout;
        if (silent && !context.stop.stop_possible()) std::this_thread::sleep_for(1700ms);
        return answer;
      },
      "within a second of the limit: /silent", true);
}

}  // namespace

TEST_CASE("a transport that keeps the contract passes the transport suite") {
  FoundCheck check;
  Subject subject({}, false, check);
  st::testing::transport_contract(subject, check);
  CHECK(check.text().empty());
  CHECK(check.expectations() > 90);
}

TEST_CASE("each planted fault of a transport is found by the case that is about it") {
  std::deque<Case> all;
  request_faults(all);
  answer_faults(all);
  idle_faults(all);
  REQUIRE(all.size() >= 50);
  // Some side by side: most of their time they wait.
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> threads;
  for (int n = 0; n < 16; ++n) {
    threads.emplace_back([&] {
      for (std::size_t at = next++; at < all.size(); at = next++) {
        Case& one = all[all.size() - 1 - at];  // those that take seconds first
        Subject subject(one.fault, one.idle, one.check);
        st::testing::transport_contract(subject, one.check);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Case& one : all) {
    CAPTURE(one.name, one.found);
    INFO(one.check.text());
    CHECK(one.check.has(one.found));
  }
}
