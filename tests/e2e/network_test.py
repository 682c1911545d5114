#!/usr/bin/python3
"""Two terminals of the README: a simulated marketplace, and the binary that connects, syncs and lists over HTTP."""
import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time

BINARY = sys.argv[1]
SEEN_KEYS = []  # of other channels
SEEN = []  # everything that was printed, searched for the token at the end


def run(*args, code=0, stdin="", env=None):
    done = subprocess.run([BINARY, *args], input=stdin, capture_output=True, text=True, env={**os.environ, **(env or {})})
    SEEN.append(done.stdout + done.stderr)
    assert done.returncode == code, (args, done.returncode, done.stdout[-3000:], done.stderr[-3000:])
    return done


class Marketplace:
    def __init__(self, *args):
        self.process = subprocess.Popen([BINARY, "simulate", *args], stdout=subprocess.PIPE, text=True)
        reported = json.loads(self.process.stdout.readline())
        self.reported, self.url, self.token = reported, reported["url"], reported.get("token")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(timeout=10) == 0


def script(folder, *faults):
    path = os.path.join(folder, "faults.json")
    with open(path, "w") as file:
        json.dump({"faults": list(faults)}, file)
    return path


def stock(db):
    rows = json.loads(run("stock", "--db", db, "--format", "json").stdout)
    return {(r["offer"], r["warehouse"], r["fulfilment"]): r["on_hand"] for r in rows}


def check_happy(folder):
    db = os.path.join(folder, "happy.db")
    with Marketplace("--seed", "9", "--offers", "80", "--no-limits") as market:
        limits = os.path.join(folder, "limits.json")
        with open(limits, "w") as file:
            json.dump({"format": 1, "vendors": {}}, file)
        fast = ("--limits", limits)
        connected = run("connect", "wildberries", "--db", db, "--base-url", market.url, "--label", "main", "--json", stdin=market.token + "\n")
        account = json.loads(connected.stdout)
        assert account["health"] == "ok" and account["label"] == "main"
        assert account["credentials"][0]["kind"] == "personal" and "content" in account["credentials"][0]["categories"]
        assert oct(os.stat(db + ".key").st_mode & 0o777) == "0o600"
        again = json.loads(run("connect", "wildberries", "--db", db, "--base-url", market.url, "--json",
                               env={"STOCKTRACKER_WB_TOKEN": "  " + market.token + "\n"}).stdout)
        assert again["id"] == account["id"]
        dry = json.loads(run("sync", "--db", db, "--dry-run", "--json", *fast).stdout)
        assert dry[0]["state"] == "ok" and dry[0]["dry_run"] and not stock(db)
        first = json.loads(run("sync", "--db", db, "--json", "--account", "main", *fast).stdout)
        assert first[0]["state"] == "ok" and sum(s["added"] for s in first[0]["sources"]) > 80
        known = stock(db)
        second = json.loads(run("sync", "--db", db, "--json", *fast).stdout)
        assert sum(s["added"] + s["changed"] for s in second[0]["sources"]) == 0 and stock(db) == known
        text = run("sync", "--db", db, *fast)
        assert "main: ok" in text.stdout and text.stderr == "", "no progress in a pipe"
        assert "personal token" in run("accounts", "--db", db).stdout
        assert json.loads(run("accounts", "--db", db, "--json").stdout)[0]["id"] == account["id"]
        table = json.loads(run("limits", "--db", db, "--json").stdout)
        assert {"marketplace", "content", "analytics", "common", "prices"} == {row["category"] for row in table}
        assert "400-499 counts 10" in run("limits", "--db", db).stdout
        assert "$.vendors.x" in run("limits", "--db", db, "--limits", bad_limits(folder), code=2).stderr
        # Another process with another key cannot read the credentials, and says so.
        assert "key" in run("sync", "--db", db, "--key-file", os.path.join(folder, "other.key"), code=3).stderr
        os.rename(db + ".key", os.path.join(folder, "moved.key"))
        with open(os.path.join(folder, "moved.key")) as file:
            run("sync", "--db", db, *fast, env={"STOCKTRACKER_KEY": file.read()})
        os.rename(os.path.join(folder, "moved.key"), db + ".key")
        check_progress(db, fast)
    run("sync", "--db", db, "--timeout", "5", *fast, code=5)  # nobody answers any more
    assert stock(db) == known
    SEEN.append(json.dumps(list(os.environ.items())))
    return market.token


def bad_limits(folder):
    path = os.path.join(folder, "bad.json")
    with open(path, "w") as file:
        file.write('{"format":1,"vendors":{"x":{"limits":[{}]}}}')
    return path


