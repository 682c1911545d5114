#!/usr/bin/python3
"""A seller, a marketplace and file names that try to control the terminal and the spreadsheet of the reader."""
import contextlib
import csv
import http.server
import io
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

BINARY = sys.argv[1]
COMMANDS = 0
OWNED = "\x1b]0;owned\x07\x1b[2J\u009b31m\u009d0;x\u009c\x7f\r\x08\u202e"
ARTICLES = ["plain", OWNED, "=1+1", "+7", "-7", "@SUM(A1)", " =1", "\t=1", "\r=1", "x;=cmd|' /C calc'!A0", "x\t=1", "x;\"=1\"", "x|@y", ";=1",
            "\uff1d1", "x;\uff0b1", "a\n=1", "a\r\n=1", "\"=1", "\"\"=1;=2", "a,b;=c", "x; -1", "quo\"te", "x,\"a;=1\"", "';=1"]
RENAMED = {"title", "name", "tradeMark", "warehouseName", "officeName", "brand", "supplierArticle", "article", "subjectName"}


def renamed(value, counter):
    """The world's answer with names that its owner would not like."""
    if isinstance(value, list):
        return [renamed(one, counter) for one in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for name, one in value.items():
        if name == "vendorCode":
            counter[0] += 1
            out[name] = ARTICLES[counter[0] % len(ARTICLES)] + str(counter[0])
        elif name in RENAMED and isinstance(one, str):
            out[name] = OWNED + one + "\nnext line"
        else:
            out[name] = renamed(one, counter)
    return out


class Proxy:
    """Stands between the binary and the simulated marketplace. Refuses with hostile words while `status` is set."""

    def __init__(self, url):
        proxy, self.status = self, 0

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                size = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(size) if size else None
                if proxy.status:
                    words = OWNED + " ".join(f"{k}: {v}" for k, v in self.headers.items())
                    answer = {"title": words, "detail": words, "code": words, "requestId": words, "message": words}
                    return self.send(proxy.status, json.dumps(answer).encode())
                headers = {k: v for k, v in self.headers.items() if k.lower() in ("authorization", "content-type", "accept")}
                request = urllib.request.Request(url + self.path, body, headers, method=self.command)
                try:
                    with urllib.request.urlopen(request) as answer:
                        status, text = answer.status, answer.read()
                except urllib.error.HTTPError as error:
                    status, text = error.code, error.read()
                if text.lstrip()[:1] in (b"{", b"["):
                    text = json.dumps(renamed(json.loads(text), [0]), ensure_ascii=False).encode()
                self.send(status, text)

            def send(self, status, text):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                if status != 204:
                    self.wfile.write(text)

            do_GET = do_POST = do_PUT = pass_on

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def commands_terminal(raw):
    """The first thing in the bytes that a terminal would obey."""
    found = re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]", raw)
    return found and raw[max(0, found.start() - 60):found.end() + 60]


def run(*args, code=0, stdin="", env=None):
    global COMMANDS
    COMMANDS += 1
    done = subprocess.run([BINARY, *args], input=stdin.encode(), capture_output=True, env={**os.environ, **(env or {})})
    assert code is None or done.returncode == code, (args, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    for raw in (done.stdout, done.stderr):
        assert not commands_terminal(raw), (args, commands_terminal(raw))
        if TOKEN:
            assert TOKEN.encode() not in raw, (args, "shows the token")
    return done.stdout.decode()


TOKEN = ""


def is_formula(cell):
    if re.fullmatch(r"-?\d+(\.\d+)?", cell):
        return False  # a number stays one
    return cell.strip(" \"\u00a0")[:1] in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20") - {""} and cell.strip(" \"\u00a0") != ""


def check_csv(db):
    for flags in ((), ("--bom",)):
        text = run("stock", "--db", db, "--format", "csv", *flags)
        for delimiter in (",", ";", "\t", "|"):
            rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))
            for row in rows:
                for cell in row:
                    assert not is_formula(cell), (delimiter, cell, row)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert rows and all(None not in row and None not in row.values() for row in rows), "each row has the header's cells"
    assert all(re.fullmatch(r"\d*", row["on_hand"]) for row in rows), "numbers stay numbers"
    articles = {row["article"] for row in rows}
    assert any(a.startswith("'=1+1") for a in articles) and any(a.startswith("x;'=cmd") for a in articles), articles
    assert any(a.startswith("plain") for a in articles)


