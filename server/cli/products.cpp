// `products`: lists products across accounts with their offers and stock, found by text, and continues after a cursor.
#include <optional>
#include <string>

#include <stocktracker/inventory/listings.hpp>

#include "server/app/accounts.hpp"
#include "server/app/open_store.hpp"
#include "server/cli/command.hpp"
#include "server/cli/shared_options.hpp"
#include "server/render/product_page.hpp"
#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

struct ProductsOptions {
  std::string account;
  std::string match;
  st::ProductQuery query;
  bool json = false;
};

std::optional<st::ProductMatch> match_named(const std::string& name) {
  for (const auto match :
       {st::ProductMatch::none, st::ProductMatch::person, st::ProductMatch::barcode, st::ProductMatch::article}) {
    if (name == to_string(match)) return match;
  }
  return std::nullopt;
}

st::Result<void> show_products(const Session& session, const ProductsOptions& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  st::ProductQuery query = options.query;
  query.match = match_named(options.match);
  STK_TRY(query.account, account_named(engine, options.account, session));
  STK_TRY(const auto accounts, engine.accounts().list(session.context).collect());
  auto pages = engine.listings().products(query, session.context);
  STK_TRY(const auto products, pages.next_page());
  const bool full = products.size() == static_cast<std::size_t>(query.page_size);
  const std::string next = full ? pages.cursor() : std::string();
  if (options.json) {
    standard_output().append(products_as_json(products, accounts, next) + "\n");
    return st::success();
  }
  if (products.empty()) {
    emitf(stderr, "no products\n");
  } else {
    products_as_table(products, accounts, standard_output());
  }
  if (!next.empty()) emitf(stdout, "\nMore products follow: add --after %s\n", next.c_str());
  return st::success();
}

class ProductsCommand final : public Command {
 public:
  CLI::App* declare(CLI::App& app, Session& session) override {
    auto* command = app.add_subcommand("products", "Products across accounts, with their offers and stock");
    add_db(*command, session);
    st::ProductQuery& query = options_.query;
    command->add_option("--account", options_.account, "Products with an offer of this account; default: all accounts");
    command->add_option("--match", options_.match, "Why the offers are one product; none: offers for review")
        ->check(CLI::IsMember({"none", "person", "barcode", "article"}));
    command->add_option("--article", query.article, "The article of an offer, exactly");
    command->add_option("--barcode", query.barcode, "A barcode of an offer, exactly");
    command->add_option("--title", query.title, "A part of an offer's title");
    command->add_option("--limit", query.page_size, "Products to show")->check(CLI::Range(1, 10'000));
    command->add_option("--after", query.after, "Continue after this cursor, which an earlier call has shown");
    command->add_flag("--json", options_.json, "A JSON object");
    return command;
  }

  ExitCode run(const Session& session) const override {
    const auto done = show_products(session, options_);
    return done ? kOk : report(done.error());
  }

 private:
  ProductsOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_products() { return std::make_unique<ProductsCommand>(); }

}  // namespace server