def reasons_are_shown(db, run_json):
    """Every source that did not end well has its reason, in the table too."""
    rows = [line for line in run("runs", "--db", db, "--limit", "1").stdout.splitlines() if line.strip()]
    head, width = rows[0], rows[0].index("why")
    assert "skipped" in head
    ended_badly = [s for s in run_json["sources"] if s["state"] != "ok"]
    without = [row for row in rows[1:] if any(" " + s["state"] in row for s in ended_badly) and not row[width:].strip()]
    return not without and all(s["error"] for s in ended_badly if s["state"] == "failed")


def check_progress(db, fast):
    """On a terminal a bar moves, and is gone when the report comes."""
    master, slave = pty.openpty()
    child = subprocess.Popen([BINARY, "sync", "--db", db, *fast], stdout=subprocess.PIPE, stderr=slave, text=True)
    out, _ = child.communicate(timeout=30)
    os.close(slave)
    shown = b""
    try:
        while chunk := os.read(master, 4096):
            shown += chunk
    except OSError:
        pass
    os.close(master)
    assert child.returncode == 0 and "main: ok" in out
    assert re.search(rb"\[[.#]{24}\]", shown) and shown.endswith(b"\r\x1b[K"), shown
    SEEN.append(shown.decode())


def check_codes(folder):
    """Each way of not being ok has its code, and loses nothing."""
    cases = [
        ({"at": "2s", "fault": "status", "status": 503, "path": "/api/v3/warehouses"}, 10),
        ({"at": "2s", "fault": "status", "status": 403, "path": "cards/list"}, 11),
        ({"at": "2s", "fault": "throttle", "wait": "1800s", "path": "cards/list"}, 12),
        ({"at": "2s", "fault": "broken_json", "path": "wb-warehouses"}, 10),
        ({"at": "2s", "fault": "truncate", "path": "wb-warehouses"}, 10),
        ({"at": "2s", "fault": "reset", "path": "wb-warehouses"}, 10),
        ({"at": "2s", "fault": "gone", "path": "wb-warehouses"}, 10),
        ({"at": "2s", "fault": "wrong_types"}, 10),  # of one row: the others apply; the warehouse that cannot be read is stale
        ({"at": "2s", "fault": "unknown_fields"}, 0),
        ({"at": "2s", "fault": "shrink_pages", "size": 9}, 0),
    ]
    limits = os.path.join(folder, "limits.json")
    for number, (fault, code) in enumerate(cases):
        db = os.path.join(folder, f"case{number}.db")
        with Marketplace("--seed", "4", "--offers", "40", "--no-limits", "--faults", script(folder, fault)) as market:
            started = time.time()
            run("connect", "wildberries", "--db", db, "--base-url", market.url, stdin=market.token)
            run("sync", "--db", db, "--limits", limits)
            before = stock(db)
            assert time.time() - started < 2, "too slow to be before the fault"
            time.sleep(max(0, 2.1 - (time.time() - started)))
            run("sync", "--db", db, "--limits", limits, "--timeout", "20", code=code)
            assert stock(db) == before, fault
            runs = json.loads(run("runs", "--db", db, "--json", "--limit", "1").stdout)
            assert (runs[0]["state"] == "ok") == (code == 0), runs
            assert reasons_are_shown(db, runs[0]), runs
            if code == 12:
                assert "waits until" in run("limits", "--db", db).stdout
                assert "throttled" in run("accounts", "--db", db).stdout
                run("sync", "--db", db, "--limits", limits, code=12)  # not asked again before its time
            if code == 11:
                assert "denied: the key does not permit this" in run("accounts", "--db", db).stdout


