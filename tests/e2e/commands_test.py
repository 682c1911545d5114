#!/usr/bin/python3
"""What commands show is what the store holds and the marketplace says; every option of every command is run by a test."""
import csv
import datetime
import io
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request

from option_help import commands_of, options_of, used_by
from stored import (CARDED, KIND, LISTED, POSITION, change_file, cut_offers, in_roubles, minute_of, money, rows_of, same_rows,
                    stored_orders, table, time_of)

BINARY = sys.argv[1]
HERE = pathlib.Path(__file__).parent
RAN = set()  # (command, option)
OTHER_TESTS = ("user", "member", "permissions")  # identity_commands_test.py asks the same of them


def run(*args, code=0, env=None, stdin=None):
    RAN.update(used_by(args))
    done = subprocess.run([BINARY, *args], capture_output=True, text=True, env={**os.environ, **(env or {})}, input=stdin)
    assert done.returncode == code, (args, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done


def show(*args, **how):
    return json.loads(run(*args, "--json", **how).stdout)


def check_orders(db):
    """Every line of every page, each member in its place; filters leave out what they say and nothing else."""
    stored = stored_orders(db)
    lines = show("orders", "--db", db)
    same_rows(lines, stored, "orders")
    by_account = {name: [r for r in lines if r["account"] == name] for name in ("wildberries", "ozon", "yandex-market")}
    assert all(len(rows) > 1000 for rows in by_account.values()), "a page is not all"
    for name, rows in by_account.items():
        times = [(r["ordered_at"], r["key"]) for r in rows]
        assert times == sorted(times), f"{name}: by the time of ordering"
        assert show("orders", "--db", db, "--account", name) == rows
    assert {r["status"] for r in lines} >= {"placed", "delivered", "cancelled"}, "the demo has orders of each kind"
    ozon = by_account["ozon"]
    accounts = {a["label"]: a for a in show("accounts", "--db", db)}
    assert show("orders", "--db", db, "--account", accounts["ozon"]["id"]) == ozon
    offer = ozon[0]["offer"]
    assert show("orders", "--db", db, "--account", "ozon", "--offer", offer) == [r for r in ozon if r["offer"] == offer]
    # From is within, until is not.
    middle = ozon[len(ozon) // 2]["ordered_at"]
    early = show("orders", "--db", db, "--account", "ozon", "--until", middle)
    late = show("orders", "--db", db, "--account", "ozon", "--from", middle)
    assert early + late == ozon and late[0]["ordered_at"] == middle and early[-1]["ordered_at"] < middle
    none = show("orders", "--db", db, "--account", "ozon", "--from", middle, "--until", middle)
    assert none == []
    # The table says the same.
    text = run("orders", "--db", db, "--account", "ozon").stdout
    first, rest = text.split("\n", 1)
    check_coverage(db, "ozon", first)
    head, rows, _ = table(rest)
    assert head.split() == ["ordered", "article", "offer", "kind", "warehouse", "units", "price", "status", "since"]
    assert len(rows) == len(ozon)
    for line, row in zip(rows, ozon):
        for part in (row["ordered_at"][:19].replace("T", " ") + "Z", row["status"], row["fulfilment"],
                     in_roubles(row["price"]["minor"]), f" {row['quantity']} "):
            assert part in line, (part, line)
    everything = run("orders", "--db", db).stdout
    assert [line.split(":")[0] for line in everything.splitlines() if "every order from" in line] == list(accounts)


def check_coverage(db, account, said):
    """The stored period; one that ends in the future ends at the newest line (the demo's days are not over yet)."""
    row = rows_of(db, f"SELECT * FROM account a JOIN order_coverage c USING (account_id) WHERE label = '{account}'")[0]
    until = row["until_at"]
    if until > datetime.datetime.now(datetime.timezone.utc).timestamp() * 1e6:
        until = rows_of(db, f"""SELECT max(max(ordered_at, changed_at)) AS newest FROM order_line
            WHERE account_id = '{row["account_id"]}'""")[0]["newest"]
    expected = f"{account}: every order from {minute_of(row['from_at'])} to {minute_of(until)} is known"
    assert said == expected or until != row["until_at"] and said.startswith(expected.split(" to ")[0]), (said, expected)


def check_prices(db):
    stored = [{"account": r["label"], "offer": r["offer_key"], "price": money(r["price_minor"], r["currency"]),
               "list_price": money(r["list_minor"], r["currency"]), "lowest_price": money(r["lowest_minor"], r["currency"]),
               "changed_at": time_of(r["changed_at"])}
              for r in rows_of(db, "SELECT p.*, a.label FROM price p JOIN account a USING (account_id)")]
    prices = show("prices", "--db", db)
    same_rows(prices, stored, "prices")
    ozon = [r for r in prices if r["account"] == "ozon"]
    assert len(ozon) > 1000, "a page is not all"
    assert show("prices", "--db", db, "--account", "ozon") == ozon
    assert show("prices", "--db", db, "--offer", ozon[7]["offer"], "--account", "ozon") == [ozon[7]]
    none = run("prices", "--db", db, "--offer", "nothing")
    assert (none.stdout, none.stderr) == ("", "no prices\n")
    head, rows, starts = table(run("prices", "--db", db, "--account", "ozon").stdout)
    assert head.split() == ["account", "offer", "price", "crossed", "out", "lowest", "since"] and len(rows) == len(ozon)
    for line, row in zip(rows, ozon):
        price, crossed = in_roubles(row["price"]["minor"]), in_roubles(row["list_price"]["minor"])
        assert re.search(rf" {re.escape(price)} +{re.escape(crossed)} +\? ", line), (line, row)
        assert line.startswith("ozon ") and row["changed_at"][:19].replace("T", " ") + "Z" in line


def check_stock(db):
    stored = [
        {"account": r["account_id"], "offer": r["offer_key"], "listing": r["listing"], "article": r["article"],
         "title": r["title"], "brand": r["brand"], "size": r["size"], "offer_state": LISTED[r["offer_state"]],
         "warehouse": r["warehouse_key"], "warehouse_name": r["name"], "region": r["region"],
         "fulfilment": KIND[r["source_kind"]], "state": POSITION[r["state"]], "on_hand": r["on_hand"],
         "reserved": r["reserved"], "to_client": r["to_client"], "from_client": r["from_client"],
         "observed_at": time_of(r["observed_at"])}
        for r in rows_of(db, """SELECT l.*, o.account_id, o.offer_key, o.listing, o.article, o.title, o.brand, o.size,
            o.state AS offer_state, w.warehouse_key, w.name, w.region, s.kind AS source_kind, s.observed_at
            FROM level l JOIN offer o USING (offer_id) JOIN warehouse w USING (warehouse_id) JOIN source s
            ON s.source_id = l.source_id""")]
    rows = show("stock", "--db", db)
    assert all(r["warehouse_kind"] in ("marketplace", "seller", "undisclosed") for r in rows)
    bare = [{k: v for k, v in r.items() if k != "warehouse_kind"} for r in rows]
    same_rows(bare, stored, "stock")
    assert any(r["reserved"] for r in rows) and any(r["to_client"] for r in rows) and any(r["from_client"] for r in rows)
    for kind in KIND:
        some = show("stock", "--db", db, "--kind", kind)
        assert some == [r for r in rows if r["fulfilment"] == kind] and some
    article = next(r["article"] for r in rows if r["article"] and r["account"] == rows[-1]["account"])
    assert show("stock", "--db", db, "--article", article) == [r for r in rows if r["article"] == article]
    run("stock", "--db", db, "--article", article, "--offer", rows[0]["offer"], code=2)
    lines = list(csv.DictReader(io.StringIO(run("stock", "--db", db, "--format", "csv").stdout, newline="")))
    plain = lambda text: text[1:] if text.startswith("'") else text  # noqa: E731
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows):
        assert line.keys() == row.keys()
        for name, value in row.items():
            assert plain(line[name]) == plain("" if value is None else str(value)), (name, line, row)
    head, printed, _ = table(run("stock", "--db", db, "--account", "ozon").stdout)
    assert head.split()[-5:] == ["hand", "to", "from", "state", "seen"]
    ozon = show("stock", "--db", db, "--account", "ozon")
    assert len(printed) == len(ozon) > 100
    for line, row in zip(printed, ozon):
        assert re.search(rf" {row['fulfilment']} +{row['on_hand']} ", line) and row["offer"][:11] in line, (line, row)
    # Known at the first run's end is what had been recorded then.
    runs = show("runs", "--db", db)
    first = runs[-1]["finished_at"]
    then = show("stock", "--db", db, "--known-at", first)
    one = {r["account"] for r in then}
    assert one == {runs[-1]["account"]}, "the other accounts had not been read yet"
    assert show("stock", "--db", db, "--known-at", "2001-01-01T00:00Z") == []


def check_ledger(db):
    entries = show("ledger", "--db", db)
    stored = rows_of(db, """SELECT g.*, o.offer_key, o.article, w.warehouse_key, w.name, r.run_id FROM ledger g
        JOIN offer o USING (offer_id) JOIN warehouse w USING (warehouse_id) LEFT JOIN run r USING (run_no)""")
    picture = [(r["offer_key"], r["article"], r["warehouse_key"], r["name"], r["seq"], r["before_qty"], r["after_qty"],
                time_of(r["observed_at"]), time_of(r["recorded_at"]), r["run_id"]) for r in stored]
    reported = [(e["offer"], e["article"], e["warehouse"], e["warehouse_name"], e["seq"], e["before"], e["after"],
             e["observed_at"], e["recorded_at"], e["run"]) for e in entries]
    assert len(reported) > 1000 and sorted(map(str, reported)) == sorted(map(str, picture))
    assert all(e["delta"] == (e["after"] or 0) - (e["before"] or 0) for e in entries)
    one = next(e for e in entries if e["before"] is not None and e["delta"] != 0)
    some = show("ledger", "--db", db, "--offer", one["offer"], "--warehouse", one["warehouse"])
    assert some == [e for e in entries if (e["offer"], e["warehouse"]) == (one["offer"], one["warehouse"])]
    by_article = show("ledger", "--db", db, "--article", one["article"])
    assert by_article == [e for e in entries if e["article"] == one["article"]]
    at = one["observed_at"]
    early = show("ledger", "--db", db, "--offer", one["offer"], "--until", at)
    late = show("ledger", "--db", db, "--offer", one["offer"], "--from", at)
    assert {e["seq"] for e in early + late} == {e["seq"] for e in entries if e["offer"] == one["offer"]}
    assert all(e["observed_at"] < at for e in early) and all(e["observed_at"] >= at for e in late) and early and late
    mine = show("ledger", "--db", db, "--account", "ozon", "--limit", "0")
    assert 0 < len(mine) < len(entries)
    assert show("ledger", "--db", db, "--account", "ozon", "--limit", "3") == mine[:3]


def check_runs(db):
    runs = show("runs", "--db", db)
    stored = rows_of(db, "SELECT * FROM run ORDER BY run_no DESC")
    assert [r["id"] for r in runs] == [r["run_id"] for r in stored] and len(runs) == 9
    for one, row in zip(runs, stored):
        assert (one["requests"], one["actor"], one["started_at"]) == (row["requests"], "cli", time_of(row["started_at"]))
    mine = [r for r in runs if r["account"] == runs[0]["account"]]
    accounts = {a["id"]: a["label"] for a in show("accounts", "--db", db)}
    assert show("runs", "--db", db, "--account", accounts[runs[0]["account"]]) == mine and len(mine) == 3
    assert show("runs", "--db", db, "--limit", "2") == runs[:2]
    assert show("runs", "--db", db, "--limit", "0") == runs
    text = run("runs", "--db", db).stdout
    assert all(r["id"] in text for r in runs)


def check_offers(db):
    """Every offer with its barcodes; each filter, pages that continue, CSV and table."""
    barcodes = {}
    for row in rows_of(db, "SELECT offer_id, barcode FROM offer_barcode ORDER BY barcode"):
        barcodes.setdefault(row["offer_id"], []).append(row["barcode"])
    stored = [{"account": r["account_id"], "offer": r["offer_key"], "listing": r["listing"], "article": r["article"],
               "title": r["title"], "brand": r["brand"], "size": r["size"], "state": CARDED[r["state"]],
               "barcodes": barcodes.get(r["offer_id"], [])} for r in rows_of(db, "SELECT * FROM offer")]
    offers = show("offers", "--db", db)
    same_rows(offers, stored, "offers")
    one = next(o for o in offers if o["barcodes"] and o["article"] and " " in o["title"])
    part = one["title"].split()[0]
    for option, value, keep in (("--offer", one["offer"], lambda o: o["offer"] == one["offer"]),
                                ("--article", one["article"], lambda o: o["article"] == one["article"]),
                                ("--barcode", one["barcodes"][0], lambda o: one["barcodes"][0] in o["barcodes"]),
                                ("--title", part, lambda o: part in o["title"]),
                                ("--state", "listed", lambda o: o["state"] == "listed"),
                                ("--account", one["account"], lambda o: o["account"] == one["account"])):
        found = show("offers", "--db", db, option, value)
        assert found == [o for o in offers if keep(o)] and one in found, (option, value, len(found))
    assert show("offers", "--db", db, "--state", "vanished") == [] and show("offers", "--db", db, "--title", part + "?") == []
    # A list continues where it ended; a cursor is of its filters.
    walked, after = [], ()
    while True:
        page = run("offers", "--db", db, "--json", "--limit", "100", *after)
        walked += json.loads(page.stdout)
        if len(json.loads(page.stdout)) < 100:
            break
        after = ("--after", re.search(r"continue with --after (\S+)", page.stderr)[1])
    assert walked == offers and len(offers) > 200
    assert "after" in run("offers", "--db", db, "--title", part, *after, code=2).stderr
    text = run("offers", "--db", db, "--format", "csv", "--bom").stdout
    lines = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline="")))
    plain = lambda text: text[1:] if text.startswith("'") else text  # noqa: E731
    assert text[0] == "\ufeff" and len(lines) == len(offers)
    for line, row in zip(lines, offers):
        assert {k: plain(v) for k, v in line.items()} == {**row, "barcodes": " ".join(row["barcodes"])}, (line, row)
    head, rows, _ = table(run("offers", "--db", db).stdout)
    assert head.split() == ["article", "size", "offer", "listing", "title", "brand", "state", "barcodes"]
    assert len(rows) == len(offers)
    run("offers", "--db", db, "--limit", "-1", code=2)


