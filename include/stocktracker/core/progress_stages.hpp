/// @file
/// The stages of Progress (core/progress.hpp) that the library reports, with their versions.
#pragma once

#include <string_view>

namespace stocktracker::inline v0 {

inline constexpr std::string_view kStageCatalogue = "catalogue";
inline constexpr std::string_view kStageWarehouses = "warehouses";
inline constexpr std::string_view kStageOrders = "orders";
inline constexpr std::string_view kStagePrices = "prices";
inline constexpr std::string_view kStageCommit = "commit";
inline constexpr std::string_view kStageColumns = "columns";
inline constexpr std::string_view kStageRetention = "retention";
inline constexpr std::string_view kStageMigrations = "migrations";
inline constexpr std::string_view kStageTenants = "tenants";
inline constexpr std::string_view kStageBackup = "backup";
inline constexpr std::string_view kStageCopy = "copy";
inline constexpr std::string_view kStageRows = "rows";
inline constexpr std::string_view kStageProducts = "products";

/// A version is raised when `done` or `expected` of the stage count something else.
struct ProgressStage {
  std::string_view name;
  int version = 1;
};

/// Every stage of this release, except those that are named after a source of stock: "fbo" and "fbs:KEY" count the
/// rows that were read (SourceOutcome::name). A connector of your own may report further ones.
///
/// | Stage      | Version | Reported by                         | `done` counts                   | `expected`       |
/// |------------|---------|-------------------------------------|---------------------------------|------------------|
/// | catalogue  | 1       | Sync::run                           | offers that were read           | 0                |
/// | warehouses | 1       | Sync::run                           | the seller's warehouses         | 0                |
/// | orders     | 1       | Sync::run                           | order lines that were read      | 0                |
/// | prices     | 1       | Sync::run                           | prices that were read           | 0                |
/// | commit     | 1       | Sync::run                           | 0: what was read is written now | 0                |
/// | columns    | 1       | Stock::columns                      | positions that were read        | 0                |
/// | retention  | 1       | Ledger::retain                      | facts that were removed         | 0                |
/// | migrations | 1       | migrate_postgres                    | migrations that were applied    | all              |
/// | tenants    | 1       | Engine::backup, restore_all         | tenants that were copied        | all              |
/// | backup     | 1       | Engine::backup, Tenants::restore    | pages of one SQLite file        | of this file     |
/// | copy       | 1       | import and restore of a file        | bytes of the private copy       | of this file     |
/// | rows       | 1       | import, export, backup of databases | rows that were copied           | 0                |
/// | products   | 1       | Listings::recompute_products        | offers that were read           | 0                |
inline constexpr ProgressStage kProgressStages[] = {
    {kStageCatalogue}, {kStageWarehouses}, {kStageOrders},     {kStagePrices},  {kStageCommit},
    {kStageColumns},   {kStageRetention},  {kStageMigrations}, {kStageTenants}, {kStageBackup},
    {kStageCopy},      {kStageRows},       {kStageProducts},
};

/// Null for a source of stock, a stage of a connector of your own, or one of a newer release.
[[nodiscard]] constexpr const ProgressStage* progress_stage(std::string_view name) noexcept {
  for (const ProgressStage& stage : kProgressStages) {
    if (stage.name == name) return &stage;
  }
  return nullptr;
}

}  // namespace stocktracker::inline v0
