// A page of 100 products among 100,000, beside its bare statements: the same SQL through the database port, decoded by
// hand.
#include <benchmark/benchmark.h>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>

#include "limits.hpp"

namespace {

namespace st = stocktracker;

constexpr int kProducts = 100'000;
constexpr int kPage = 100;

// Two accounts with an offer of each product, written straight into the product's tables.
const std::string& store() {
  static const std::string path = bench::filled_store("products.db", [](const bench::RunSql& run) {
    const std::string count = std::to_string(kProducts);
    const std::string n = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + count + ") ";
    for (const int nth : {0, 1}) {
      const std::string account =
          nth == 0 ? "'01930000-0000-7000-8000-00000000000a'" : "'01930000-0000-7000-8000-00000000000b'";
      const std::string id = "i + " + std::to_string(nth * kProducts);
      const std::string number = std::to_string(nth + 1);
      run("INSERT INTO source VALUES (" + number + ", " + account +
          ", 'fbo', 0, 1, 2, 1790000000000000, NULL, NULL, NULL, NULL)");
      run("INSERT INTO warehouse VALUES (" + number + ", " + account + ", " + number + ", 0, '1', 'M', '')");
      run(n + "INSERT INTO offer SELECT " + id + ", " + account +
          ", cast(i + 316000000 AS TEXT), '147', 'art-' || i, 'A title of common length ' || i, 'brand', '42', 0, i "
          "FROM n");
      run(n + "INSERT INTO offer_barcode SELECT " + id + ", '46' || i FROM n");
      run(n + "INSERT INTO level SELECT " + number + ", " + id + ", " + number + ", i % 7, NULL, 1, 0, 0, 1 FROM n");
      run(n + "INSERT INTO product_offer SELECT " + id + ", i, " + account + ", 2 FROM n");
    }
    run("INSERT INTO read_model VALUES ('products', 1)");
  });
  return path;
}

#define STK_IDS                                                                                       \
  "(SELECT DISTINCT p.product_id FROM product_offer p WHERE p.product_id > $1 ORDER BY p.product_id " \
  "LIMIT $2) f JOIN product_offer p ON p.product_id = f.product_id "
constexpr st::Statement kOffers{
    "bench.offers",
    "SELECT p.product_id, p.matched_by, l.product, o.offer_id, o.account_id, o.offer_key, o.listing, o.article, "
    "o.title, o.brand, o.size, o.state, b.barcode FROM " STK_IDS
    "JOIN offer o ON o.offer_id = p.offer_id LEFT JOIN offer_link l ON p.matched_by = 1 AND l.account_id = "
    "o.account_id AND l.offer_key = o.offer_key LEFT JOIN offer_barcode b ON b.offer_id = o.offer_id "
    "ORDER BY p.product_id, o.account_id, o.offer_key, b.barcode NULLS FIRST"};
constexpr st::Statement kStock{
    "bench.stock",
    "SELECT p.offer_id, s.kind, s.state, l.state, count(*), "
    "sum(CASE WHEN l.on_hand <= 1000000000000 THEN l.on_hand END), "
    "sum(CASE WHEN l.on_hand > 1000000000000 THEN 1 ELSE 0 END), "
    "sum(CASE WHEN l.to_client <= 1000000000000 THEN l.to_client END), "
    "sum(CASE WHEN l.from_client <= 1000000000000 THEN l.from_client END), min(s.observed_at) FROM " STK_IDS
    "JOIN source s ON s.account_id = p.account_id "
    "JOIN level l ON l.source_id = s.source_id AND l.offer_id = p.offer_id "
    "GROUP BY p.offer_id, s.kind, s.state, l.state"};
#undef STK_IDS

struct BareRow {
  std::int64_t product, match, offer, state;
  std::string texts[9];
};

st::Result<void> read_bare(st::Transaction& tx, std::int64_t after, std::vector<BareRow>& page, std::int64_t& sum) {
  {
    STK_TRY(auto rows, tx.query(kOffers, {after, kPage}));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) break;
      BareRow& row = page.emplace_back();
      row.product = rows->integer(0), row.match = rows->integer(1);
      row.offer = rows->integer(3), row.state = rows->integer(11);
      row.texts[0] = rows->text(2);
      for (int i = 4; i < 11; ++i) row.texts[i - 3] = rows->text(i);
      row.texts[8] = rows->text(12);
    }
  }
  STK_TRY(auto rows, tx.query(kStock, {after, kPage}));
  while (true) {
    STK_TRY(const bool more, rows->next());
    if (!more) return st::success();
    for (int i = 0; i < 10; ++i) sum += rows->integer(i);
  }
}

void product_page_limit(benchmark::State& state) {
  const auto storage = st::make_sqlite_storage({.path = store(), .schema = st::schema(), .read_only = true}).value();
  const auto database = storage->tenant({}).value();
  std::int64_t at = 0;
  for (auto _ : state) {
    std::vector<BareRow> page;
    std::int64_t sum = 0;
    const auto body = [&](st::Transaction& tx) { return read_bare(tx, at * kPage, page, sum); };
    if (!database->transact({}, st::TransactMode::read, body) || page.size() != 2 * kPage) {
      state.SkipWithError("wrong rows");
    }
    benchmark::DoNotOptimize(sum);
    at = (at + 479) % (kProducts / kPage);
  }
}
BENCHMARK(product_page_limit)->Unit(benchmark::kMicrosecond);

void product_page(benchmark::State& state) {
  auto engine = st::open({.path = store(), .read_only = true}).value();
  std::vector<std::string> cursors;
  auto all = engine.listings().products({.page_size = kPage});
  for (int n = 0; n < kProducts / kPage; ++n) {
    cursors.push_back(all.cursor());
    if (all.next_page().value().size() != kPage) std::abort();
  }
  std::size_t at = 0;
  for (auto _ : state) {
    auto pages = engine.listings().products({.page_size = kPage, .after = cursors[at]});
    const auto page = pages.next_page();
    if (!page || page.value().size() != kPage || page.value().front().offers.size() != 2) {
      state.SkipWithError("wrong rows");
    }
    at = (at + 479) % cursors.size();
  }
}
BENCHMARK(product_page)->Unit(benchmark::kMicrosecond);

}  // namespace