def check_events(db):
    """Numbers without a gap, payloads as objects; what is named is read on, and a number that is gone is an error."""
    events = show("events", "--db", db)
    assert [e["number"] for e in events] == list(range(1, len(events) + 1))
    accounts = {a["id"]: a for a in show("accounts", "--db", db)}
    connected = [e for e in events if e["topic"] == "account.connected"]
    assert {e["payload"]["account"]: e["payload"]["channel"] for e in connected} == {
        a: of["channel"] for a, of in accounts.items()}
    runs = {r["id"]: r for r in show("runs", "--db", db)}
    finished = [e for e in events if e["topic"] == "sync.finished"]
    assert len(finished) > 3 and {e["payload"]["run"] for e in finished} <= set(runs)
    assert len(finished) + len(connected) == len(events)
    assert all(e["version"] == e["payload"]["version"] == 1 and e["created_at"] for e in events)
    assert all(runs[e["payload"]["run"]]["state"] == e["payload"]["state"] for e in finished)
    assert show("events", "--db", db, "--after", "2", "--limit", "3") == events[2:5]
    assert show("events", "--db", db, "--after", str(len(events)), "--wait", "1") == []
    assert "no events after" in run("events", "--db", db, "--after", str(len(events))).stderr
    run("events", "--db", db, "--after", str(len(events) + 1), code=3)
    head, rows, _ = table(run("events", "--db", db).stdout)
    assert head.split() == ["number", "at", "topic", "version", "payload"] and len(rows) == len(events)
    assert all(e["topic"] in line and e["id"] for e, line in zip(events, rows))


