# Sources that are compiled together where STK_UNITY is ON: most of the time goes into headers, once for each group.
# What is shipped is compiled one by one: a source that forgets an include does not compile there. Groups are made by
# size, up to about 1,700 lines, across folders. A source that stands in no group is compiled alone. The sources of a
# group share their anonymous namespaces: if two of them define the same name, rename one or take it out of its group.
# Sources that tests/isolation replaces with one that has a hole are in no group.

# stk_unity_sources(TARGET FOLDER SOURCE...): one group, of sources of the folder.
function(stk_unity_sources target folder)
  if(NOT TARGET ${target})
    return()
  endif()
  list(GET ARGN 0 first)
  string(MAKE_C_IDENTIFIER "${target}_${folder}_${first}" group)
  foreach(source IN LISTS ARGN)
    set(path ${PROJECT_SOURCE_DIR}/${folder}/${source})
    if(NOT EXISTS ${path})
      message(FATAL_ERROR "cmake/unity_groups.cmake: there is no ${folder}/${source}")
    endif()
    set_source_files_properties(${path} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${group})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()

stk_unity_sources(stocktracker_objects src adapters/curl/connections.cpp adapters/curl/reactor.cpp
  adapters/curl/transfer.cpp adapters/curl/url.cpp adapters/curl/admission.cpp adapters/curl/error_map.cpp
  adapters/curl/handle.cpp adapters/curl/options.cpp adapters/curl/reach.cpp adapters/curl/slots.cpp
  adapters/curl/transport.cpp adapters/wildberries/calls.cpp adapters/wildberries/capabilities.cpp
  adapters/wildberries/prices.cpp marketplace/account_changes.cpp marketplace/account_events.cpp)
stk_unity_sources(stocktracker_objects src/adapters openssl/key_command.cpp openssl/key_file.cpp openssl/key_text.cpp
  openssl/sealer.cpp ozon/calls.cpp ozon/capabilities.cpp ozon/connector.cpp ozon/keys.cpp ozon/options.cpp
  ozon/products.cpp ozon/push.cpp ozon/returns.cpp)
stk_unity_sources(stocktracker_objects src adapters/openssl/crypto.cpp adapters/openssl/key_agreement.cpp
  adapters/openssl/mac_key.cpp adapters/ozon/error_map.cpp adapters/ozon/order_pass.cpp adapters/ozon/postings.cpp
  adapters/ozon/prices.cpp adapters/ozon/stock.cpp core/call_progress.cpp core/cursor.cpp core/storable_text.cpp
  core/version.cpp)
stk_unity_sources(stocktracker_objects src adapters/sqlite/connection.cpp adapters/sqlite/folder.cpp
  adapters/sqlite/foreign_schema.cpp adapters/sqlite/migrations.cpp adapters/sqlite/private_file.cpp
  adapters/sqlite/private_folder.cpp adapters/wildberries/error_map.cpp adapters/wildberries/options.cpp
  adapters/wildberries/seller_stock.cpp ports/audit_sink.cpp ports/audited.cpp ports/clock.cpp ports/database.cpp
  ports/http_transport.cpp ports/quota_memory.cpp ports/telemetry.cpp)
stk_unity_sources(stocktracker_objects src adapters/sqlite/backup.cpp adapters/sqlite/draft.cpp
  adapters/sqlite/foreign_connection.cpp adapters/sqlite/foreign_file.cpp adapters/sqlite/foreign_rows.cpp
  adapters/sqlite/options.cpp adapters/sqlite/transaction.cpp adapters/sqlite/writer.cpp
  adapters/yandex_market/capabilities.cpp adapters/yandex_market/error_map.cpp adapters/yandex_market/key.cpp
  adapters/yandex_market/options.cpp adapters/yandex_market/prices.cpp json/array_place.cpp json/cells.cpp
  json/lenient.cpp json/tokens.cpp)
