#!/usr/bin/python3
"""Two tenants in one folder, as an operator runs them; what one may never see of the other."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

BINARY = sys.argv[1]


def run(*args, code=0, text=None, env=None):
    done = subprocess.run([BINARY, *args], capture_output=True, text=True, input=text, env={**os.environ, **(env or {})})
    assert done.returncode == code, (args, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done


class Marketplace:
    def __init__(self, seed):
        self.process = subprocess.Popen([BINARY, "simulate", "--seed", str(seed), "--offers", "30", "--no-limits"],
                                        stdout=subprocess.PIPE, text=True)
        said = json.loads(self.process.stdout.readline())
        self.url, self.token = said["url"], said["token"]

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(10)


NOT_ALLOWED = {"STOCKTRACKER_ALLOW_BASE_URL": ""}


def check_addresses(folder, market, limits):
    """A tenant's own word sends nothing anywhere; an account whose address is not allowed any more is denied until it is."""
    connect = ("connect", "wildberries", "--db", folder, "--tenant", "boris", "--limits", limits)
    sync = ("sync", "--db", folder, "--tenant", "boris", "--limits", limits)
    for address in (market.url, "http://169.254.169.254", "https://content-api.wildberries.ru.evil.example", "http://10.0.0.1:80"):
        refused = run(*connect, "--base-url", address, text=market.token, code=6, env=NOT_ALLOWED).stderr
        assert "address_refused" in refused and "--allow-base-url" in refused and market.token not in refused, refused
    denied = run(*sync, code=6, env=NOT_ALLOWED).stderr
    assert "address_refused" in denied and denied.startswith("stocktracker: account ") and "--allow-base-url" in denied, denied
    accounts = run("accounts", "--db", folder, "--tenant", "boris").stdout
    assert "denied: the address of the account is not allowed" in accounts and "--allow-base-url" in accounts, accounts
    shown = json.loads(run("accounts", "--db", folder, "--tenant", "boris", "--json").stdout)[0]
    assert shown["health"] == "denied" and shown["reason"]["code"] == "base_url", shown
    findings = json.loads(run("doctor", "--db", folder, "--tenant", "boris", "--json", code=4).stdout)
    assert any(f["subject"] == "account" and not f["ok"] and "--allow-base-url" in f["detail"] for f in findings), findings
    run(*sync, "--allow-base-url", "https://other.example", code=6, env=NOT_ALLOWED)
    run(*sync, "--allow-base-url", "https://other.example", "--allow-base-url", market.url, env=NOT_ALLOWED)
    run("doctor", "--db", folder, "--tenant", "boris")
    assert json.loads(run("accounts", "--db", folder, "--tenant", "boris", "--json").stdout)[0]["health"] == "ok"


def filled(folder, tenant, market, limits):
    run("connect", "wildberries", "--db", folder, "--tenant", tenant, "--base-url", market.url, "--limits", limits,
        text=market.token)
    run("sync", "--db", folder, "--tenant", tenant, "--limits", limits)
    return json.loads(run("stock", "--db", folder, "--tenant", tenant, "--format", "json").stdout)


