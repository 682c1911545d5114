# Sources that are compiled together where STK_UNITY is ON: most of the time goes into headers, once for each group. What is
# shipped is compiled one by one: a source that forgets an include does not compile there.
# A source that stands in no group is compiled alone. The sources of a group share their anonymous namespaces: if two
# of them define the same name, rename one or take it out of its group. Sources that tests/isolation replaces with one that
# has a hole are in no group.

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

# stk_unity_group(FOLDER SOURCE...): sources of src/FOLDER.
function(stk_unity_group folder)
  set(target stocktracker_objects)
  if(folder MATCHES "^testing/")
    set(target stocktracker_testing_objects)
  elseif(folder STREQUAL "adapters/postgres")
    set(target stocktracker_postgres_objects)
  endif()
  stk_unity_sources(${target} src/${folder} ${ARGN})
endfunction()

stk_unity_group(adapters/curl connections.cpp reactor.cpp transfer.cpp url.cpp)
stk_unity_group(adapters/curl admission.cpp error_map.cpp handle.cpp options.cpp reach.cpp slots.cpp transport.cpp)
stk_unity_group(adapters/openssl key_command.cpp key_file.cpp key_text.cpp sealer.cpp)
stk_unity_group(adapters/openssl crypto.cpp key_agreement.cpp mac_key.cpp)
stk_unity_group(adapters/ozon error_map.cpp order_pass.cpp postings.cpp prices.cpp stock.cpp)
stk_unity_group(adapters/ozon calls.cpp capabilities.cpp connector.cpp keys.cpp options.cpp products.cpp push.cpp
  returns.cpp)
stk_unity_group(adapters/postgres bulk_write.cpp connection.cpp database.cpp options.cpp row_security.cpp transaction.cpp)
stk_unity_group(adapters/postgres bulk_text.cpp error_map.cpp fair_turns.cpp migrations.cpp pool.cpp quota.cpp
  server_identity.cpp storage.cpp)
stk_unity_group(adapters/sqlite connection.cpp folder.cpp foreign_schema.cpp migrations.cpp private_file.cpp
  private_folder.cpp)
stk_unity_group(adapters/sqlite backup.cpp draft.cpp foreign_connection.cpp foreign_file.cpp foreign_rows.cpp options.cpp
  transaction.cpp writer.cpp)
stk_unity_group(adapters/sqlite bulk_insert.cpp error_map.cpp file.cpp lock_holder.cpp reader_pool.cpp statement.cpp
  storage.cpp tenant_files.cpp)
stk_unity_group(adapters/system clock.cpp limits_file.cpp quota_file.cpp random.cpp thread_pool.cpp)
stk_unity_group(adapters/telemetry_export otlp.cpp prometheus.cpp series.cpp telemetry_export.cpp)
stk_unity_group(adapters/wildberries cards.cpp orders.cpp remains.cpp)
stk_unity_group(adapters/wildberries connector.cpp fbo_report.cpp stock_page.cpp token.cpp)
stk_unity_group(adapters/wildberries calls.cpp capabilities.cpp prices.cpp)
stk_unity_group(adapters/wildberries error_map.cpp options.cpp seller_stock.cpp)
stk_unity_group(adapters/yandex_market order_rows.cpp orders.cpp stock.cpp)
stk_unity_group(adapters/yandex_market cabinet.cpp calls.cpp connector.cpp offers.cpp)
stk_unity_group(adapters/yandex_market capabilities.cpp error_map.cpp key.cpp options.cpp prices.cpp)
stk_unity_group(analytics analytics.cpp offer_stock.cpp period.cpp stock_health.cpp)
stk_unity_group(assembly backup.cpp doctor.cpp engine.cpp open.cpp tenant_engine.cpp tenant_file.cpp tenant_import.cpp)
stk_unity_group(core caught.cpp errc.cpp error.cpp json_writer.cpp time.cpp time_text.cpp visible_text.cpp)
stk_unity_group(core call_context.cpp hash.cpp money.cpp principal.cpp problems.cpp progress.cpp secret.cpp uuid.cpp)
stk_unity_group(core call_progress.cpp cursor.cpp storable_text.cpp version.cpp)
stk_unity_group(http address.cpp limits.cpp policies.cpp quota_tree.cpp retry.cpp)
stk_unity_group(http auth.cpp breaker.cpp quota.cpp quota_bucket.cpp quota_seller.cpp rate_headers.cpp special_networks.cpp
  url.cpp)
