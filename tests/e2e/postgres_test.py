#!/usr/bin/python3
"""The store on a server, as an operator runs it: migrated by its owner, used by an application that owns nothing."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from postgres_server import PostgresServer  # noqa: E402

BINARY = sys.argv[1]
WORK = tempfile.TemporaryDirectory()
ENVIRONMENT = {**os.environ, "XDG_STATE_HOME": WORK.name, "STOCKTRACKER_KEY_FILE": os.path.join(WORK.name, "key")}


def run(*args, code=0, text=None, env=None):
    done = subprocess.run([BINARY, *args], capture_output=True, text=True, input=text, env={**ENVIRONMENT, **(env or {})})
    assert done.returncode == code, (args, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done


def stock(db, *more):
    rows = json.loads(run("stock", "--db", db, "--format", "json", *more).stdout)
    return [{k: v for k, v in row.items() if "age" not in k and k not in ("account", "observed_at")} for row in rows]


def check(server, market):
    limits = os.path.join(WORK.name, "limits.json")
    pathlib.Path(limits).write_text('{"format": 1, "vendors": {}}')
    ENVIRONMENT["STOCKTRACKER_ALLOW_BASE_URL"] = market["url"]
    server.run("CREATE DATABASE house")
    owner, app = server.url("house", "postgres"), server.url("house", "shop")

    # Nothing works before the owner has migrated; the application's role is not the owner's.
    assert "stocktracker migrate" in run("migrate", "--check", "--db", app, code=4).stderr
    server.run("GRANT CREATE ON DATABASE house TO shop")
    assert run("migrate", "--db", owner).stdout.count("applied ") >= 4
    assert run("migrate", "--db", owner).stdout.startswith("0 applied")
    run("migrate", "--check", "--db", app)

    reported = run("tenant", "list", "--db", owner, code=6).stderr
    assert "store_unwalled" in reported and "stocktracker_app" in reported
    secret = "postgresql://shop:hunter2@localhost/house"
    refused = run("tenant", "list", "--db", secret, code=2)
    assert "password" in refused.stderr and "hunter2" not in refused.stderr + refused.stdout
    run("tenant", "list", "--db", "postgresql://shop@/house?host=/nonexistent", code=5)
    # 127.1 is this machine, and does not look like it: nobody listens there.
    elsewhere = "postgresql://shop@127.1:9/house?sslmode=require"
    refused = run("tenant", "list", "--db", elsewhere, code=2).stderr
    assert "verify-full" in refused and "--allow-unverified-server" in refused, refused
    run("migrate", "--db", elsewhere, code=2)
    run("tenant", "list", "--db", elsewhere, "--allow-unverified-server", code=5)
    run("tenant", "list", "--db", elsewhere, code=5, env={"STOCKTRACKER_ALLOW_UNVERIFIED_SERVER": "1"})

    run("tenant", "create", "anna", "--db", app)
    run("tenant", "create", "boris", "--db", app)
    anna = ("--tenant", "anna")
    connect = ("connect", "wildberries", "--db", app, *anna, "--base-url", market["url"], "--limits", limits)
    refused = run(*connect, text=market["token"], code=6, env={"STOCKTRACKER_ALLOW_BASE_URL": ""})
    assert "address_refused" in refused.stderr and "--allow-base-url" in refused.stderr, refused.stderr
    run(*connect, text=market["token"])
    run("sync", "--db", app, *anna, "--limits", limits)
    # Limits are the database's, by names that say nothing.
    blocks = server.run("SELECT name FROM stocktracker_control.quota_block", "house").split()
    assert blocks and all(len(name) == 32 for name in blocks), blocks
    # The same shop in a file.
    embedded = os.path.join(WORK.name, "shop.db")
    run("connect", "wildberries", "--db", embedded, "--base-url", market["url"], "--limits", limits,
        text=market["token"])
    run("sync", "--db", embedded, "--limits", limits)
    assert len(stock(app, *anna)) > 30
    a, b = stock(app, *anna), stock(embedded)
    assert a == b, [(x, y) for x, y in zip(a, b) if x != y][:1]
    assert stock(app, *anna, "--pooling", "transaction") == stock(embedded)
    assert stock(app, "--tenant", "boris") == []
    assert "--tenant" in run("stock", "--db", app, code=2).stderr
    without_key = {"STOCKTRACKER_KEY_FILE": ""}
    assert "--key-file" in run("sync", "--db", app, *anna, "--limits", limits, code=2, env=without_key).stderr

    findings = json.loads(run("doctor", "--db", app, "--json").stdout)
    assert all(f["ok"] for f in findings), findings
    assert any(f["subject"] == "wall" for f in findings)
    # A database of an earlier version, and one with damaged rows.
    products = json.loads(run("products", "--db", app, *anna, "--json").stdout)
    server.run("DELETE FROM stocktracker_tenant.read_model; DELETE FROM stocktracker_tenant.product_offer", "house")
    computed = json.loads(run("doctor", "--db", app, *anna, "--repair", "--json").stdout)
    assert any(f["subject"] == "products" and "tenants: 1" in f["detail"] for f in computed), computed
    left = server.run("SELECT count(*) FROM stocktracker_tenant.product_offer", "house")
    assert int(left) > 0 and json.loads(run("products", "--db", app, *anna, "--json").stdout) == products
    server.run("UPDATE stocktracker_tenant.product_offer SET matched_by = 3", "house")
    assert "stocktracker doctor --repair" in run("doctor", "--db", app, code=4).stdout
    run("doctor", "--db", app, "--repair")
    run("doctor", "--db", app)
    assert json.loads(run("products", "--db", app, *anna, "--json").stdout) == products
    server.run("ALTER TABLE stocktracker_tenant.level NO FORCE ROW LEVEL SECURITY", "house")
    assert "store_unwalled" in run("stock", "--db", app, *anna, code=6).stderr
    server.run("ALTER TABLE stocktracker_tenant.level FORCE ROW LEVEL SECURITY", "house")

    # Backups are folders and files, as of the embedded store; all of it goes back into another database or a folder.
    copy, every = os.path.join(WORK.name, "anna.db"), os.path.join(WORK.name, "all")
    before = stock(app, *anna)
    run("backup", "--db", app, *anna, copy)
    run("backup", "--db", app, every)
    run("backup", "--db", app, every, code=2)
    run("restore", "--db", app, every, code=2)
    server.run("CREATE DATABASE second")
    run("migrate", "--db", server.url("second", "postgres"))
    second = server.url("second", "shop")
    run("restore", "--db", second, every)
    run("restore", "--db", os.path.join(WORK.name, "folder"), every)
    for place in (second, os.path.join(WORK.name, "folder"), every):
        assert stock(place, *anna) == before, place
        assert stock(place, "--tenant", "boris") == []
    run("sync", "--db", second, *anna, "--limits", limits)
    run("tenant", "suspend", "anna", "--db", app)
    run("restore", "--db", app, *anna, copy)
    run("tenant", "resume", "anna", "--db", app)
    assert stock(app, *anna) == before

    # The application's role may have another name: that one may use the tables, the usual one may not.
    server.run("CREATE DATABASE third")
    server.run("CREATE ROLE clerk LOGIN")
    said = run("migrate", "--db", server.url("third", "postgres"), "--app-role", "clerk").stdout
    assert "a member of clerk" in said, said
    granted = server.run("SELECT string_agg(DISTINCT grantee, ',') FROM information_schema.role_table_grants "
                         "WHERE table_schema = 'stocktracker_tenant' AND grantee <> 'postgres'", "third")
    assert granted == "clerk", granted

    # No token in clear anywhere in the database.
    dump = subprocess.run([server.binaries + "/pg_dump", "-h", server.folder, "-U", "postgres", "--data-only", "house"],
                          capture_output=True, check=True).stdout
    assert market["token"].encode() not in dump and len(dump) > 10_000

    run("tenant", "suspend", "anna", "--db", app)
    run("sync", "--db", app, *anna, "--limits", limits, code=6)
    run("tenant", "resume", "anna", "--db", app)
    run("tenant", "delete", "anna", "--db", app, "--yes")
    run("stock", "--db", app, *anna, code=3)
    left = server.run("SELECT count(*) FROM stocktracker_tenant.ledger", "house")
    assert left == "0", left


def main():
    server = PostgresServer()
    simulator = subprocess.Popen([BINARY, "simulate", "--seed", "31", "--offers", "30", "--no-limits"],
                                 stdout=subprocess.PIPE, text=True)
    try:
        check(server, json.loads(simulator.stdout.readline()))
    finally:
        simulator.send_signal(signal.SIGINT)
        simulator.wait(10)
        server.stop()
        WORK.cleanup()
    print("ok postgres")


main()