def check_tables(db):
    """`--rows` cuts a table, and says what it left out."""
    few, more = (run("listings", "--db", db, "--rows", n).stdout for n in ("2", "5"))
    left = [int(re.search(r"and (\d+) more products", text)[1]) for text in (few, more)]
    assert left[0] - left[1] == 3, left
    count = lambda text: len(text.splitlines())  # noqa: E731
    # Each cell is the sum over the offer's warehouses.
    accounts = {a["label"]: a["id"] for a in show("accounts", "--db", db)}
    sums = {}
    for one in show("stock", "--db", db):
        of_offer = sums.setdefault((one["account"], one["offer"]), {"fbo": 0, "fbs": 0})
        of_offer[one["fulfilment"]] += one["on_hand"] or 0
    product = next(p for p in show("listings", "--db", db)["products"] if len(p["offers"]) == 3)
    stock = [sums[accounts[offer["account"]], offer["offer"]] for offer in product["offers"]]
    cells = re.findall(r"\d+ \+ \d+", few.splitlines()[1])
    assert len(cells) == 3 and sorted(cells) == sorted(f"{s['fbo']} + {s['fbs']}" for s in stock), (few, stock)
    # A low threshold that everything is under: each offer would have a row.
    health = [run("health", "--db", db, "--account", "ozon", "--low", "100000", "--rows", n).stdout for n in ("1", "4")]
    assert count(health[1]) - count(health[0]) == 3, health
    shown = [run("demo", "--seed", "5", "--offers", "30", "--days", "2", "--rows", n).stdout for n in ("1", "4")]
    assert count(shown[1]) - count(shown[0]) == 3