stk_unity_sources(stocktracker_objects src adapters/sqlite/bulk_insert.cpp adapters/sqlite/error_map.cpp
  adapters/sqlite/file.cpp adapters/sqlite/lock_holder.cpp adapters/sqlite/reader_pool.cpp
  adapters/sqlite/statement.cpp adapters/sqlite/storage.cpp adapters/sqlite/tenant_files.cpp adapters/system/clock.cpp
  adapters/system/limits_file.cpp adapters/system/quota_file.cpp adapters/system/random.cpp
  adapters/system/thread_pool.cpp sql/applied_migrations.cpp sql/product_schema.cpp)
stk_unity_sources(stocktracker_objects src adapters/telemetry_export/otlp.cpp adapters/telemetry_export/prometheus.cpp
  adapters/telemetry_export/series.cpp adapters/telemetry_export/telemetry_export.cpp adapters/wildberries/cards.cpp
  adapters/wildberries/orders.cpp adapters/wildberries/remains.cpp ports/actor.cpp ports/call_gate.cpp
  ports/fork_guard.cpp ports/measured_storage.cpp)
stk_unity_sources(stocktracker_objects src/adapters wildberries/connector.cpp wildberries/fbo_report.cpp
  wildberries/stock_page.cpp wildberries/token.cpp yandex_market/order_rows.cpp yandex_market/orders.cpp
  yandex_market/stock.cpp)
stk_unity_sources(stocktracker_objects src adapters/yandex_market/cabinet.cpp adapters/yandex_market/calls.cpp
  adapters/yandex_market/connector.cpp adapters/yandex_market/offers.cpp analytics/analytics.cpp
  analytics/offer_stock.cpp analytics/period.cpp analytics/stock_health.cpp identity/email_address.cpp
  identity/password_hasher.cpp identity/web_token.cpp)
stk_unity_sources(stocktracker_objects src identity/member_records.cpp identity/user.cpp identity/users.cpp
  identity/users_core.cpp)
stk_unity_sources(stocktracker_objects src identity/members.cpp identity/registration.cpp identity/user_records.cpp)
stk_unity_sources(stocktracker_objects src assembly/backup.cpp assembly/doctor.cpp assembly/engine.cpp
  assembly/open.cpp assembly/tenant_engine.cpp assembly/tenant_file.cpp assembly/tenant_import.cpp
  core/call_context.cpp core/hash.cpp core/money.cpp core/principal.cpp core/problems.cpp core/progress.cpp
  core/secret.cpp core/uuid.cpp)
stk_unity_sources(stocktracker_objects src core/caught.cpp core/errc.cpp core/error.cpp core/json_writer.cpp
  core/time.cpp core/time_text.cpp core/visible_text.cpp inventory/catalogue.cpp inventory/explain_movement.cpp
  inventory/listings.cpp inventory/mass_zero.cpp inventory/movement.cpp inventory/order_coverage.cpp
  inventory/prices.cpp inventory/retention.cpp)
stk_unity_sources(stocktracker_objects src http/address.cpp http/limits.cpp http/policies.cpp http/quota_tree.cpp
  http/retry.cpp identity/api_key_text.cpp identity/token_claims.cpp inventory/offers.cpp inventory/stock_sources.cpp
  inventory/stock_totals.cpp)
stk_unity_sources(stocktracker_objects src http/auth.cpp http/breaker.cpp http/quota.cpp http/quota_bucket.cpp
  http/quota_seller.cpp http/rate_headers.cpp http/special_networks.cpp http/url.cpp inventory/doctor_rules.cpp
  inventory/order_apply.cpp inventory/stock_apply.cpp)
stk_unity_sources(stocktracker_objects src inventory/catalogue_apply.cpp inventory/column_reader.cpp
  inventory/ledger.cpp inventory/offer_match.cpp inventory/position_reader.cpp inventory/snapshot.cpp
  json/array_rows.cpp json/document.cpp)
stk_unity_sources(stocktracker_objects src inventory/ledger_check.cpp inventory/level_diff.cpp
  inventory/offer_index.cpp inventory/orders.cpp inventory/price_apply.cpp inventory/stock.cpp json/json_parse.cpp
  json/json_reader.cpp json/nested_rows.cpp)
