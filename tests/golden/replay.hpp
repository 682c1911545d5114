// A day of a seller, from a text: what the marketplace answers, what the engine is asked to do, what is shown of it.
#pragma once

#include <string>

/// Runs the lines of a script against an engine of its own in memory and answers what it showed. One command a line:
///
///   now TIME                     the clock, before the first other command; 2026-11-26T09:00:00Z unless given
///   limits shipped               the limit table that ships; otherwise no limit is known
///   answer PART [STATUS] [HEADER=VALUE...]   the next request whose path holds PART gets the body that follows, up to
///   a
///                                line with a dot; underscores in a value are blanks
///   always PART ...              likewise, every request
///   forget                       takes all answers back
///   connect NAME wildberries TOKEN | connect NAME ozon CLIENT_ID KEY | connect NAME yandex_market KEY
///   meanwhile COMMAND...         done while the next command waits for its first answer
///   run NAME [orders] [prices] [accept]
///   at PART run NAME [...]       at the next request whose path holds PART, another process does this
///   show NAME stock | orders | health | account
///   show requests                those since the last time, each with its moment
///   show accounts                all of the store
///   advance MINUTES
///
/// Lines that begin with # are passed over.
[[nodiscard]] std::string replay(const std::string& script);
