#!/usr/bin/python3
"""Runs every command of the binary and reads what it prints."""
import csv
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

BINARY = sys.argv[1]


def run(*args, code=0, env=None):
    done = subprocess.run([BINARY, *args], capture_output=True, text=True, env={**os.environ, **(env or {})})
    assert done.returncode == code, (args, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done


def check_demo(db):
    start = time.time()
    out = run("demo", "--db", db, "--seed", "7", "--offers", "40").stdout
    assert time.time() - start < 10, "the demo takes too long"
    for part in ("seen", "Why ", "Side by side", "health ", "ozon", "yandex-market", "first seen with", ": equal.", "0 broken", "min ago"):
        assert part in out, (part, out)
    assert run("demo", "--seed", "3").stdout == run("demo", "--seed", "3").stdout, "one seed, one demo"
    assert len(json.loads(run("demo", "--json").stdout)) == 9


def check_stock(db):
    rows = json.loads(run("stock", "--db", db, "--format", "json").stdout)
    assert rows and rows == json.loads(run("stock", "--json", env={"STOCKTRACKER_DB": db}).stdout)
    keys = {(r["account"], r["offer"], r["warehouse"], r["fulfilment"]) for r in rows}
    assert len(keys) == len(rows), "one row per offer and warehouse"
    for row in rows:
        assert row["on_hand"] is None or isinstance(row["on_hand"], int)
    kinds = {r["fulfilment"] for r in rows}
    assert kinds == {"fbo", "fbs"}, kinds

    text = run("stock", "--db", db, "--format", "csv").stdout
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(table) == len(rows)
    for line, row in zip(table, rows):
        assert line["offer"].lstrip("'") == row["offer"].lstrip("'") and line["on_hand"] == str(row["on_hand"])
        assert line["article"].lstrip("'") == row["article"].lstrip("'")
        for cell in (line["article"], line["title"], line["brand"], line["warehouse_name"]):
            assert not cell or cell[0] not in "=+-@\t\r", cell
    assert any(line["article"].startswith("'") for line in table), "the demo's seller has articles like formulas"
    raw = subprocess.run([BINARY, "stock", "--db", db, "--format", "csv", "--bom"], capture_output=True).stdout
    assert raw.startswith(b"\xef\xbb\xbf") and raw.decode("utf-8-sig").startswith("account,")

    runs = json.loads(run("runs", "--db", db, "--json").stdout)
    assert [r["state"] for r in runs] == ["ok"] * 9
    first = runs[-1]["finished_at"]
    then = json.loads(run("stock", "--db", db, "--json", "--as-of", first).stdout)
    assert then and then != rows
    offset = first.replace("Z", "+00:00")
    assert then == json.loads(run("stock", "--db", db, "--json", "--as-of", offset).stdout)
    assert json.loads(run("stock", "--db", db, "--json", "--as-of", "2001-01-01T00:00Z").stdout) == []
    one = json.loads(run("stock", "--db", db, "--json", "--offer", rows[0]["offer"]).stdout)
    assert {r["offer"] for r in one} == {rows[0]["offer"]}
    return rows


def check_health(db):
    """What `health` says is what stock and orders say, by the one definition."""
    reported = json.loads(run("health", "--db", db, "--days", "3", "--json").stdout)
    assert {h["account"] for h in reported} == {"wildberries", "ozon", "yandex-market"}
    for health in reported:
        alerts = [offer["alert"] for offer in health["each"]]
        assert (alerts.count("low"), alerts.count("out"), alerts.count("unknown")) == (
            health["low"], health["out"], health["unknown"])
        assert abs(health["score"] - 100 * (1 - (health["low"] + health["out"]) / health["offers"])) <= 0.05
        for offer in health["each"]:
            if offer["days_of_stock"] is not None:
                assert abs(offer["days_of_stock"] - offer["on_hand"] * 3 / offer["orders"]) <= 0.0501, offer
            assert (offer["alert"] == "out") == (offer["on_hand"] == 0)
    text = run("health", "--db", db).stdout
    assert "score" in text and "orders of 7 days" in text
    listings = json.loads(run("listings", "--db", db, "--json").stdout)
    assert any(len(p["offers"]) == 3 for p in listings["products"]) and listings["review"]
    one = listings["review"][0]["offer"]
    run("listings", "--db", db, "--account", one["account"], "--offer", one["offer"], "--product", "mug")
    again = json.loads(run("listings", "--db", db, "--json").stdout)
    assert [p for p in again["products"] if p["matched_by"] == "person"], again["products"][:2]
    run("listings", "--db", db, "--account", one["account"], "--offer", one["offer"])
    assert json.loads(run("listings", "--db", db, "--json").stdout) == listings
    run("listings", "--db", db, "--offer", "x", code=2)


def check_threshold(db):
    """An offer's own threshold of low stock counts before all others, until it is taken back."""
    def health(*options):
        report = json.loads(run("health", "--db", db, "--account", "ozon", "--json", *options).stdout)[0]
        return {offer["offer"]: offer for offer in report["each"]}
    before = health("--low", "5")
    key = next(offer for offer, one in before.items() if one["alert"] == "fine")
    own = ("health", "--db", db, "--account", "ozon", "--offer", key, "--low-stock")
    run(*own, str(before[key]["on_hand"]))
    assert health("--low", "5")[key]["alert"] == "low" and health()[key]["low_stock"] == before[key]["on_hand"]
    run(*own, "default")
    assert health("--low", "5") == before
    run(*own, "-1", code=2)
    counts = (("ledger", "--limit"), ("health", "--rows"), ("listings", "--rows"), ("runs", "--limit"), ("sync", "--timeout"))
    for command, option in counts:
        for wrong in ("-1", "many"):
            assert "must be 0 or more" in run(command, "--db", db, f"{option}={wrong}", code=2).stderr, (command, wrong)
    assert "--low-stock" in run(*own, "many", code=2).stderr
    run("health", "--db", db, "--account", "ozon", "--offer", "nobody", "--low-stock", "1", code=3)
    for wrong in (("--offer", key), ("--low-stock", "1"), ("--offer", key, "--low-stock", "1")):
        run("health", "--db", db, *wrong, code=2)  # an account, an offer and a number


def check_days(db):
    """What a day is, the tenant's zone decides, or the command's."""
    def health(*options):
        return json.loads(run("health", "--db", db, "--account", "ozon", "--days", "2", "--json", *options).stdout)[0]
    moscow = health()
    assert moscow["zone"] == "Europe/Moscow" and moscow["until"].endswith("T21:00:00Z"), moscow["until"]
    assert health("--zone", "Asia/Kolkata")["until"].endswith("T18:30:00Z")
    assert "zone" in run("health", "--db", db, "--zone", "Moon/Base", code=2).stderr
    assert "zone" in run("settings", "--db", db, "--set", "zone=Moon/Base", code=2).stderr
    bare = {"TZDIR": "/nowhere"}  # a machine without a time zone database
    assert json.loads(run("health", "--db", db, "--account", "ozon", "--days", "2", "--json", env=bare).stdout)[0] == moscow
    assert "tzdata" in run("health", "--db", db, "--zone", "Asia/Kolkata", code=2, env=bare).stderr
    lines = json.loads(run("orders", "--db", db, "--json").stdout)
    wildberries = [line for line in lines if line["account"] == "wildberries"]
    assert wildberries and all(line["article"] for line in wildberries), "the catalogue knows the article"
    day = lines[len(lines) // 2]["ordered_at"][:10]
    def ordered(*options):
        return [line["key"] for line in json.loads(run("orders", "--db", db, "--json", *options).stdout)]
    for zone, midnight in (("Europe/Moscow", "T00:00:00+03:00"), ("Asia/Kolkata", "T00:00:00+05:30")):
        run("settings", "--db", db, "--set", "zone=" + zone)
        assert ordered("--from", day) == ordered("--from", day + midnight) != []
        assert ordered("--until", day) == ordered("--until", day + midnight)
        assert health()["zone"] == zone
    run("settings", "--db", db, "--set", "zone=Europe/Moscow")
    assert "--from" in run("orders", "--db", db, "--from", "2026-02-30", code=2).stderr


def check_ledger(db, rows):
    entries = json.loads(run("ledger", "--db", db, "--json").stdout)
    balance = {}
    for entry in entries:
        key = entry["offer"], entry["warehouse"], entry["warehouse_name"]
        assert entry["before"] == balance.get(key), entry
        balance[key] = entry["after"]
    for row in rows:
        key = row["offer"], row["warehouse"], row["warehouse_name"]
        assert balance[key] == row["on_hand"], row
    offer = rows[0]["offer"]
    some = json.loads(run("ledger", "--db", db, "--json", "--offer", offer, "--limit", "1").stdout)
    assert len(some) == 1 and some[0]["offer"] == offer
    assert "first seen with" in run("ledger", "--db", db, "--offer", offer).stdout


def check_doctor(db, folder):
    findings = json.loads(run("doctor", "--db", db, "--json").stdout)
    assert {f["subject"] for f in findings} >= {"integrity", "schema", "ledger"} and all(f["ok"] for f in findings)
    key = os.path.join(folder, "key")
    with open(key, "w") as file:
        file.write("k-1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")
    os.chmod(key, 0o644)
    assert "chmod 600" in run("doctor", "--db", db, "--key-file", key, code=4).stdout
    os.chmod(key, 0o600)
    assert "AAEC" not in run("doctor", "--db", db, "--key-file", key).stdout

    broken = os.path.join(folder, "broken.db")
    with open(db, "rb") as source, open(broken, "wb") as target:
        data = bytearray(source.read())
        middle = len(data) // 2
        data[middle:middle + 4096] = b"\xa5" * 4096
        target.write(data)
    assert "FAULT" in run("doctor", "--db", broken, code=4).stdout
    text = os.path.join(folder, "text.db")
    with open(text, "w") as file:
        file.write("not a store\n" * 100)
    assert text in run("doctor", "--db", text, code=4).stdout
    for args in (["stock", "--db", text], ["sync", "--db", text]):
        said = run(*args, code=2).stderr
        assert said.count("is no stocktracker store") == 1 and "Name another file" in said and "backup" in said, said


def check_usage(db, folder):
    missing = os.path.join(folder, "missing.db")
    assert missing in run("stock", "--db", missing, code=3).stderr and not os.path.exists(missing)
    run("stock", "--db", db, "--account", "nobody", code=3)
    assert "--as-of" in run("stock", "--db", db, "--as-of", "yesterday", code=2).stderr
    said = run("connect", "wibble", "--db", db, code=2).stderr
    assert "wibble" in said and "wildberries ozon yandex-market" in said, said
    assert "--timeout" in run("sync", "--db", db, "--timeout", "9" * 30, code=2).stderr
    for args in (["stock"], [], ["stock", "--db", db, "--format", "xml"], ["ledger", "--db", db, "--limit", "-1"], ["fly"]):
        run(*args, code=2)
    assert "Exit codes" in run("--help").stdout
    assert run("--version").stdout.strip() == "0.1.0"


def check_unwritable(db):
    """A full disk or a closed output is no success: half a file is not taken for a whole one."""
    for args in (["stock", "--db", db, "--format", "csv"], ["stock", "--db", db, "--json"], ["accounts", "--db", db],
                 ["doctor", "--db", db], ["backup", "--db", db, db + ".copy"], ["--help"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([BINARY, *args], stdout=full, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 1 and "standard output cannot be written" in done.stderr, (args, done)
    with open("/dev/full", "w") as full:  # what the command itself says comes first
        done = subprocess.run([BINARY, "stock", "--db", db + ".missing"], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 3, done
    # A file that may not grow is an error, not the end of the process.
    done = subprocess.run(["prlimit", "--fsize=8192", BINARY, "backup", "--db", db, db + ".limited"],
                          stderr=subprocess.PIPE, text=True)
    assert done.returncode > 0 and "stocktracker: " in done.stderr and not os.path.exists(db + ".limited"), done
    # Otherwise the store would be opened under the number of the closed stream.
    done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", BINARY, "stock", "--db", db, "--json"],
                          stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1 and "standard output cannot be written" in done.stderr, done
    done = subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", BINARY, "doctor", "--db", db])
    assert done.returncode == 1, done
    assert all(f["ok"] for f in json.loads(run("doctor", "--db", db, "--json").stdout))


def check_interrupt():
    child = subprocess.Popen([BINARY, "demo", "--offers", "200000", "--days", "365"], stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE)
    time.sleep(1.5)
    child.send_signal(signal.SIGINT)
    start = time.time()
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 130, (child.returncode, errors)
    assert b"stopped on request" in errors, errors
    print(f"stopped {time.time() - start:.1f} s after the signal")


with tempfile.TemporaryDirectory() as folder:
    db = os.path.join(folder, "shop.db")
    check_demo(db)
    rows = check_stock(db)
    check_health(db)
    check_threshold(db)
    check_days(db)
    check_ledger(db, rows)
    check_doctor(db, folder)
    check_usage(db, folder)
    check_unwritable(db)
    check_interrupt()
print("every command does what it says")