stk_unity_sources(stocktracker_objects src inventory/product_model.cpp inventory/product_region.cpp
  inventory/products.cpp marketplace/account_health.cpp marketplace/account_limits.cpp marketplace/page_watch.cpp
  marketplace/sent_secrets.cpp marketplace/stock_page.cpp ports/damage.cpp ports/executor.cpp ports/guarded_ports.cpp)
stk_unity_sources(stocktracker_objects src marketplace/account_list.cpp marketplace/account_records.cpp
  marketplace/allowed_addresses.cpp marketplace/connector.cpp marketplace/guarded_connector.cpp
  marketplace/vendor_answers.cpp marketplace/vendor_calls.cpp marketplace/vendor_credentials.cpp sync/plan.cpp
  sync/refusal.cpp sync/run_telemetry.cpp sync/source.cpp)
stk_unity_sources(stocktracker_objects src/sync apply_sources.cpp collectors.cpp records.cpp runner.cpp
  source_fetcher.cpp)
stk_unity_sources(stocktracker_objects src/sync commit.cpp lease.cpp odd_rows.cpp run.cpp run_credentials.cpp
  run_machine.cpp sync.cpp zero_guard.cpp)
stk_unity_sources(stocktracker_objects src/tenant key_rotation.cpp plane_copy.cpp quarantine.cpp relay.cpp
  tenants_core.cpp directory.cpp directory_rows.cpp event_log.cpp events.cpp)
stk_unity_sources(stocktracker_objects src/tenant account_ids.cpp gated_storage.cpp key_records.cpp key_status.cpp
  settings.cpp tenant_import.cpp tenant_records.cpp tenants.cpp)
stk_unity_sources(stocktracker_postgres_objects src/adapters/postgres bulk_write.cpp connection.cpp database.cpp
  options.cpp row_security.cpp transaction.cpp bulk_text.cpp error_map.cpp fair_turns.cpp migrations.cpp pool.cpp
  quota.cpp server_identity.cpp storage.cpp)
stk_unity_sources(stocktracker_testing_objects src/testing contracts/connector_truth.cpp contracts/database_model.cpp
  contracts/transport.cpp doubles/audit_log.cpp doubles/manual_clock.cpp doubles/scripted_transport.cpp
  doubles/seeded_random.cpp loopback/server.cpp loopback/wire.cpp)
stk_unity_sources(stocktracker_testing_objects src/testing contracts/connector_lists.cpp contracts/database.cpp
  contracts/database_tenants.cpp contracts/quota_memory.cpp world/core/face.cpp world/core/stock.cpp
  world/core/warehouses.cpp)
stk_unity_sources(stocktracker_testing_objects src/testing contracts/answer_json.cpp contracts/connector.cpp
  contracts/database_concurrency.cpp contracts/limiter.cpp world/core/account.cpp world/core/catalogue.cpp
  world/core/limit_check.cpp world/core/offers.cpp world/core/server.cpp)
stk_unity_sources(stocktracker_testing_objects src/testing contracts/clock.cpp contracts/connector_promises.cpp
  contracts/database_fixture.cpp contracts/database_upserts.cpp world/core/cards.cpp world/core/commerce.cpp
  world/core/fault_script.cpp world/core/faults.cpp world/core/json.cpp)
stk_unity_sources(stocktracker_testing_objects src/testing/world limits.cpp world.cpp ozon/account.cpp ozon/face.cpp
  ozon/goods.cpp ozon/limits.cpp ozon/orders.cpp ozon/shop.cpp)
stk_unity_sources(stocktracker_testing_objects src/testing/world/wildberries cards.cpp face.cpp orders.cpp stocks.cpp
  token.cpp account.cpp card.cpp limits.cpp remains.cpp report.cpp request_count.cpp shop.cpp truth.cpp)
stk_unity_sources(stocktracker_testing_objects src/testing/world/yandex_market account.cpp face.cpp goods.cpp
  limits.cpp orders.cpp shop.cpp)