def check_products(db):
    """Products are those of `listings`, found by text, and continue after a cursor."""
    accounts = [a["label"] for a in show("accounts", "--db", db)]
    all_of = show("products", "--db", db, "--limit", "10000")
    assert all_of["next"] is None
    key = lambda offers: sorted((o["account"], o["offer"]) for o in offers)  # noqa: E731
    listed = show("listings", "--db", db)
    matched = sorted(key(p["offers"]) for p in listed["products"])
    assert sorted(key(p["offers"]) for p in all_of["products"] if p["match"] != "none") == matched and len(matched) > 5
    alone = sorted(key(p["offers"]) for p in all_of["products"] if p["match"] == "none")
    assert alone == sorted(key([r["offer"]]) for r in listed["review"])
    pages, after = [], ""
    while after is not None:
        page = show("products", "--db", db, "--limit", "7", *(["--after", after] if after else []))
        pages, after = pages + page["products"], page["next"]
    assert pages == all_of["products"]
    one = next(p for p in pages if len(p["offers"]) == 3)
    for offer in one["offers"]:
        for option, value in [("--article", offer["article"])] + [("--barcode", b) for b in offer["barcodes"]]:
            found = show("products", "--db", db, "--account", offer["account"], option, value)["products"]
            assert one in found, (option, value)
    assert one["fbo"] == sum(o["fbo"] or 0 for o in one["offers"])
    assert one in show("products", "--db", db, "--title", one["offers"][0]["title"][1:], "--limit", "10000")["products"]
    some = show("products", "--db", db, "--match", one["match"], "--limit", "10000")["products"]
    assert some == [p for p in pages if p["match"] == one["match"]]
    assert show("products", "--db", db, "--account", accounts[0], "--limit", "10000")["products"] == [
        p for p in pages if any(o["account"] == accounts[0] for o in p["offers"])]
    none = run("products", "--db", db, "--barcode", "nothing")
    assert (none.stdout, none.stderr) == ("", "no products\n")
    text = run("products", "--db", db, "--limit", "2").stdout
    assert "More products follow: add --after " in text and pages[0]["offers"][0]["offer"] in text
    assert "after" in run("products", "--db", db, "--after", "x", code=2).stderr