stk_unity_group(identity email_address.cpp password_hasher.cpp web_token.cpp)
stk_unity_group(identity api_key_text.cpp token_claims.cpp)
stk_unity_group(inventory doctor_rules.cpp order_apply.cpp stock_apply.cpp)
stk_unity_group(inventory catalogue_apply.cpp column_reader.cpp ledger.cpp offer_match.cpp position_reader.cpp snapshot.cpp)
stk_unity_group(inventory ledger_check.cpp level_diff.cpp offer_index.cpp orders.cpp price_apply.cpp stock.cpp)
stk_unity_group(inventory catalogue.cpp explain_movement.cpp listings.cpp mass_zero.cpp movement.cpp order_coverage.cpp
  prices.cpp retention.cpp)
stk_unity_group(inventory product_model.cpp product_region.cpp products.cpp)
stk_unity_group(inventory offers.cpp stock_sources.cpp stock_totals.cpp)
stk_unity_group(json json_parse.cpp json_reader.cpp nested_rows.cpp)
stk_unity_group(json array_rows.cpp document.cpp)
stk_unity_group(json array_place.cpp cells.cpp lenient.cpp tokens.cpp)
stk_unity_group(marketplace account_health.cpp account_limits.cpp page_watch.cpp
  sent_secrets.cpp stock_page.cpp)
stk_unity_group(marketplace account_list.cpp account_records.cpp allowed_addresses.cpp connector.cpp guarded_connector.cpp
  vendor_answers.cpp vendor_calls.cpp vendor_credentials.cpp)
stk_unity_group(marketplace account_changes.cpp account_events.cpp)
stk_unity_group(ports damage.cpp executor.cpp guarded_ports.cpp)
stk_unity_group(ports audit_sink.cpp audited.cpp clock.cpp database.cpp http_transport.cpp quota_memory.cpp telemetry.cpp)
stk_unity_group(ports actor.cpp call_gate.cpp fork_guard.cpp measured_storage.cpp)
stk_unity_group(sql applied_migrations.cpp product_schema.cpp)
stk_unity_group(sync apply_sources.cpp collectors.cpp records.cpp runner.cpp source_fetcher.cpp)
stk_unity_group(sync commit.cpp lease.cpp odd_rows.cpp run.cpp run_credentials.cpp run_machine.cpp sync.cpp zero_guard.cpp)
stk_unity_group(sync plan.cpp refusal.cpp run_telemetry.cpp source.cpp)
stk_unity_group(tenant key_rotation.cpp plane_copy.cpp quarantine.cpp relay.cpp tenants_core.cpp)
stk_unity_group(tenant account_ids.cpp gated_storage.cpp key_records.cpp key_status.cpp settings.cpp tenant_import.cpp
  tenant_records.cpp tenants.cpp)
stk_unity_group(tenant directory.cpp directory_rows.cpp event_log.cpp events.cpp)
stk_unity_group(testing/contracts connector_truth.cpp database_model.cpp transport.cpp)
stk_unity_group(testing/contracts connector_lists.cpp database.cpp database_tenants.cpp quota_memory.cpp)
stk_unity_group(testing/contracts answer_json.cpp connector.cpp database_concurrency.cpp limiter.cpp)
stk_unity_group(testing/contracts clock.cpp connector_promises.cpp database_fixture.cpp database_upserts.cpp)
stk_unity_group(testing/doubles audit_log.cpp manual_clock.cpp scripted_transport.cpp seeded_random.cpp)
stk_unity_group(testing/loopback server.cpp wire.cpp)
stk_unity_group(testing/world/core cards.cpp commerce.cpp fault_script.cpp faults.cpp json.cpp)
stk_unity_group(testing/world/core face.cpp stock.cpp warehouses.cpp)
stk_unity_group(testing/world/core account.cpp catalogue.cpp limit_check.cpp offers.cpp server.cpp)
stk_unity_group(testing/world limits.cpp world.cpp)
stk_unity_group(testing/world/ozon account.cpp face.cpp goods.cpp limits.cpp orders.cpp shop.cpp)
stk_unity_group(testing/world/wildberries cards.cpp face.cpp orders.cpp stocks.cpp token.cpp)
stk_unity_group(testing/world/wildberries account.cpp card.cpp limits.cpp remains.cpp report.cpp request_count.cpp shop.cpp
  truth.cpp)