# The binary.
stk_unity_sources(stocktracker_server server app/accounts.cpp app/database_url.cpp app/key_options.cpp app/log.cpp
  app/open_store.cpp app/session.cpp app/products.cpp app/time_options.cpp app/users.cpp render/csv.cpp render/limit.cpp
  render/order_line.cpp render/position.cpp render/stock_health.cpp render/terminal.cpp render/text_table.cpp)
stk_unity_sources(stocktracker_server server/render account.cpp failure.cpp key.cpp product.cpp run.cpp)
stk_unity_sources(stocktracker_server server/render finding.cpp money.cpp movement.cpp price.cpp settings.cpp
  simulation.cpp tenant.cpp)
stk_unity_sources(stocktracker_server server/render event.cpp offer.cpp plan.cpp product_page.cpp recomputed.cpp)
stk_unity_sources(stocktracker_server server/render member.cpp permission.cpp user.cpp)
stk_unity_sources(stocktracker_cli server/cli demo.cpp exit_code.cpp health.cpp simulate.cpp tenant.cpp)
stk_unity_sources(stocktracker_cli server/cli connect.cpp doctor.cpp migrate.cpp settings.cpp sync.cpp
  token_input.cpp)
stk_unity_sources(stocktracker_cli server/cli key.cpp ledger.cpp listings.cpp orders.cpp runs.cpp stock.cpp)
stk_unity_sources(stocktracker_cli server/cli accounts.cpp backup.cpp limits.cpp prices.cpp progress_bar.cpp
  restore.cpp)
stk_unity_sources(stocktracker_cli server/cli interrupt.cpp retain.cpp shared_options.cpp)
stk_unity_sources(stocktracker_cli server/cli account.cpp events.cpp offers.cpp products.cpp refuse.cpp release.cpp)
stk_unity_sources(stocktracker_cli server/cli member.cpp permissions.cpp user.cpp)
stk_unity_sources(stocktracker_python bindings/python/src accounts.cpp credentials.cpp ids.cpp limits.cpp money.cpp
  settings.cpp tenants.cpp analytics.cpp catalogue.cpp ledger.cpp listings.cpp orders.cpp)
stk_unity_sources(stocktracker_python bindings/python/src calls.cpp casters.cpp engine.cpp errors.cpp module.cpp
  open.cpp operations.cpp postgres.cpp)
stk_unity_sources(stocktracker_python bindings/python/src columns.cpp products.cpp runs.cpp stock.cpp stock_page.cpp
  sync.cpp)
stk_unity_sources(stocktracker_python bindings/python/src connector.cpp connector_rows.cpp connector_values.cpp
  connectors.cpp http.cpp world.cpp)
stk_unity_sources(stocktracker_python bindings/python/src clock.cpp directory.cpp keys.cpp seams.cpp signatures.cpp
  transport.cpp)

# Tests, by executable.
stk_unity_sources(cases_of_scope tests/unit/tenant scope_test.cpp service_calls.cpp)
stk_unity_sources(contract_connector tests/contract ozon_contract_test.cpp served_worlds_test.cpp)
stk_unity_sources(contract_names tests contract/names_test.cpp support/fake_names.cpp)
stk_unity_sources(contract_postgres tests contract/postgres_promises_test.cpp isolation/wall.cpp)
stk_unity_sources(contract_postgres tests/contract pgbouncer_contract_test.cpp postgres_contract_test.cpp
  postgres_errors_test.cpp postgres_settings_test.cpp)
stk_unity_sources(contract_seam_suites tests/contract clock_suite_test.cpp transport_suite_test.cpp)
stk_unity_sources(golden_incidents tests/golden golden_incidents.cpp replay.cpp)
stk_unity_sources(property_core tests/property core_properties_test.cpp seed_test.cpp)
stk_unity_sources(property_http tests/property/http retry_property_test.cpp shared_limits.cpp
  shared_limits_property_test.cpp)