def check_repair(db):
    """Products that are missing or damaged are computed again by `migrate` and by `doctor --repair`; a hint says so."""
    before = show("products", "--db", db, "--limit", "10000")
    change_file(db, "DELETE FROM product_offer; DELETE FROM read_model")
    assert "stocktracker doctor --repair" in run("products", "--db", db, code=6).stderr
    assert "products: " in run("migrate", "--db", db).stdout
    assert "products: " not in run("migrate", "--db", db).stdout
    assert show("products", "--db", db, "--limit", "10000") == before
    change_file(db, "UPDATE product_offer SET product_id = product_id + 1 WHERE offer_id = 7; "
                    "UPDATE product_offer SET account_id = 'nobody' WHERE offer_id = 8")
    assert "stocktracker doctor --repair" in run("doctor", "--db", db, code=4).stdout
    findings = show("doctor", "--db", db, "--repair")
    assert all(one["ok"] for one in findings), findings
    assert [one["detail"] for one in findings if one["subject"] == "products"] == ["rows changed: 2 (tenants: 1)"]
    run("doctor", "--db", db)
    assert show("products", "--db", db, "--limit", "10000") == before
    damaged = db + ".damaged"
    run("backup", "--db", db, damaged)
    cut_offers(damaged)
    rows = rows_of(damaged, "SELECT * FROM product_offer")
    findings = {one["subject"]: one for one in json.loads(run("doctor", "--db", damaged, "--repair", "--json", code=4).stdout)}
    assert not findings["integrity"]["ok"] and "restore a backup" in findings["products"]["detail"], findings
    assert rows_of(damaged, "SELECT * FROM product_offer") == rows  # nothing was computed from what is left
    missing = db + ".missing"
    assert missing in run("doctor", "--db", missing, "--repair", code=3).stderr and not os.path.exists(missing)
    noise = db + ".noise"
    with open(noise, "w") as file:
        file.write("no store")
    findings = json.loads(run("doctor", "--db", noise, "--repair", "--json", code=4).stdout)
    assert [(one["subject"], one["ok"]) for one in findings] == [("products", False), ("open", False)], findings


