// A store in a file, damaged past the library: the doctor must name it, and nothing where nothing is damaged.
#include "tests/support/damages.hpp"
#include "tests/support/sqlite_rows.hpp"

namespace st = stocktracker;
using damages::said;

namespace {

// As a disk or a person with a tool would do it.
class FileWard final : public damages::Ward {
 public:
  FileWard() : path_(folder_.file("ward.db")) {
    fill(st::open({.path = path_,
                   .key_file = folder_.file("key"),
                   .limits = st::LimitTable{},
                   .transport = world().transport(),
                   .clock = world().clock(),
                   .random = std::make_shared<st::testing::SeededRandom>(7),
                   .executor = st::make_inline_executor()})
             .value(),
         {});
    REQUIRE(sqlite3_open_v2(path_.c_str(), &db_, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
    run("PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF");
    run("ATTACH ':memory:' AS sound");
    for (const auto& table : tables()) run("CREATE TABLE sound." + table + " AS SELECT * FROM main." + table);
    choose();
  }
  ~FileWard() override { sqlite3_close(db_); }

  void run(const std::string& sql) override {
    char* why = nullptr;
    const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &why);
    INFO(sql << ": " << (why != nullptr ? why : ""));
    REQUIRE(code == SQLITE_OK);
  }
  std::string text(const std::string& sql) override {
    INFO(sql);
    const auto rows = rows_of(db_, sql);
    REQUIRE(rows.size() == 1);
    const std::string& row = rows[0];
    const auto from = row.find(':', row.find(':') + 1) + 1;
    const auto size = std::stoul(row.substr(row.find(':') + 1));
    const bool number = row[0] == '1';
    return number ? row.substr(from, row.size() - from - 1) : row.substr(from, size);
  }

 private:
  void damage(const std::string& sql) override {
    const int before = sqlite3_total_changes(db_);
    run(sql);
    REQUIRE(sqlite3_total_changes(db_) > before);  // or nothing was damaged
  }
  [[nodiscard]] std::string place() const override { return "main."; }

  TempFolder folder_;
  std::string path_;
  sqlite3* db_ = nullptr;
};

}  // namespace

TEST_CASE("each damage to a store is named by the doctor with its subject, and nothing else is") {
  FileWard ward;
  damages::check_each(ward);
}

TEST_CASE("at most twenty broken positions are named, and all are counted") {
  FileWard ward;
  const auto findings = ward.after("UPDATE level SET seq = seq + 1");
  const std::string detail = said(findings, "ledger");
  const std::string fault = "the level names another seq";
  std::size_t named = 0;
  for (auto at = detail.find(fault); at != std::string::npos; at = detail.find(fault, at + 1)) ++named;
  CHECK(named == 20);
  const auto check = ward.verify_after("UPDATE level SET seq = seq + 1");
  CHECK(check.broken == check.positions);
  CHECK(check.positions > 100);
  CHECK(check.faults.size() == 20);
}

TEST_CASE("a reference to nothing and a number without a meaning are named in every table that can have them") {
  FileWard ward;
  damages::check_columns(ward);
}

TEST_CASE("the doctor of many tenants names the tenant with damaged data, and checks the operator's tables too") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  const auto account = house.seller(anna, house.first);
  house.seller(boris, house.second);
  auto engine = house.open(house.first);
  REQUIRE(engine.tenants().suspend(boris));
  const auto in_file = [&](const std::string& name, const std::string& sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open_v2((house.folder.file("house") + "/" + name).c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) ==
            SQLITE_OK);
    REQUIRE(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_total_changes(db) > 0);
    sqlite3_close(db);
  };
  const auto broken = [&](const st::CallContext& context = {}) {
    auto findings = engine.doctor(context).value();
    std::erase_if(findings, [](const st::StorageFinding& one) { return one.ok; });
    return findings;
  };
  CHECK(broken().empty());

  const std::string files = "tenants/";
  in_file(files + anna.text() + ".db",
          "UPDATE level SET seq = seq + 1 WHERE offer_id = (SELECT min(offer_id) FROM level)");
  in_file(files + boris.text() + ".db", "UPDATE price SET account_id = 'nobody'; UPDATE lease SET holder = 'nobody'");
  const auto ledger = said(broken(), "ledger");
  CHECK(ledger.find("tenant " + anna.text() + ", account " + account.text() + ", offer ") != std::string::npos);
  CHECK(ledger.find(boris.text()) == std::string::npos);
  const auto rows = said(broken(), "rows");
  CHECK(rows.find("tenant " + boris.text() + ", lease, account ") != std::string::npos);
  CHECK(rows.find(anna.text()) == std::string::npos);
  CHECK(said(broken({.tenant = anna}), "rows").empty());
  CHECK(said(broken({.tenant = boris}), "ledger").empty());
  CHECK_FALSE(said(broken({.tenant = boris}), "rows").empty());

  in_file("control.db", "INSERT INTO relay_hint VALUES ('nobody', 's')");
  in_file("control.db", "INSERT INTO account_directory VALUES ('nobody', 'a', 'wildberries')");
  in_file("control.db",
          "INSERT INTO tenant_key (tenant_id, number, sealed, created_at) VALUES ('nobody', 1, x'00', 1)");
  const auto control = said(broken(), "rows");
  for (const char* table : {"relay_hint, tenant nobody", "account_directory, tenant nobody, account a",
                            "tenant_key, tenant nobody, number 1"}) {
    INFO(table << " in " << control);
    const bool named = control.find("; " + std::string(table) + ": there is no such tenant") != std::string::npos;
    CHECK(named);
  }
}