stk_unity_group(testing/world/yandex_market account.cpp face.cpp goods.cpp limits.cpp orders.cpp shop.cpp)

# The binary.
stk_unity_sources(stocktracker_server server/app accounts.cpp database_url.cpp key_options.cpp log.cpp open_store.cpp
  session.cpp)
stk_unity_sources(stocktracker_server server/app products.cpp time_options.cpp)
stk_unity_sources(stocktracker_cli server/cli demo.cpp exit_code.cpp health.cpp simulate.cpp tenant.cpp)
stk_unity_sources(stocktracker_cli server/cli connect.cpp doctor.cpp migrate.cpp settings.cpp sync.cpp token_input.cpp)
stk_unity_sources(stocktracker_cli server/cli key.cpp ledger.cpp listings.cpp orders.cpp runs.cpp stock.cpp)
stk_unity_sources(stocktracker_cli server/cli accounts.cpp backup.cpp limits.cpp prices.cpp progress_bar.cpp restore.cpp)
stk_unity_sources(stocktracker_cli server/cli interrupt.cpp retain.cpp shared_options.cpp)
stk_unity_sources(stocktracker_cli server/cli account.cpp events.cpp offers.cpp products.cpp refuse.cpp release.cpp)
stk_unity_sources(stocktracker_server server/render account.cpp failure.cpp key.cpp product.cpp run.cpp)
stk_unity_sources(stocktracker_server server/render csv.cpp limit.cpp order_line.cpp position.cpp stock_health.cpp
  terminal.cpp text_table.cpp)
stk_unity_sources(stocktracker_server server/render finding.cpp money.cpp movement.cpp price.cpp settings.cpp simulation.cpp
  tenant.cpp)
stk_unity_sources(stocktracker_server server/render event.cpp offer.cpp plan.cpp product_page.cpp recomputed.cpp)

# Tests, by executable.
stk_unity_sources(contract_names tests contract/names_test.cpp support/fake_names.cpp)
stk_unity_sources(contract_postgres tests contract/postgres_promises_test.cpp isolation/wall.cpp)
stk_unity_sources(contract_postgres tests/contract pgbouncer_contract_test.cpp postgres_contract_test.cpp
  postgres_errors_test.cpp)
stk_unity_sources(golden_incidents tests/golden golden_incidents.cpp replay.cpp)
stk_unity_sources(property_core tests/property core_properties_test.cpp seed_test.cpp)
stk_unity_sources(property_http tests/property http/retry_property_test.cpp http/shared_limits.cpp
  http/shared_limits_property_test.cpp)
stk_unity_sources(cases_of_scope tests/unit tenant/scope_test.cpp tenant/service_calls.cpp)
stk_unity_sources(unit_analytics tests/unit analytics/health_borders_test.cpp inventory/offer_match_test.cpp)
stk_unity_sources(unit_analytics tests/unit analytics/offer_stock_test.cpp analytics/stock_health_test.cpp)
stk_unity_sources(unit_core tests/unit core/error_test.cpp core/json_writer_test.cpp core/money_test.cpp core/time_test.cpp
  core/values_test.cpp)
stk_unity_sources(unit_core tests/unit core/cursor_test.cpp core/secret_test.cpp core/uuid_test.cpp)
stk_unity_sources(unit_engine tests/unit sync/engine_test.cpp sync/odd_rows_test.cpp sync/review_test.cpp
  sync/time_share_test.cpp sync/zero_guard_test.cpp)
stk_unity_sources(unit_engine tests/unit assembly/close_test.cpp ports/operation_test.cpp)
stk_unity_sources(unit_engine tests/unit sync/faults_test.cpp sync/network_test.cpp sync/tokens_test.cpp)
stk_unity_sources(unit_engine tests/unit sync/columns_test.cpp sync/fault_script_test.cpp sync/health_test.cpp
  sync/mass_zero_test.cpp sync/time_travel_test.cpp)
