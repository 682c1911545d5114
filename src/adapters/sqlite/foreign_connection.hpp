/// ForeignConnection: reads known tables from the private copy of a foreign file, with everything else switched off.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/ports/clock.hpp>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// Makes foreign text short, without control characters.
[[nodiscard]] std::string shown(std::string_view text);

class ForeignConnection {
 public:
  using Handle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

  /// `name` is the file's name in errors. The context must outlive the connection: its end interrupts any statement.
  [[nodiscard]] static Result<std::unique_ptr<ForeignConnection>> open(const std::string& copy, const std::string& name,
                                                                       const CallContext& context,
                                                                       std::shared_ptr<Clock> clock);
  ForeignConnection(const ForeignConnection&) = delete;
  ForeignConnection& operator=(const ForeignConnection&) = delete;
  ~ForeignConnection() = default;

  [[nodiscard]] Result<Handle> prepare(std::string_view sql) const;
  /// True for a row, false after the last one.
  [[nodiscard]] Result<bool> step(const Handle& statement) const;
  /// The text of a column; Errc::import_refused unless it is a text of at most `most` bytes.
  [[nodiscard]] Result<std::string> text(const Handle& row, int column, std::string_view what,
                                         std::size_t most = 65'536) const;
  /// Allows statements to read this table.
  void permit(std::string_view table) { tables_.emplace(table); }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] Error error(int code) const;
  [[nodiscard]] Error refused(std::string_view why) const;
  [[nodiscard]] Result<void> check() const { return context_.check(now()); }
  [[nodiscard]] Instant now() const { return Connection::now_by(options_); }
  [[nodiscard]] const CallContext& context() const noexcept { return context_; }

 private:
  ForeignConnection(std::string name, const CallContext& context, std::shared_ptr<Clock> clock)
      : name_(std::move(name)), context_(context) {
    options_.clock = std::move(clock);
  }
  [[nodiscard]] Result<void> harden();

  static int authorize(void* self, int action, const char* first, const char* second, const char*, const char*);
  static int on_progress(void* self);

  const std::string name_;
  const CallContext& context_;
  SqliteOptions options_;  // for its clock
  std::set<std::string, std::less<>> tables_;
  std::unique_ptr<sqlite3, CloseConnection> db_;
};

}  // namespace stocktracker::inline v0::sqlite