def check_nothing(folder):
    """An empty store says that it is empty, in every form; what is not there is not found."""
    db = os.path.join(folder, "empty.db")
    run("migrate", "--db", db)
    for command, said in (("stock", "no positions"), ("ledger", "no entries"), ("runs", "no runs"), ("accounts", "no accounts")):
        assert show(command, "--db", db) == [], command
        assert said in run(command, "--db", db).stderr, command
    for command, said in (("offers", "no offers"), ("events", "no events")):
        assert show(command, "--db", db) == [] and said in run(command, "--db", db).stderr, command
    for command in ("orders", "prices", "health", "limits"):
        assert show(command, "--db", db) == [], command
        run(command, "--db", db)
    assert "," in run("stock", "--db", db, "--format", "csv").stdout
    assert show("listings", "--db", db) == {"products": [], "review": []}, show("listings", "--db", db)
    assert show("products", "--db", db) == {"products": [], "next": None}
    assert "no account is connected" in run("sync", "--db", db, code=3).stderr
    run("release", "--db", db, "nobody", code=3)
    run("account", "rename", "--db", db, "nobody", "somebody", code=3)
    run("account", "disconnect", "--db", db, "nobody", code=3)
    run("refuse", "--db", db, "last", "--why", "no id", code=2)
    run("refuse", "--db", db, "01931111-0000-7000-8000-000000000009", "--why", "no such run", "--json", code=3)
    for command in ("orders", "prices", "stock", "ledger", "runs", "health", "sync", "offers"):
        said = run(command, "--db", db, "--account", "nobody", code=3)
        assert "nobody" in said.stderr and said.stdout in ("", "["), (command, said)
    for wrong in ("yesterday", "2026-02-30", "2026-13-01T00:00Z", "2026-11-21T25:00Z", "12"):
        for option in ("--from", "--until"):
            for command in ("orders", "ledger"):
                assert option in run(command, "--db", db, option, wrong, code=2).stderr, (command, option, wrong)
    missing = os.path.join(folder, "missing.db")
    for command in ("orders", "prices", "stock", "ledger", "runs", "accounts", "limits", "health", "listings", "settings",
                    "doctor", "backup", "offers", "events"):
        args = (command, "--db", missing) + ((os.path.join(folder, "x"),) if command == "backup" else ())
        assert missing in run(*args, code=3).stderr, command
        assert not os.path.exists(missing), command
    house = os.path.join(folder, "missing_house", "")
    assert f"stocktracker tenant create NAME --db {house}" in run("stock", "--db", house, code=3).stderr


