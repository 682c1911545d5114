// `offers`: lists and searches the catalogue.
#include <cstdint>
#include <limits>
#include <string>

#include <stocktracker/inventory/offers.hpp>

#include "server/app/accounts.hpp"
#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/csv.hpp"
#include "server/render/json_array.hpp"
#include "server/render/offer.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct OffersOptions {
  std::string account;
  std::string state;
  st::OfferQuery query;    // offer, article, barcode, title, after
  std::int64_t limit = 0;  // 0: all
  Format format = Format::table;
  bool bom = false;
};

// Writes up to `limit` offers; true if there are more.
st::Result<bool> show_page(st::Pages<st::CatalogueOffer>& pages, const OffersOptions& options, std::int64_t limit) {
  JsonArray array(standard_output());
  TextTable table = offer_table();
  std::int64_t count = 0;
  std::string csv = options.format == Format::csv ? std::string(options.bom ? kUtf8Bom : "") + offer_csv_head() : "";
  while (count < limit) {
    auto next = pages.next();
    if (!next) break;
    STK_TRY(const st::CatalogueOffer& one, *next);
    ++count;
    if (options.format == Format::json) {
      array.add(to_json(one));
    } else if (options.format == Format::csv) {
      csv += offer_csv_line(one);
    } else {
      table.add(offer_row(one));
    }
  }
  if (options.format == Format::json) array.end();
  if (options.format == Format::csv) standard_output().append(csv);
  if (options.format == Format::table && count > 0) table.print(standard_output());
  if (options.format == Format::table && count == 0) emitf(stderr, "no offers\n");
  return count == limit;
}

st::Result<void> show(const Session& session, const OffersOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  st::OfferQuery query = options.query;
  STK_TRY(query.account, account_named(engine, options.account, session));
  for (const auto state : {st::OfferState::listed, st::OfferState::uncarded, st::OfferState::vanished}) {
    if (options.state == to_string(state)) query.state = state;
  }
  const std::int64_t limit = options.limit == 0 ? std::numeric_limits<std::int64_t>::max() : options.limit;
  auto pages = engine.offers().list(query, session.context);
  STK_TRY(const bool full, show_page(pages, options, limit));
  if (!full) return st::success();
  const std::string cursor = pages.cursor();
  if (!cursor.empty()) emitf(stderr, "there may be more; continue with --after %s\n", shown(cursor).c_str());
  return st::success();
}

class OffersCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("offers", "The catalogue: offers with article, title and barcodes");
    add_db(*command, session);
    command->add_option("--account", options_.account, "By label, seller id or account id; default: all accounts");
    command->add_option("--offer", options_.query.offer, "The channel's key of one offer");
    command->add_option("--article", options_.query.article, "The seller's article");
    command->add_option("--barcode", options_.query.barcode, "One of the offer's barcodes");
    command->add_option("--title", options_.query.title, "A part of the title, with the same capital letters");
    command->add_option("--state", options_.state, "listed, uncarded or vanished; default: all")
        ->check(CLI::IsMember({"listed", "uncarded", "vanished"}));
    command->add_option("--limit", options_.limit, "Largest number of offers; 0: all")->check(not_negative());
    command->add_option("--after", options_.query.after, "Continue a list after the cursor that it ended with");
    add_format(*command, options_.format);
    command->add_flag("--bom", options_.bom, "CSV with a byte order mark, for spreadsheets");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = show(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  OffersOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_offers() { return std::make_unique<OffersCommand>(); }

}  // namespace server
