// Ports of the embedding program that throw: telemetry, audit, keys.
#include "ports/guarded_ports.hpp"

#include <stdexcept>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

class ThrowingTelemetry final : public st::Telemetry {
 public:
  void log(const st::LogEvent& event) override {
    events.emplace_back(event.name);
    throw std::runtime_error("disk\nfull");
  }
  void count(std::string_view, std::int64_t, std::span<const st::MetricLabel>) override { throw 7; }
  void observe(std::string_view, st::Duration, std::span<const st::MetricLabel>) override { throw 8; }
  std::vector<std::string> events;
};

}  // namespace

TEST_CASE("telemetry that throws is counted, with what it said first") {
  const auto next = std::make_shared<ThrowingTelemetry>();
  st::GuardedTelemetry telemetry(next);
  CHECK(telemetry.failures().empty());
  telemetry.log({st::Severity::info, "a.b", "text"});
  CHECK(telemetry.failures() == "telemetry threw 1 time, first: disk full");
  telemetry.count("m", 1, {});
  telemetry.observe("m", st::Duration(1), {});
  CHECK(telemetry.failures() == "telemetry threw 3 times, first: disk full");
}

TEST_CASE("an audit sink that throws is logged, and the action it could not record is named") {
  class Sink final : public st::AuditSink {
   public:
    void record(const st::AuditEvent&) override { throw std::runtime_error("full"); }
  };
  struct Log final : st::Telemetry {
    void log(const st::LogEvent& event) override {
      seen = std::string(event.name) + " " + std::string(event.fields[0].value) + ": " +
             std::string(event.fields[1].value);
    }
    std::string seen;
  };
  const auto log = std::make_shared<Log>();
  st::AuditEvent event;
  event.action = "tenant.suspend";
  st::guarded_audit(std::make_shared<Sink>(), log)->record(event);
  CHECK(log->seen == "audit.failed tenant.suspend: the audit sink threw: full");
  CHECK(st::guarded_audit(nullptr, log) == nullptr);
}

TEST_CASE("a key provider that throws is an error of the call that asked for the key") {
  class Keys final : public st::KeyProvider {
   public:
    st::Result<st::SealingKey> current() override { throw std::runtime_error("no vault"); }
    st::Result<st::SealingKey> find(std::string_view) override { throw std::runtime_error("no vault"); }
    st::Result<std::vector<std::string>> ids() override { throw std::runtime_error("no vault"); }
    st::Result<std::string> make_current() override { return st::Result<std::string>(st::Errc::key_missing).value(); }
  };
  const auto keys = st::guarded_keys(std::make_shared<Keys>());
  CHECK(keys->current().error().message() == "the key provider threw: no vault");
  CHECK(keys->find("k").error().errc() == st::Errc::internal);
  CHECK(keys->ids().error().errc() == st::Errc::internal);
  CHECK(keys->make_current().error().errc() == st::Errc::key_missing);  // value() of an error throws the error itself
}