def check_three(folder):
    """One seller on three marketplaces, each with a bad hour of its own: the others go on, nothing is lost."""
    db = os.path.join(folder, "three.db")
    limits = os.path.join(folder, "limits.json")
    bad = script(folder, {"at": "3s", "fault": "throttle", "wait": "1800s", "path": "/v2/businesses/"},
                 {"at": "3s", "fault": "status", "status": 403, "path": "/v1/product/info/warehouse/stocks"})
    began = time.time()
    with Marketplace("--seed", "6", "--offers", "50", "--no-limits", "--faults", bad,
                     "--channels", "wildberries,ozon,yandex-market") as market:
        ozon, yandex = market.reported["ozon"], market.reported["yandex_market"]
        SEEN_KEYS.extend([ozon["api_key"], yandex["api_key"]])
        connect = ("--db", db, "--base-url", market.url)
        run("connect", "wildberries", *connect, "--label", "wb", stdin=market.token)
        run("connect", "ozon", "--client-id", ozon["client_id"], *connect, "--label", "oz", stdin=ozon["api_key"])
        run("connect", "yandex-market", *connect, "--label", "ym", env={"STOCKTRACKER_YANDEX_KEY": yandex["api_key"]})
        run("connect", "ozon", "--client-id", "1", *connect, stdin=ozon["api_key"], code=6)
        run("connect", "ozon", "--client-id", "one", *connect, stdin=ozon["api_key"], code=2)
        run("connect", "ozon", *connect, stdin=ozon["api_key"], code=2)
        run("connect", "yandex-market", *connect, stdin="no-such-key", code=6)
        first = json.loads(run("sync", "--all", "--db", db, "--limits", limits, "--json").stdout)
        assert [r["state"] for r in first] == ["ok"] * 3
        assert time.time() - began < 3, "too slow to be before the faults"
        accounts = {a["label"]: a for a in json.loads(run("accounts", "--db", db, "--json").stdout)}
        assert {a["channel"] for a in accounts.values()} == {"wildberries", "ozon", "yandex_market"}
        assert accounts["oz"]["credentials"][0]["expires_at"] and accounts["oz"]["credentials"][0]["read_only"]
        before = stock(db)
        time.sleep(max(0, 3.2 - (time.time() - began)))
        again = json.loads(run("sync", "--all", "--db", db, "--limits", limits, "--json", "--timeout", "20", code=11).stdout)
        states = {label: {s["name"].split(":")[0]: s["state"] for s in r["sources"]}
                  for r in again for label, a in accounts.items() if a["id"] == r["account"]}
        assert set(states["wb"].values()) == {"ok"}, states
        assert states["oz"]["fbs"] == "denied" and states["oz"]["catalogue"] == "ok", states
        assert states["ym"]["catalogue"] == "throttled" and states["ym"]["fbo"] == "ok", states
        assert stock(db) == before
        retry = [s["retry_at"] for r in again for s in r["sources"] if s["state"] == "throttled"]
        assert retry and all(retry), again


def check_held(folder):
    db = os.path.join(folder, "held.db")
    limits = os.path.join(folder, "limits.json")
    with Marketplace("--seed", "4", "--offers", "60", "--no-limits") as market:
        run("connect", "wildberries", "--db", db, "--base-url", market.url, stdin=market.token)
        run("sync", "--db", db, "--limits", limits)
        before = stock(db)
    # The same seller, and a marketplace that has lost almost all its stock.
    with Marketplace("--seed", "4", "--offers", "6", "--no-limits") as poor:
        run("connect", "wildberries", "--db", db, "--base-url", poor.url, stdin=poor.token)
        run("sync", "--db", db, "--limits", limits, code=13)
        assert stock(db) == before
        assert "would zero" in run("runs", "--db", db).stdout or "would drop" in run("runs", "--db", db).stdout
        held = json.loads(run("runs", "--db", db, "--json").stdout)[0]
        refused = run("refuse", "--db", db, held["id"], "--why", "the list is cut off", "--json")
        assert json.loads(refused.stdout)["refusal"]["why"] == "the list is cut off", refused.stdout
        assert json.loads(run("runs", "--db", db, "--json").stdout)[0]["refusal"]["why"] == "the list is cut off"
        run("refuse", "--db", db, held["id"], "--why", "again", code=2)
        assert stock(db) == before
        run("sync", "--db", db, "--limits", limits, code=13)
        again = json.loads(run("runs", "--db", db, "--json").stdout)[0]["id"]
        run("refuse", "--db", db, again, "--why", "", code=2)
        assert "is put aside" in run("refuse", "--db", db, again, "--why", "still cut off").stdout
        run("sync", "--db", db, "--limits", limits, "--accept-mass-zero")
        assert stock(db) != before


def check_refusals(folder):
    db = os.path.join(folder, "refused.db")
    with Marketplace("--offers", "3") as market:
        assert "token" in run("connect", "wildberries", "--db", db, code=2).stderr
        run("connect", "wildberries", "--db", db, "--base-url", market.url, stdin="a b c", code=2)
        run("connect", "wildberries", "--db", db, "--base-url", market.url, stdin="canary-of-a.token.x", code=6)
        run("connect", "wildberries", "--db", db, "--base-url", "http://198.51.100.1", stdin=market.token, code=6)
        taken = market.url.rsplit(":", 1)[1]
        assert "cannot listen" in run("simulate", "--port", taken, code=5).stderr
    run("connect", "wildberries", "--db", db, "--base-url", market.url, stdin=market.token, code=5)
    run("sync", "--db", os.path.join(folder, "none.db"), code=3)
    run("sync", "--db", db, code=3)  # no account
    for bad in ('{"faults":[{"at":"1s","fault":"fire"}]}', "nothing"):
        path = os.path.join(folder, "bad-faults.json")
        with open(path, "w") as file:
            file.write(bad)
        assert "bad-faults.json" in run("simulate", "--faults", path, code=2).stderr
    assert "canary-of-a" not in "".join(SEEN)