def damaged(work, folder, anna, boris):
    """One tenant's file is overwritten with noise: the others are backed up, and it comes back from a backup."""
    clara = json.loads(run("tenant", "create", "clara", "--db", folder, "--json").stdout)
    copy = os.path.join(work, "clara.db")
    run("backup", "--db", folder, "--tenant", "clara", copy)
    file = pathlib.Path(folder, "tenants", clara["id"] + ".db")
    file.write_bytes(os.urandom(file.stat().st_size))

    # Read only, it is named, and nothing is changed.
    assert clara["id"] in run("doctor", "--db", folder, code=4).stdout
    several = os.path.join(work, "several")
    done = run("backup", "--db", folder, several, code=4)
    assert clara["id"] in done.stderr and "not in the backup" in done.stderr and anna["id"] not in done.stderr
    assert sorted(os.listdir(os.path.join(several, "tenants"))) == sorted(t["id"] + ".db" for t in (anna, boris))
    run("stock", "--db", several, "--tenant", "anna")

    listed = {t["id"]: t for t in json.loads(run("tenant", "list", "--db", folder, "--json").stdout)}
    assert listed[clara["id"]]["state"] == "quarantined" and listed[clara["id"]]["reason"]
    assert listed[anna["id"]]["state"] == "active" and "reason" not in listed[anna["id"]]
    assert "quarantined" in run("tenant", "list", "--db", folder).stdout
    assert "tenant_quarantined" in run("stock", "--db", folder, "--tenant", "clara", code=4).stderr
    assert "quarantined" in run("tenant", "resume", "clara", "--db", folder, code=4).stderr
    assert clara["id"] in run("migrate", "--db", folder, code=4).stderr
    findings = json.loads(run("doctor", "--db", folder, "--json", code=4).stdout)
    assert any(f["subject"] == "tenant " + clara["id"] and "restore" in f["detail"] for f in findings), findings
    assert any(f["subject"] == "ledger" and f["ok"] and "2 tenants" in f["detail"] for f in findings), findings

    run("restore", "--db", folder, "--tenant", "clara", copy)
    listed = {t["id"]: t for t in json.loads(run("tenant", "list", "--db", folder, "--json").stdout)}
    assert listed[clara["id"]]["state"] == "suspended" and "reason" not in listed[clara["id"]]
    run("tenant", "resume", "clara", "--db", folder)
    run("stock", "--db", folder, "--tenant", "clara")
    run("doctor", "--db", folder)
    run("tenant", "delete", "clara", "--db", folder, "--yes")


