#!/usr/bin/python3
"""What health, settings, tenants and doctor say is what was asked for and what is stored; a token leaves no trace."""
import datetime
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading

BINARY = sys.argv[1]
MOSCOW, ALMATY = datetime.timezone(datetime.timedelta(hours=3)), datetime.timezone(datetime.timedelta(hours=5))


def run(*args, code=0, env=None):
    done = subprocess.run([BINARY, *args], capture_output=True, text=True, env={**os.environ, **(env or {})})
    assert done.returncode == code, (args, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done


def show(*args, **how):
    return json.loads(run(*args, "--json", **how).stdout)


def time_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def one_health(db, *options):
    """Of one account, as JSON and as text, which must say the same."""
    args = ("health", "--db", db, "--account", "ozon", *options)
    (health,) = show(*args)
    said = run(*args).stdout
    first, second = said.splitlines()[:2]
    assert f"of {health['offers']} offers {health['out']} are out and {health['low']} low" in first, (first, health)
    assert first.startswith(f"ozon: score {health['score']};"), (first, health["score"])
    until = time_of(health["until"]).strftime("%Y-%m-%d %H:%M:%SZ")
    assert f"orders of {health['days']} days until {until} (midnight of {health['zone']})" in second, (second, health)
    assert ("not all known" in second) == (not health["orders_known"]), second
    shown = [offer for offer in health["each"] if offer["ends_soon"] or offer["alert"] in ("low", "out")]
    assert len(said.splitlines()) == (3 + len(shown[:20]) if shown else 3), said
    for offer, line in zip(shown, said.splitlines()[3:]):
        assert offer["offer"] in line and line.split()[-1] == offer["alert"], (offer, line)
    return health


def check_health(db):
    assert one_health(db)["days"] == 7
    for days in (1, 3, 30):
        health = one_health(db, "--days", str(days))
        assert health["days"] == days
        assert time_of(health["until"]) - time_of(health["from"]) == datetime.timedelta(days=days), health
        assert time_of(health["until"]).astimezone(MOSCOW).hour == 0 and health["zone"] == "Europe/Moscow", health
    almaty = one_health(db, "--zone", "Asia/Almaty")
    assert almaty["zone"] == "Asia/Almaty" and time_of(almaty["until"]).astimezone(ALMATY).hour == 0, almaty
    stock = sorted(offer["on_hand"] for offer in one_health(db)["each"] if offer["on_hand"])
    assert len(stock) > 10
    lows = []
    for low in (0, stock[0], stock[len(stock) // 2], stock[-1]):
        health = one_health(db, "--low", str(low))
        lows.append(health["low"])
        for offer in health["each"]:
            units = offer["on_hand"]
            alert = "unknown" if units is None else "out" if units == 0 else "low" if units <= low else "fine"
            assert offer["low_stock"] == low and offer["alert"] == alert, (low, offer)
        assert health["low"] == sum(offer["alert"] == "low" for offer in health["each"])
        assert health["out"] == sum(offer["alert"] == "out" for offer in health["each"])
    assert lows[0] == 0 and lows == sorted(set(lows)), lows
    # Without the option the setting counts.
    run("settings", "--db", db, "--set", f"low_stock={stock[-1]}")
    assert {offer["low_stock"] for offer in one_health(db)["each"]} == {stock[-1]}
    run("settings", "--db", db, "--set", "zone=Asia/Almaty")
    assert one_health(db)["zone"] == "Asia/Almaty"
    assert run("health", "--db", db, "--account", "ozon", "--zone", "Europe/Nowhere", code=2).stderr


def check_settings(db):
    wanted = {"locale": "en-US", "zone": "Asia/Omsk", "brand": "Clay & Co", "features": "a b", "low_stock": 7}
    sets = [f"--set={name}={value}" for name, value in {**wanted, "features": "b a  b"}.items()]
    changed = run("settings", "--db", db, *sets).stdout
    assert show("settings", "--db", db) == wanted
    text = run("settings", "--db", db).stdout
    assert text == changed
    lines = dict(line.split(maxsplit=1) for line in text.splitlines())
    assert lines == {name: str(value) for name, value in wanted.items()}, lines
    for wrong in ("zone=Asia/Nowhere", "zone=", "locale=?", "low_stock=-1", "low_stock=7x", "low_stock=", "colour=red"):
        assert run("settings", "--db", db, "--set", "brand=other", "--set", wrong, code=2).stdout == "", wrong
    assert show("settings", "--db", db) == wanted, "what is refused changes nothing"
    run("settings", "--db", db, "--set", "features=c")
    assert show("settings", "--db", db) == {**wanted, "features": "c"}, "features that are not named go"


def check_tenants(folder):
    house = os.path.join(folder, "house") + "/"
    tenants = {name: show("tenant", "create", name, "--db", house) for name in ("anna", "boris", "clara")}
    assert show("tenant", "suspend", "boris", "--db", house)["state"] == "suspended"
    assert show("tenant", "delete", "clara", "--db", house, "--yes")["state"] == "deleted"
    listed = {t["name"]: t for t in show("tenant", "list", "--db", house)}
    assert {name: t["state"] for name, t in listed.items()} == {"anna": "active", "boris": "suspended"}, listed
    assert {name: t["id"] for name, t in listed.items()} == {name: tenants[name]["id"] for name in ("anna", "boris")}
    gone = tenants["clara"]["id"]
    assert {t["id"]: t["state"] for t in show("tenant", "list", "--db", house, "--all")}[gone] == "deleted"
    table, all_of_them = (run("tenant", "list", "--db", house, *more).stdout for more in ((), ("--all",)))
    assert gone not in table and gone in all_of_them, (table, all_of_them)
    for tenant in listed.values():
        line = next(line for line in table.splitlines() if tenant["id"] in line)
        since = time_of(tenant["created_at"]).strftime("%Y-%m-%d %H:%M:%SZ")
        assert line.split(maxsplit=3) == [tenant["id"], tenant["name"], tenant["state"], since], line
        assert line.index(since) == table.splitlines()[0].index("since"), table


def finding(args, subject, code=0):
    (found,) = [one for one in show("doctor", *args, code=code) if one["subject"] == subject]
    text = run("doctor", *args, code=code).stdout
    line = next(line for line in text.splitlines() if line.startswith(subject))
    assert ("FAULT" in line) == (not found["ok"]), line
    return found["ok"], found["detail"]


def check_doctor(folder, db):
    keys = os.path.join(folder, "one.key")
    run("retain", "--db", db, "--days", "300", "--key-file", keys)  # makes it
    name = pathlib.Path(keys).read_text().split()[0]
    assert finding(("--db", db, "--key-file", keys), "key file") == (True, "current key " + name)
    subjects = {one["subject"] for one in show("doctor", "--db", db)}
    assert not {"key file", "key command"} & subjects, "no key was named"
    assert finding(("--db", db, "--key-command", f"/bin/cat {keys}"), "key command") == (True, "current key " + name)
    ok, detail = finding(("--db", db, "--key-command", "/bin/false"), "key command", code=4)
    assert not ok and "/bin/false" in detail, detail
    assert "--key-command" in run("doctor", "--db", db, "--key-command", "'", code=2).stderr
    missing = os.path.join(folder, "missing.key")
    ok, detail = finding(("--db", db, "--key-file", missing), "key file", code=4)
    assert not ok and missing in detail and not os.path.exists(missing), detail
    os.chmod(keys, 0o644)
    assert not finding(("--db", db, "--key-file", keys), "key file", code=4)[0], "others can read it"


class Silent:
    """A marketplace that takes a request and never answers."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.asked = threading.Event()
        self.request = b""
        threading.Thread(target=self.take, daemon=True).start()

    def take(self):
        self.one, _ = self.listener.accept()
        while b"\r\n\r\n" not in self.request:
            self.request += self.one.recv(65536)
        self.asked.set()


def check_token(folder):
    """Whoever may look at the process later finds no token in its environment."""
    secret = "canary-token-51a7"
    for channel, variable, words in (("ozon", "STOCKTRACKER_OZON_KEY", ("--client-id", "7")),
                                     ("yandex-market", "STOCKTRACKER_YANDEX_KEY", ())):
        market = Silent()
        process = subprocess.Popen([BINARY, "connect", channel, *words, "--db", os.path.join(folder, channel + ".db"),
                                    "--base-url", market.url], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, env={**os.environ, variable: secret, "KEPT": "canary-kept"})
        try:
            assert market.asked.wait(30), process.stderr
            assert secret.encode() in market.request, market.request
            seen = pathlib.Path(f"/proc/{process.pid}/environ").read_bytes()
            assert b"canary-kept" in seen and secret.encode() not in seen, seen
        finally:
            process.terminate()
            process.wait(20)


def main():
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "shop.db")
        run("demo", "--db", db, "--seed", "12", "--offers", "60", "--days", "5")
        check_health(db)
        check_settings(db)
        check_tenants(folder)
        check_doctor(folder, db)
        check_token(folder)
    print("ok answers")


main()