def check_limits_are_kept(folder):
    """With the real limits and the shipped table nothing is refused."""
    db = os.path.join(folder, "limits.db")
    with Marketplace("--seed", "5", "--offers", "30") as market:
        run("connect", "wildberries", "--db", db, "--base-url", market.url, stdin=market.token)
        done = run("--log-level", "debug", "sync", "--db", db, "--json")
        assert json.loads(done.stdout)[0]["state"] == "ok"
        assert "outcome=429" not in done.stderr and "operation=wildberries.wb_warehouses outcome=204" in done.stderr


def check_deadline(folder):
    """A source that ran out of time has its reason in the table and in JSON."""
    db = os.path.join(folder, "deadline.db")
    limits = os.path.join(folder, "limits.json")
    slow = script(folder, {"at": "0s", "fault": "slow", "wait": "60s", "path": "wb-warehouses"})
    with Marketplace("--seed", "5", "--offers", "30", "--no-limits", "--faults", slow) as market:
        run("connect", "wildberries", "--db", db, "--base-url", market.url, stdin=market.token)
        began = time.time()
        table = run("sync", "--db", db, "--limits", limits, "--timeout", "3", code=10).stdout
        assert time.time() - began < 6
        last = json.loads(run("runs", "--db", db, "--json", "--limit", "1").stdout)[0]
        fbo = next(s for s in last["sources"] if s["name"] == "fbo")
        assert fbo["state"] == "failed" and fbo["error"] == "deadline_exceeded" and fbo["message"], fbo
        assert reasons_are_shown(db, last), last
        assert "time for this request ran out" in table, table


def check_interrupt(folder):
    db = os.path.join(folder, "limits.db")
    with Marketplace("--seed", "5", "--offers", "30", "--faults", script(folder, {"at": "0s", "fault": "slow", "wait": "60s", "path": "/content/"})) as market:
        run("connect", "wildberries", "--db", db, "--base-url", market.url, stdin=market.token)
        child = subprocess.Popen([BINARY, "sync", "--db", db], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(1)
        child.send_signal(signal.SIGINT)
        began = time.time()
        out, errors = child.communicate(timeout=20)
        assert child.returncode == 130 and time.time() - began < 2, (child.returncode, errors)
    assert json.loads(run("runs", "--db", db, "--json", "--limit", "1").stdout)[0]["state"] == "cancelled"


def check_release(folder):
    """A killed run holds its account until its lease ends, or until somebody who knows that it is dead releases it."""
    db = os.path.join(folder, "held-lease.db")
    with Marketplace("--seed", "5", "--offers", "30", "--faults", script(folder, {"at": "0s", "fault": "slow", "wait": "60s", "path": "/content/"})) as market:
        run("connect", "wildberries", "--db", db, "--base-url", market.url, "--label", "main", stdin=market.token)
        child = subprocess.Popen([BINARY, "sync", "--db", db], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1)
        child.kill()
        child.wait(timeout=10)
        assert "already running" in run("sync", "--db", db, code=5).stderr
        assert "already running" in run("release", "--db", db, "main", code=5).stderr, "its lease is young"
        freed = json.loads(run("release", "--db", db, "main", "--force", "--json").stdout)
        last = json.loads(run("runs", "--db", db, "--json", "--limit", "1").stdout)[0]
        assert freed == {"account": last["account"], "run": last["id"]} and last["state"] == "failed", (freed, last)
        assert "no run holds main" in run("release", "--db", db, "main").stdout


with tempfile.TemporaryDirectory() as folder:
    token = check_happy(folder)
    check_codes(folder)
    check_three(folder)
    check_held(folder)
    check_refusals(folder)
    check_limits_are_kept(folder)
    check_deadline(folder)
    check_interrupt(folder)
    check_release(folder)
    header, payload, signature = token.split(".")
    printed = "".join(SEEN)
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            printed += file.read().decode("latin-1")
    for secret in (token, payload, signature, *SEEN_KEYS):
        assert secret not in printed, "a token was left behind"
print("the network commands do what they say")