def check(work, markets):
    folder = os.path.join(work, "house")
    limits = os.path.join(work, "limits.json")
    pathlib.Path(limits).write_text('{"format": 1, "vendors": {}}')
    run("tenant", "list", "--db", folder, code=3)
    assert not os.path.exists(folder), "reading makes nothing"
    anna = json.loads(run("tenant", "create", "anna", "--db", folder + "/", "--json").stdout)
    boris = json.loads(run("tenant", "create", "boris", "--db", folder, "--json").stdout)
    run("tenant", "create", "boris", "--db", folder, code=2)

    annas = filled(folder, "anna", markets[0], limits)
    boriss = filled(folder, boris["id"], markets[1], limits)
    assert annas and boriss and {r["account"] for r in annas}.isdisjoint({r["account"] for r in boriss})
    assert {r["offer"] for r in annas}.isdisjoint({r["offer"] for r in boriss})

    check_addresses(folder, markets[1], limits)

    # Without a tenant nothing is shown; with a wrong or crafted one neither.
    assert "--tenant" in run("stock", "--db", folder, code=2).stderr
    for name in ("nobody", "../tenants/" + anna["id"], anna["id"] + ".db", "'; DROP TABLE tenant; --"):
        run("stock", "--db", folder, "--tenant", name, code=3)
    run("stock", "--db", folder, "--tenant", "00000000-0000-0000-0000-000000000000", code=2)
    run("ledger", "--db", folder, "--tenant", "boris", "--account", annas[0]["account"], code=3)
    assert json.loads(run("ledger", "--db", folder, "--tenant", "boris", "--offer", annas[0]["offer"], "--json").stdout) == []
    by_variable = run("stock", "--format", "json", env={"STOCKTRACKER_DB": folder, "STOCKTRACKER_TENANT": "anna"})
    drop_age = lambda rows: [{k: v for k, v in row.items() if "age" not in k} for row in rows]
    assert drop_age(json.loads(by_variable.stdout)) == drop_age(annas)

    # Backups, of one and of all; a tenant is put back into this house, all into a new one.
    copy = os.path.join(work, "anna.db")
    run("backup", "--db", folder, "--tenant", "anna", copy)
    run("backup", "--db", folder, "--tenant", "anna", copy, code=2)
    run("backup", "--db", folder, os.path.join(work, "all"))
    run("restore", "--db", folder, "--tenant", "anna", copy, code=2)
    run("tenant", "suspend", "anna", "--db", folder)
    run("restore", "--db", folder, "--tenant", "anna", os.path.join(work, "nothing.db"), code=3)
    run("restore", "--db", folder, "--tenant", "anna", copy)
    run("tenant", "resume", "anna", "--db", folder)
    run("restore", "--db", folder, os.path.join(work, "all"), code=2)
    run("restore", "--db", os.path.join(work, "new") + "/", os.path.join(work, "all"))
    for place in (folder, os.path.join(work, "new")):
        reported = json.loads(run("stock", "--db", place, "--tenant", "anna", "--format", "json").stdout)
        assert drop_age(reported) == drop_age(annas), place
    run("sync", "--db", os.path.join(work, "new"), "--tenant", "anna", "--limits", limits, "--key-file", folder + "/key")

    run("settings", "--db", folder, "--tenant", "anna", "--set", "low_stock=4", "--set", "zone=Asia/Almaty")
    reported = json.loads(run("settings", "--db", folder, "--tenant", "anna", "--json").stdout)
    assert reported["low_stock"] == 4 and reported["zone"] == "Asia/Almaty" and reported["locale"] == "ru"
    assert "low_stock" in run("settings", "--db", folder, "--tenant", "anna", "--set", "low_stock=many", code=2).stderr
    assert json.loads(run("settings", "--db", folder, "--tenant", "boris", "--json").stdout)["low_stock"] == 10
    assert "entries folded" in run("retain", "--db", folder, "--tenant", "anna", "--days", "30").stdout

    # To another installation, without credentials.
    run("tenant", "export", "anna", os.path.join(work, "export.db"), "--db", folder)
    other = os.path.join(work, "other")
    run("tenant", "create", "somebody", "--db", other + "/")
    run("tenant", "import", "anna", os.path.join(work, "export.db"), "--db", other)
    run("tenant", "import", "anna2", os.path.join(work, "export.db"), "--db", other, code=2)
    reported = json.loads(run("stock", "--db", other, "--tenant", "anna", "--format", "json").stdout)
    assert drop_age(reported) == drop_age(annas)

    damaged(work, folder, anna, boris)

    # Suspended: read, not change. Deleted: nothing but the record.
    run("tenant", "suspend", "anna", "--db", folder)
    assert "tenant_suspended" in run("sync", "--db", folder, "--tenant", "anna", "--limits", limits, code=6).stderr
    assert json.loads(run("stock", "--db", folder, "--tenant", "anna", "--format", "json").stdout)
    run("tenant", "resume", "anna", "--db", folder)
    assert "--yes" in run("tenant", "delete", "anna", "--db", folder, code=2).stderr
    run("tenant", "delete", "anna", "--db", folder, "--yes")
    run("stock", "--db", folder, "--tenant", "anna", code=3)
    run("stock", "--db", folder, "--tenant", anna["id"], code=3)
    states = {t["id"]: t["state"] for t in json.loads(run("tenant", "list", "--db", folder, "--all", "--json").stdout)}
    assert {id: state for id, state in states.items() if state != "deleted"} == {boris["id"]: "active"}
    assert states[anna["id"]] == "deleted"
    assert [f for f in os.listdir(os.path.join(folder, "tenants")) if anna["id"] in f] == []
    assert json.loads(run("stock", "--db", folder, "--tenant", "boris", "--format", "json").stdout)
    findings = json.loads(run("doctor", "--db", folder, "--json").stdout)
    assert all(f["ok"] for f in findings) and any(f["subject"] == "ledger" and "1 tenants" in f["detail"] for f in findings)

    # Nothing that the commands made can be read by others, though the umask would let them.
    for path in [*pathlib.Path(work).rglob("*")]:
        if not path.name.startswith(("limits", "elsewhere")):
            assert path.stat().st_mode & 0o077 == 0, (path, oct(path.stat().st_mode))

    # Tokens and keys are in no file in clear.
    for path in pathlib.Path(folder).rglob("*"):
        if path.is_file():
            assert markets[1].token.encode() not in path.read_bytes(), path


def main():
    os.umask(0)
    markets = [Marketplace(31), Marketplace(32)]
    os.environ["STOCKTRACKER_ALLOW_BASE_URL"] = ",".join(market.url for market in markets)
    try:
        with tempfile.TemporaryDirectory() as work:
            check(work, markets)
    finally:
        for market in markets:
            market.stop()
    print("ok tenants")


main()
