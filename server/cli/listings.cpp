// `listings`: shows which offers are the same product; records decisions of people.
#include <cstdint>
#include <string>

#include "server/app/open_store.hpp"
#include "server/app/products.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/product.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct ListingsOptions {
  NetworkOptions network;
  int rows = 20;
  bool json = false;
  std::string account;  // account of the offer to decide
  std::string offer;    // empty: nothing to decide
  std::string product;  // empty: remove the decision
};

st::Result<void> show(const Session& session, const ListingsOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(auto view, product_view(engine, session.context));
  if (options.json) {
    standard_output().append(to_json(view) + "\n");
    return st::success();
  }
  STK_TRY(add_stock(view, engine, session.context));
  const std::int64_t more = side_by_side_as_table(view, options.rows, standard_output());
  if (more > 0) emitf(stdout, "... and %lld more products\n", static_cast<long long>(more));
  const auto& review = view.listings.matches.review;
  emitf(stdout, "\n%zu offers are for review%s\n", review.size(), review.empty() ? "." : ":");
  review_as_table(view, options.rows, standard_output());
  return st::success();
}

st::Result<void> decide(const Session& session, const ListingsOptions& options) {
  STK_TRY(const auto engine, open_for_work(session, options.network, false));
  STK_TRY(const auto account, engine.accounts().find(options.account, session.context));
  auto listings = engine.listings();
  if (options.product.empty()) return listings.undecide(account.id, options.offer, session.context);
  return listings.decide(account.id, options.offer, options.product, session.context);
}

class ListingsCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command =
        app.add_subcommand("listings", "Which offers are the same product, and which a person has to decide");
    add_db(*command, session);
    command->add_option("--rows", options_.rows, "Rows of each table")->check(not_negative());
    command->add_flag("--json", options_.json, "A JSON object");
    auto* account = command->add_option("--account", options_.account, "Account of the offer to decide");
    auto* offer = command->add_option("--offer", options_.offer, "The channel's key of the offer to decide");
    command
        ->add_option("--product", options_.product,
                     "The product that this offer is; without --product the decision is removed")
        ->needs(offer);
    offer->needs(account);
    account->needs(offer);
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = options_.offer.empty() ? show(session, options_) : decide(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  ListingsOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_listings() { return std::make_unique<ListingsCommand>(); }

}  // namespace server