stk_unity_sources(unit_analytics tests/unit analytics/health_borders_test.cpp inventory/offer_match_test.cpp)
stk_unity_sources(unit_analytics tests/unit/analytics offer_stock_test.cpp stock_health_test.cpp)
stk_unity_sources(unit_core tests/unit/core error_test.cpp json_writer_test.cpp money_test.cpp time_test.cpp
  values_test.cpp cursor_test.cpp secret_test.cpp uuid_test.cpp)
stk_unity_sources(unit_engine tests/unit/sync engine_test.cpp odd_rows_test.cpp review_test.cpp time_share_test.cpp
  zero_guard_test.cpp)
stk_unity_sources(unit_engine tests/unit assembly/close_test.cpp ports/operation_test.cpp sync/faults_test.cpp
  sync/network_test.cpp sync/tokens_test.cpp assembly/arguments_test.cpp)
stk_unity_sources(unit_engine tests/unit/sync columns_test.cpp fault_script_test.cpp health_test.cpp
  mass_zero_test.cpp time_travel_test.cpp orders_test.cpp)
stk_unity_sources(unit_http tests/unit/http policies_rules_test.cpp quota_test.cpp limits_test.cpp policies_test.cpp
  limit_rules_test.cpp)
stk_unity_sources(unit_http tests/unit/http breaker_test.cpp rate_headers_test.cpp retry_table_test.cpp url_test.cpp)
stk_unity_sources(cases_of_people tests/unit/identity members_property_test.cpp members_test.cpp
  registration_test.cpp users_test.cpp)
stk_unity_sources(unit_identity tests/unit core/base64url_test.cpp identity/web_token_test.cpp)
stk_unity_sources(unit_identity tests/unit adapters/bcrypt/bcrypt_test.cpp identity/email_address_test.cpp
  identity/api_key_text_test.cpp)
stk_unity_sources(unit_inventory tests/unit/inventory history_test.cpp order_apply_test.cpp orders_store_test.cpp
  product_plan_test.cpp)
stk_unity_sources(unit_inventory tests/unit core/hash_test.cpp inventory/catalogue_test.cpp
  inventory/level_diff_test.cpp inventory/snapshot_test.cpp inventory/columns_test.cpp inventory/offer_index_test.cpp
  inventory/order_borders_test.cpp inventory/price_apply_test.cpp inventory/retention_test.cpp)
stk_unity_sources(unit_json tests/unit/json document_test.cpp odd_rows_test.cpp)
stk_unity_sources(unit_json tests/unit/json array_rows_test.cpp json_reader_test.cpp)
stk_unity_sources(unit_json tests/unit/json lenient_test.cpp nested_rows_test.cpp)
stk_unity_sources(unit_marketplace tests/unit/marketplace accounts_test.cpp allowed_addresses_test.cpp
  page_watch_test.cpp vendor_answers_test.cpp)
stk_unity_sources(unit_marketplace tests/unit/marketplace echo_test.cpp sent_secrets_test.cpp stock_page_test.cpp
  vendor_calls_test.cpp)
stk_unity_sources(unit_marketplace tests/unit marketplace/guarded_connector_test.cpp
  marketplace/position_rows_test.cpp marketplace/run_memory_test.cpp marketplace/vendor_credentials_test.cpp
  ports/audited_test.cpp)
stk_unity_sources(unit_openssl tests/unit/adapters/openssl key_command_test.cpp sealer_test.cpp)
stk_unity_sources(unit_openssl tests/unit/adapters fernet/fernet_test.cpp openssl/key_rotation_test.cpp)
stk_unity_sources(unit_ozon tests/unit/adapters/ozon access_test.cpp long_lists_test.cpp order_rows_test.cpp rows_test.cpp)
stk_unity_sources(unit_ports tests/unit/ports guarded_ports_test.cpp ports_test.cpp)
stk_unity_sources(unit_postgres tests/unit/adapters/postgres fair_turns_test.cpp url_test.cpp)
stk_unity_sources(unit_reactor tests/unit adapters/curl/admission_test.cpp http/special_networks_test.cpp
  adapters/curl/errors_test.cpp http/address_test.cpp)
