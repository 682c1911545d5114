// `stock`: lists positions, one per offer and warehouse.
#include <cstdint>
#include <string>

#include <stocktracker/inventory/stock.hpp>

#include "server/app/accounts.hpp"
#include "server/app/open_store.hpp"
#include "server/app/time_options.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/position.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct StockOptions {
  std::string account;
  std::string offer;
  std::string article;
  std::string kind;
  std::string as_of;
  std::string known_at;
  Format format = Format::table;
  bool bom = false;
};

st::Result<void> show(const Session& session, const StockOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  st::PositionQuery query;
  STK_TRY(query.account, account_named(engine, options.account, session));
  query.offer = options.offer;
  query.article = options.article;
  if (!options.kind.empty()) query.kind = options.kind == "fbs" ? st::StockKind::fbs : st::StockKind::fbo;
  STK_TRY(query.as_of, instant_option("--as-of", options.as_of));
  STK_TRY(query.known_at, instant_option("--known-at", options.known_at));
  auto pages = engine.stock().positions(query, session.context);
  switch (options.format) {
    case Format::json:
      return positions_as_json(std::move(pages), standard_output());
    case Format::csv:
      return positions_as_csv(std::move(pages), options.bom, standard_output());
    case Format::table:
      break;
  }
  STK_TRY(const auto count, positions_as_table(std::move(pages), INT64_MAX, standard_output()));
  if (count == 0) emitf(stderr, "no positions\n");
  return st::success();
}

class StockCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("stock", "Stock: one position per offer and warehouse");
    add_db(*command, session);
    command->add_option("--account", options_.account, "By label, seller id or account id");
    command->add_option("--offer", options_.offer, "The channel's key of one offer");
    command->add_option("--article", options_.article, "The seller's article")->excludes("--offer");
    command->add_option("--kind", options_.kind, "fbo or fbs")->check(CLI::IsMember({"fbo", "fbs"}));
    command->add_option("--as-of", options_.as_of, "Stock as observed at this time, e.g. 2026-11-21T09:00+03:00");
    command->add_option("--known-at", options_.known_at, "Stock as recorded in this store at this time");
    add_format(*command, options_.format);
    command->add_flag("--bom", options_.bom, "CSV with a byte order mark, for spreadsheets");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = show(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  StockOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_stock() { return std::make_unique<StockCommand>(); }

}  // namespace server