stk_unity_sources(unit_identity tests/unit core/base64url_test.cpp identity/web_token_test.cpp)
stk_unity_sources(unit_identity tests/unit adapters/bcrypt/bcrypt_test.cpp identity/email_address_test.cpp
  identity/api_key_text_test.cpp)
stk_unity_sources(unit_http tests/unit http/policies_rules_test.cpp http/quota_test.cpp)
stk_unity_sources(unit_http tests/unit http/limits_test.cpp http/policies_test.cpp)
stk_unity_sources(unit_http tests/unit http/breaker_test.cpp http/rate_headers_test.cpp http/retry_table_test.cpp
  http/url_test.cpp)
stk_unity_sources(unit_inventory tests/unit inventory/history_test.cpp inventory/order_apply_test.cpp
  inventory/orders_store_test.cpp)
stk_unity_sources(unit_inventory tests/unit core/hash_test.cpp inventory/catalogue_test.cpp inventory/level_diff_test.cpp
  inventory/snapshot_test.cpp)
stk_unity_sources(unit_inventory tests/unit inventory/columns_test.cpp inventory/offer_index_test.cpp
  inventory/order_borders_test.cpp inventory/price_apply_test.cpp inventory/retention_test.cpp)
stk_unity_sources(unit_json tests/unit json/document_test.cpp json/odd_rows_test.cpp)
stk_unity_sources(unit_json tests/unit json/array_rows_test.cpp json/json_reader_test.cpp)
stk_unity_sources(unit_json tests/unit json/lenient_test.cpp json/nested_rows_test.cpp)
stk_unity_sources(unit_marketplace tests/unit marketplace/accounts_test.cpp marketplace/allowed_addresses_test.cpp
  marketplace/page_watch_test.cpp marketplace/vendor_answers_test.cpp)
stk_unity_sources(unit_marketplace tests/unit marketplace/echo_test.cpp marketplace/sent_secrets_test.cpp
  marketplace/stock_page_test.cpp marketplace/vendor_calls_test.cpp)
stk_unity_sources(unit_marketplace tests/unit marketplace/guarded_connector_test.cpp marketplace/position_rows_test.cpp
  marketplace/run_memory_test.cpp marketplace/vendor_credentials_test.cpp ports/audited_test.cpp)
stk_unity_sources(unit_openssl tests/unit adapters/openssl/key_command_test.cpp adapters/openssl/sealer_test.cpp)
stk_unity_sources(unit_openssl tests/unit adapters/fernet/fernet_test.cpp adapters/openssl/key_rotation_test.cpp)
stk_unity_sources(unit_ports tests/unit ports/guarded_ports_test.cpp ports/ports_test.cpp)
stk_unity_sources(unit_postgres tests/unit adapters/postgres/fair_turns_test.cpp adapters/postgres/url_test.cpp)
stk_unity_sources(unit_reactor tests/unit adapters/curl/admission_test.cpp http/special_networks_test.cpp)
stk_unity_sources(unit_runs tests/unit sync/guard_memory_test.cpp sync/pages_test.cpp sync/schedule_test.cpp)
stk_unity_sources(unit_runs tests/unit sync/answers_test.cpp sync/faulty_code_test.cpp sync/order_windows_test.cpp
  sync/records_test.cpp)
stk_unity_sources(unit_runs tests/unit sync/guard_past_test.cpp sync/vendor_clock_test.cpp)
stk_unity_sources(unit_runs tests/unit sync/rules_test.cpp sync/two_accounts_test.cpp sync/waits_test.cpp)
stk_unity_sources(unit_runs tests/unit sync/plan_test.cpp sync/refusal_test.cpp sync/release_test.cpp)
stk_unity_sources(unit_server tests/unit server/exit_code_test.cpp server/failure_test.cpp server/limit_test.cpp
  server/product_test.cpp server/store_name_test.cpp)
stk_unity_sources(unit_server tests/unit server/account_test.cpp server/csv_test.cpp server/json_array_test.cpp
  server/terminal_test.cpp)
stk_unity_sources(unit_sqlite tests/unit adapters/sqlite/files_test.cpp adapters/sqlite/open_test.cpp
  adapters/sqlite/writing_test.cpp)