class Marketplaces:
    def __init__(self, *args):
        RAN.update(used_by(("simulate", *args)))
        self.process = subprocess.Popen([BINARY, "simulate", *args], stdout=subprocess.PIPE, text=True)
        self.reported = json.loads(self.process.stdout.readline())

    def ask(self, path, body=None, headers=None):
        request = urllib.request.Request(self.reported["url"] + path, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json", **(headers or {})})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(10)


def asked_prices(market):
    """The three price lists, read without the library."""
    ozon, yandex = market.reported["ozon"], market.reported["yandex_market"]
    found = {}
    answer = market.ask("/api/v2/list/goods/filter?limit=1000&offset=0", headers={"Authorization": market.reported["token"]})
    for card in answer["data"]["listGoods"]:
        for size in card["sizes"]:
            if size["discountedPrice"]:
                found["wb", str(size["sizeID"])] = round(size["discountedPrice"] * 100)
    head = {"Client-Id": ozon["client_id"], "Api-Key": ozon["api_key"]}
    answer = market.ask("/v5/product/info/prices", {"filter": {"visibility": "ALL"}, "limit": 1000, "cursor": ""}, head)
    for item in answer["items"]:
        found["oz", item["offer_id"]] = round(float(item["price"]["price"]) * 100)
    answer = market.ask(f"/v2/businesses/{yandex['business']}/offer-prices?limit=500", {}, {"Api-Key": yandex["api_key"]})
    for offer in answer["result"]["offers"]:
        if offer.get("price", {}).get("currencyId") in ("RUR", "RUB"):
            found["ym", offer["offerId"]] = round(float(offer["price"]["value"]) * 100)
    return found


def check_against_marketplaces(folder):
    db = os.path.join(folder, "three.db")
    market = Marketplaces("--seed", "9", "--offers", "60", "--orders", "90", "--days", "4", "--no-limits", "--speed", "1",
                          "--port", "0", "--channels", "wildberries,ozon,yandex-market")
    try:
        ozon, yandex = market.reported["ozon"], market.reported["yandex_market"]
        at = ("--db", db, "--base-url", market.reported["url"], "--key-file", os.path.join(folder, "a.key"))
        show("connect", "wildberries", *at, "--label", "wb", stdin=market.reported["token"])
        connected = show("connect", "ozon", "--client-id", ozon["client_id"], *at, "--label", "oz", stdin=ozon["api_key"])
        assert connected["label"] == "oz" and connected["seller"] == ozon["client_id"], connected
        show("connect", "yandex-market", "--business", yandex["business"], *at, "--label", "ym", stdin=yandex["api_key"])
        free = os.path.join(folder, "free.json")  # the marketplaces refuse nothing, and we wait for nothing
        with open(free, "w") as file:
            file.write('{"format": 1, "vendors": {}}')
        sync = ("sync", "--db", db, "--key-file", os.path.join(folder, "a.key"), "--limits", free)
        names = lambda runs: {s["name"].split(":")[0] for r in runs for s in r["sources"]}  # noqa: E731
        plans = show(*sync, "--plan")
        assert [p["at_least"] for p in plans] == [True] * 3 and names(plans) >= {"catalogue", "fbo", "orders", "prices"}
        assert [p["requests"] for p in plans] == [sum(s["requests"] for s in p["sources"]) for p in plans]
        assert show("runs", "--db", db) == [], "a plan is no run"
        text = run(*sync, "--plan", "--account", "oz", "--only", "prices").stdout
        assert text.startswith("oz: at least ") and text.splitlines()[1].split() == ["source", "requests", "not", "before"]
        assert names(show(*sync, "--only", "prices")) == {"prices"}
        assert show("orders", "--db", db) == [] and "orders were never read" in run("orders", "--db", db).stdout
        assert show("stock", "--db", db) == [] and show("prices", "--db", db)
        assert names(show(*sync, "--only", "orders", "--account", "oz")) == {"orders"}
        assert {r["account"] for r in show("orders", "--db", db)} == {"oz"} and show("stock", "--db", db) == []
        assert "stock" not in names(show(*sync, "--only", "stock,orders", "--account", "wb")) | {"catalogue"}
        assert names(show(*sync, "--all")) >= {"catalogue", "fbo", "fbs", "orders", "prices"}
        prices = {(r["account"], r["offer"]): r["price"]["minor"] for r in show("prices", "--db", db)}
        truth = asked_prices(market)
        assert len(truth) > 120 and prices == truth, {k: (prices.get(k), truth.get(k)) for k in prices.keys() ^ truth.keys()}
        answer = market.ask(f"/v1/businesses/{yandex['business']}/orders",
                            {"dates": {"updateDateFrom": time_of(int(1e6 * (os.path.getmtime(db) - 29 * 86400)) // 10**6 * 10**6),
                                       "updateDateTo": time_of(int(1e6 * os.path.getmtime(db)) // 10**6 * 10**6)}},
                            {"Api-Key": yandex["api_key"]})
        placed = {str(order["orderId"]) for order in answer["orders"]}
        mine = [r["order"] for r in show("orders", "--db", db, "--account", "ym")]
        assert len(placed) > 20 and placed <= set(mine), placed - set(mine)
        check_coverage(db, "ym", run("orders", "--db", db, "--account", "ym").stdout.split("\n")[0])
        assert len({(r["account"], r["key"]) for r in show("orders", "--db", db)}) == len(show("orders", "--db", db))
        check_account(db, sync, market)
    finally:
        market.stop()
    return db


def check_account(db, sync, market):
    """An account is freed, renamed and disconnected; its data stay, and connecting revives it."""
    ozon = market.reported["ozon"]
    before = show("stock", "--db", db, "--account", "oz")
    assert "no run holds oz" in run("release", "--db", db, "oz").stdout
    assert show("release", "--db", db, "oz", "--force")["run"] is None
    assert "oz is now called" in run("account", "rename", "--db", db, "oz", "o3").stdout
    assert show("account", "rename", "--db", db, "o3", "oz")["label"] == "oz"
    assert "label" in run("account", "rename", "--db", db, "oz", "wb", code=2).stderr
    run("account", "rename", "--db", db, "oz", "", code=2)
    events = show("events", "--db", db)
    gone = show("account", "disconnect", "--db", db, "oz")
    assert (gone["health"], gone["reason"]["code"], gone["credentials"]) == ("denied", "disconnected", []), gone
    assert "oz is disconnected" in run("account", "disconnect", "--db", db, "oz").stdout, "again"
    fresh = show("events", "--db", db, "--after", str(events[-1]["number"]))
    assert [(e["topic"], e["payload"]["account"]) for e in fresh] == [("account.disconnected", gone["id"])], fresh
    assert "connect" in run(*sync, "--account", "oz", code=6).stderr
    assert show("stock", "--db", db, "--account", "oz") == before
    again = show("connect", "ozon", "--client-id", ozon["client_id"], "--db", db, "--base-url", market.reported["url"],
                 "--key-file", sync[sync.index("--key-file") + 1], stdin=ozon["api_key"])
    assert (again["id"], again["label"]) == (gone["id"], "oz")


def check_options():
    """Each option that a command's help names was run here, or stands in the test named here."""
    elsewhere = {"--pooling": "postgres_test.py", "--app-role": "postgres_test.py",
                 "--allow-unverified-server": "postgres_test.py", "--check": "postgres_test.py", "--tenant": "tenants_test.py",
                 "--key-command": "keys_test.py", "--key-command-env": "keys_test.py", "--key-file": "keys_test.py",
                 "--limits": "network_test.py", "--proxy": "terminal_test.py", "--ca-bundle": "terminal_test.py",
                 "--allow-base-url": "tenants_test.py", "--base-url": "network_test.py", "--label": "network_test.py",
                 "--faults": "network_test.py", "--dry-run": "network_test.py", "--accept-mass-zero": "network_test.py",
                 "--timeout": "network_test.py", "--yes": "tenants_test.py", "--data": "keys_test.py", "--new": "keys_test.py",
                 "--set": "tenants_test.py", "--as-of": "cli_test.py", "--bom": "cli_test.py", "--zone": "cli_test.py",
                 "--low-stock": "cli_test.py", "--offer": "cli_test.py", "--product": "cli_test.py", "--days": "cli_test.py"}
    for option, file in elsewhere.items():
        assert f'"{option}"' in (HERE / file).read_text(), f"{file} does not run {option}"
    commands = [one for one in commands_of(BINARY) if one.split()[0] not in OTHER_TESTS]
    assert len(commands) > 30, commands
    checked, missing = 0, []
    for command in commands:
        for option in options_of(BINARY, command):
            checked += 1
            if (command, option) not in RAN and option not in elsewhere:
                missing.append((command, option))
    assert checked > 150 and not missing, (checked, missing)
    # A command that no test runs at all is named here.
    tests = "".join(path.read_text() for path in HERE.glob("*_test.py"))
    for command in commands:
        words = ", ".join(f'"{word}"' for word in command.split())
        assert words in tests or command.split()[0] == "connect", f"no test runs {command}"


with tempfile.TemporaryDirectory() as folder:
    db = os.path.join(folder, "shop.db")
    run("demo", "--db", db, "--seed", "11", "--offers", "1100", "--days", "8")
    check_orders(db)
    check_prices(db)
    db = os.path.join(folder, "small.db")
    run("demo", "--db", db, "--seed", "12", "--offers", "120", "--days", "6")
    check_stock(db)
    check_ledger(db)
    check_runs(db)
    check_offers(db)
    check_events(db)
    check_tables(db)
    check_products(db)
    check_repair(db)
    check_nothing(folder)
    check_against_marketplaces(folder)
    show("limits", "--db", db)
    show("settings", "--db", db)
    show("doctor", "--db", db)
    assert len(show("demo", "--offers", "5", "--days", "1")) == 9
    run("--log-level", "off", "accounts", "--db", db)
    house = os.path.join(folder, "house") + "/"
    for action in (("create", "anna"), ("suspend", "anna"), ("resume", "anna"), ("list",)):
        show("tenant", *action, "--db", house)
    show("tenant", "list", "--db", house, "--all")
    show("tenant", "export", "anna", os.path.join(folder, "anna.db"), "--db", house)
    show("tenant", "delete", "anna", "--db", house, "--yes")
    other = os.path.join(folder, "other") + "/"
    show("tenant", "create", "vera", "--db", other)
    assert show("tenant", "import", "boris", os.path.join(folder, "anna.db"), "--db", other)["name"] == "boris"
    for action in ("status", "rotate", "discard"):
        show("key", action, "--db", house)
    run("listings", "--db", db, "--account", "ozon", code=2)  # of which offer?
    run("backup", "--db", db, os.path.join(folder, "copy.db"))
    run("restore", "--db", os.path.join(folder, "again.db"), os.path.join(folder, "copy.db"))
    assert show("stock", "--db", os.path.join(folder, "again.db")) == show("stock", "--db", db)
    run("retain", "--db", db, "--days", "30", "--key-file", os.path.join(folder, "b.key"))
    check_options()
print("what commands show is what there is")