def check_commands(db, folder, proxy, fast):
    listings = [("accounts",), ("stock",), ("stock", "--format", "json"), ("ledger",), ("ledger", "--json"), ("runs",), ("runs", "--json"),
                ("orders",), ("orders", "--json"), ("prices",), ("prices", "--json"), ("listings",), ("listings", "--json"),
                ("health",), ("health", "--json"), ("settings",), ("settings", "--json"), ("limits",), ("limits", "--json"),
                ("doctor",), ("doctor", "--json"), ("accounts", "--json"), ("offers",), ("offers", "--json"), ("events",),
                ("events", "--json")]
    shown = {command: run(command[0], "--db", db, *command[1:], code=None) for command in listings}
    for command, text in shown.items():
        if "json" in command[-1]:
            json.loads(text)
        assert text.strip(), command
    assert "owned" in shown[("accounts",)] and "owned" in shown[("stock",)], "what was hostile is shown, without its commands"
    assert any(OWNED in row["article"] for row in json.loads(shown[("stock", "--format", "json")])), "JSON keeps what it was"
    run("sync", "--db", db, *fast)
    run("--log-level", "debug", "sync", "--db", db, "--json", *fast)
    for status in (400, 401, 403, 500, 503):
        proxy.status = status
        run("--log-level", "debug", "sync", "--db", db, "--timeout", "3", *fast, code=None)
        run("sync", "--db", db, "--timeout", "3", "--json", *fast, code=None)
        run("connect", "wildberries", "--db", db, "--base-url", proxy.url, stdin=TOKEN, code=None)
        for command in (("runs",), ("runs", "--json"), ("accounts",), ("accounts", "--json"), ("limits",), ("doctor",)):
            run(command[0], "--db", db, *command[1:], code=None)
    proxy.status = 0
    run("backup", "--db", db, os.path.join(folder, OWNED + "backup.db"))
    run("restore", "--db", os.path.join(folder, OWNED + "again.db"), os.path.join(folder, OWNED + "backup.db"))
    run("migrate", "--db", os.path.join(folder, OWNED + "again.db"), "--check")
    run("migrate", "--db", os.path.join(folder, OWNED + "again.db"))
    run("retain", "--db", db, "--days", "30")


def check_arguments(db, folder):
    """What was typed, or stands in a variable, comes back in complaints."""
    bad = OWNED + "x\ny"
    for args in ((bad,), ("--" + bad,), ("stock", "--db", db, "--kind", bad), ("stock", "--db", db, "--" + bad, "1"),
                 ("stock", "--db", os.path.join(folder, bad)), ("stock", "--db", db, "--account", bad), ("ledger", "--db", db, "--from", bad),
                 ("stock", "--db", db, "--as-of", bad), ("health", "--db", db, "--zone", bad), ("settings", "--db", db, "--set", bad),
                 ("settings", "--db", db, "--set", "zone=" + bad), ("sync", "--db", db, "--proxy", bad), ("sync", "--db", db, "--limits", bad),
                 ("sync", "--db", db, "--ca-bundle", bad), ("sync", "--db", db, "--key-file", os.path.join(folder, bad)),
                 ("sync", "--db", db, "--allow-base-url", bad), ("simulate", "--faults", bad), ("doctor", "--db", db, "--key-file", bad),
                 ("connect", "ozon", "--db", db, "--client-id", bad), ("connect", "wildberries", "--db", db, "--base-url", bad),
                 ("stock", "--db", "postgresql://" + bad), ("backup", "--db", db, "/nowhere/" + bad), ("restore", "--db", db, bad)):
        run(*args, stdin=TOKEN, code=None)
    run("settings", "--db", db, "--set", "brand=" + OWNED, code=None)
    run("settings", "--db", db)
    house = os.path.join(folder, "house") + "/"
    for name in ("anna", OWNED + "boris"):
        run("tenant", "create", name, "--db", house, code=None)
        run("tenant", "suspend", name, "--db", house, code=None)
        run("tenant", "delete", name, "--db", house, code=None)
    run("tenant", "list", "--db", house)
    run("tenant", "list", "--json", "--db", house)
    run("stock", "--db", house, "--tenant", bad, code=None)


def main():
    global TOKEN
    with tempfile.TemporaryDirectory() as folder:
        limits = os.path.join(folder, "limits.json")
        with open(limits, "w") as file:
            json.dump({"format": 1, "vendors": {}}, file)
        market = subprocess.Popen([BINARY, "simulate", "--seed", "5", "--offers", "120", "--no-limits", "--orders", "50", "--days", "2"],
                                  stdout=subprocess.PIPE, text=True)
        try:
            reported = json.loads(market.stdout.readline())
            proxy = Proxy(reported["url"])
            TOKEN = reported["token"]
            db, fast = os.path.join(folder, "shop.db"), ("--limits", limits)
            connect = ("connect", "wildberries", "--db", db, "--base-url", proxy.url)
            run(*connect, "--label", OWNED + "label", stdin=TOKEN, code=2)
            run(*connect, "--label", "label", stdin=TOKEN)
            with contextlib.closing(sqlite3.connect(db)) as store, store:
                store.execute("UPDATE account SET label = ?", (OWNED + "label",))  # as an earlier version took it
            run("connect", "wildberries", "--db", db, "--base-url", proxy.url, "--json", stdin=TOKEN)
            run("sync", "--db", db, *fast)
            check_csv(db)
            check_commands(db, folder, proxy, fast)
            check_arguments(db, folder)
        finally:
            market.send_signal(signal.SIGINT)
            market.wait(timeout=10)
    print(f"{COMMANDS} commands, no byte of theirs commands a terminal")


main()