stk_unity_sources(unit_runs tests/unit/sync guard_memory_test.cpp pages_test.cpp schedule_test.cpp guard_past_test.cpp
  vendor_clock_test.cpp)
stk_unity_sources(unit_runs tests/unit/sync answers_test.cpp faulty_code_test.cpp order_windows_test.cpp
  records_test.cpp)
stk_unity_sources(unit_runs tests/unit/sync plan_test.cpp refusal_test.cpp release_test.cpp)
stk_unity_sources(unit_runs tests/unit/sync rules_test.cpp two_accounts_test.cpp waits_test.cpp faulty_seams_test.cpp
  plan_worlds_test.cpp)
stk_unity_sources(unit_server tests/unit/server exit_code_test.cpp failure_test.cpp limit_test.cpp product_test.cpp
  store_name_test.cpp account_test.cpp csv_test.cpp json_array_test.cpp terminal_test.cpp event_test.cpp
  identity_test.cpp)
stk_unity_sources(unit_sqlite tests/unit/adapters/sqlite files_test.cpp open_test.cpp writing_test.cpp)
stk_unity_sources(unit_sqlite_driver tests/unit adapters/sqlite/driver_test.cpp sql/released_test.cpp
  sql/schema_test.cpp)
stk_unity_sources(unit_sync tests/unit/sync run_credentials_test.cpp run_machine_test.cpp)
stk_unity_sources(unit_system tests/unit/adapters/system clock_test.cpp executor_test.cpp)
stk_unity_sources(unit_telemetry tests/unit/telemetry emitted_test.cpp export_test.cpp)
stk_unity_sources(unit_schedules tests/unit/tenant disconnect_schedules_test.cpp relay_schedules_test.cpp
  saga_schedules_test.cpp)
stk_unity_sources(unit_tenant tests/unit assembly/import_test.cpp assembly/import_twice_test.cpp
  tenant/key_rotation_test.cpp tenant/limits_test.cpp assembly/progress_stages_test.cpp)
stk_unity_sources(unit_tenant tests/unit/tenant fairness_world_test.cpp quarantine_test.cpp sagas_test.cpp
  event_latency_test.cpp)
stk_unity_sources(unit_tenant tests/unit assembly/backup_test.cpp assembly/import_steps_test.cpp
  tenant/files_test.cpp)
stk_unity_sources(unit_tenant tests/unit adapters/sqlite/draft_test.cpp tenant/addresses_test.cpp
  tenant/credential_places_test.cpp tenant/permissions_test.cpp tenant/relay_test.cpp assembly/copies_file_test.cpp
  tenant/fairness_test.cpp tenant/keys_file_test.cpp tenant/modes_test.cpp tenant/schema_rules_test.cpp)
stk_unity_sources(unit_tenant tests/unit/tenant events_test.cpp event_topics_test.cpp)
stk_unity_sources(unit_wildberries tests/unit/adapters/wildberries cases_test.cpp source_test.cpp connector_test.cpp)
stk_unity_sources(unit_wildberries tests/unit/adapters/wildberries order_feed_test.cpp orders_test.cpp)
stk_unity_sources(unit_wildberries tests/unit/adapters/wildberries errors_test.cpp fbo_report_test.cpp
  remains_test.cpp rows_test.cpp)
stk_unity_sources(unit_wildberries tests/unit/adapters/wildberries remains_report_test.cpp stock_page_test.cpp
  token_test.cpp world_faults_test.cpp)
stk_unity_sources(unit_world tests/unit/testing faults_test.cpp world_oddities_test.cpp world_wildberries_test.cpp)
stk_unity_sources(unit_world tests/unit/testing world_json_test.cpp world_limits_test.cpp world_test.cpp)
stk_unity_sources(unit_yandex_market tests/unit/adapters/yandex_market cases_test.cpp order_rows_test.cpp
  orders_test.cpp)
stk_unity_sources(unit_yandex_market tests/unit/adapters/yandex_market access_test.cpp decoding_test.cpp rows_test.cpp
  units_test.cpp)