stk_unity_sources(unit_sqlite_driver tests/unit adapters/sqlite/driver_test.cpp sql/released_test.cpp sql/schema_test.cpp)
stk_unity_sources(unit_sync tests/unit sync/run_credentials_test.cpp sync/run_machine_test.cpp)
stk_unity_sources(unit_system tests/unit adapters/system/clock_test.cpp adapters/system/executor_test.cpp)
stk_unity_sources(unit_tenant tests/unit assembly/import_test.cpp assembly/import_twice_test.cpp tenant/key_rotation_test.cpp
  tenant/limits_test.cpp)
stk_unity_sources(unit_tenant tests/unit tenant/fairness_world_test.cpp tenant/quarantine_test.cpp
  tenant/saga_schedules_test.cpp tenant/sagas_test.cpp)
stk_unity_sources(unit_tenant tests/unit assembly/backup_test.cpp assembly/import_steps_test.cpp tenant/files_test.cpp
  tenant/relay_schedules_test.cpp)
stk_unity_sources(unit_tenant tests/unit adapters/sqlite/draft_test.cpp tenant/addresses_test.cpp
  tenant/credential_places_test.cpp tenant/permissions_test.cpp tenant/relay_test.cpp)
stk_unity_sources(unit_tenant tests/unit assembly/copies_file_test.cpp tenant/fairness_test.cpp tenant/keys_file_test.cpp
  tenant/modes_test.cpp tenant/schema_rules_test.cpp)
stk_unity_sources(unit_tenant tests/unit tenant/disconnect_schedules_test.cpp tenant/events_test.cpp)
stk_unity_sources(unit_wildberries tests/unit adapters/wildberries/cases_test.cpp adapters/wildberries/source_test.cpp)
stk_unity_sources(unit_wildberries tests/unit adapters/wildberries/order_feed_test.cpp adapters/wildberries/orders_test.cpp)
stk_unity_sources(unit_wildberries tests/unit adapters/wildberries/errors_test.cpp adapters/wildberries/fbo_report_test.cpp
  adapters/wildberries/remains_test.cpp)
stk_unity_sources(unit_wildberries tests/unit adapters/wildberries/remains_report_test.cpp
  adapters/wildberries/stock_page_test.cpp adapters/wildberries/token_test.cpp adapters/wildberries/world_faults_test.cpp)
stk_unity_sources(unit_world tests/unit testing/faults_test.cpp testing/world_oddities_test.cpp
  testing/world_wildberries_test.cpp)
stk_unity_sources(unit_world tests/unit testing/world_json_test.cpp testing/world_limits_test.cpp testing/world_test.cpp)
stk_unity_sources(unit_yandex_market tests/unit adapters/yandex_market/cases_test.cpp
  adapters/yandex_market/order_rows_test.cpp adapters/yandex_market/orders_test.cpp)
stk_unity_sources(unit_yandex_market tests/unit adapters/yandex_market/access_test.cpp
  adapters/yandex_market/decoding_test.cpp adapters/yandex_market/rows_test.cpp adapters/yandex_market/units_test.cpp)

# The Python module, for wheels: most of the time of each source is that of pybind11's headers.
stk_unity_sources(stocktracker_python bindings/python/src accounts.cpp credentials.cpp ids.cpp limits.cpp money.cpp
  settings.cpp tenants.cpp)
stk_unity_sources(stocktracker_python bindings/python/src calls.cpp casters.cpp engine.cpp errors.cpp module.cpp open.cpp
  operations.cpp postgres.cpp)
stk_unity_sources(stocktracker_python bindings/python/src analytics.cpp catalogue.cpp ledger.cpp listings.cpp orders.cpp)
stk_unity_sources(stocktracker_python bindings/python/src columns.cpp products.cpp runs.cpp stock.cpp stock_page.cpp sync.cpp)
stk_unity_sources(stocktracker_python bindings/python/src connector.cpp connector_rows.cpp connector_values.cpp
  connectors.cpp http.cpp world.cpp)
stk_unity_sources(stocktracker_python bindings/python/src clock.cpp directory.cpp keys.cpp seams.cpp
  signatures.cpp transport.cpp)
