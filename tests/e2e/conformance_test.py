#!/usr/bin/python3
"""Our requests and the world's answers through a validating proxy over the marketplace's own specification.

Skipped (77) where the specification or the proxy's package is not there: neither is part of the project.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from skips import skipped

BINARY, SOURCE, CACHE = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
SPECS = SOURCE.parent / "shared" / "specs"
SPEC = {"wildberries": SPECS / "wildberries" / "stock-sync.derived.yaml",
        "ozon": SPECS / "ozon" / "swagger.stock-sync.json",
        "yandex-market": SPECS / "yandex-market" / "openapi.stock-sync.yaml"}
PACKAGE = "@stoplight/prism-cli@5.16.0"


def skip(why):
    skipped(why)
    sys.exit(77)


def prism():
    binary = CACHE / "node_modules" / ".bin" / "prism"
    if not binary.exists():
        if not shutil.which("npm"):
            skip("npm is not installed")
        CACHE.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", PACKAGE], cwd=CACHE,
                              capture_output=True, timeout=300)
        if done.returncode != 0 or not binary.exists():
            skip("the validating proxy could not be installed")
    return binary


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*args, stdin="", code=0):
    done = subprocess.run([BINARY, *args], input=stdin, capture_output=True, text=True)
    assert done.returncode == code, (args, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done


def connecting(channel, reported):
    """The arguments and the key of `connect`."""
    if channel == "ozon":
        return ["ozon", "--client-id", reported["ozon"]["client_id"]], reported["ozon"]["api_key"]
    if channel == "yandex-market":
        return ["yandex-market"], reported["yandex_market"]["api_key"]
    return ["wildberries"], reported["token"]


def check(folder, proxy_binary, name, simulate, expected, channel="wildberries"):
    market = subprocess.Popen([BINARY, "simulate", "--seed", "11", "--offers", "120", "--no-limits", "--channels",
                               channel, *simulate],
                              stdout=subprocess.PIPE, text=True)
    reported = json.loads(market.stdout.readline())
    port = free_port()
    log = open(os.path.join(folder, name + ".log"), "w+")
    proxy = subprocess.Popen([proxy_binary, "proxy", "--errors", "-h", "127.0.0.1", "-p", str(port), SPEC[channel], reported["url"]],
                             stdout=log, stderr=subprocess.STDOUT)
    try:
        for _ in range(300):
            if "Prism is listening" in pathlib.Path(log.name).read_text():
                break
            assert proxy.poll() is None, pathlib.Path(log.name).read_text()[-2000:]
            time.sleep(0.1)
        db = os.path.join(folder, name + ".db")
        arguments, key = connecting(channel, reported)
        run("connect", *arguments, "--db", db, "--base-url", f"http://127.0.0.1:{port}", stdin=key)
        synced = run("sync", "--db", db, "--limits", os.path.join(folder, "limits.json"), "--json", code=expected)
        sources = json.loads(synced.stdout)[0]["sources"]
        text = pathlib.Path(log.name).read_text()
        violations = [line for line in text.splitlines() if "Violation" in line or "violation" in line]
        assert not violations, violations[:5]
        assert not any("422" in str(source["error"]) for source in sources), sources
        return sources
    finally:
        for process in (proxy, market):
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)
        log.close()


if not all(spec.exists() for spec in SPEC.values()):
    skip("no specification beside the checkout")
proxy_binary = prism()
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "limits.json"), "w") as file:
        json.dump({"format": 1, "vendors": {}}, file)
    sources = check(folder, proxy_binary, "plain", [], 0)
    assert all(source["state"] == "ok" for source in sources) and sum(source["rows"] for source in sources) > 200
    lively = ["--orders", "60", "--days", "12"]
    for channel in SPEC:
        sources = check(folder, proxy_binary, "orders-" + channel, lively, 0, channel)
        rows = {source["name"]: source["rows"] for source in sources}
        assert all(source["state"] == "ok" for source in sources), sources
        assert rows["catalogue"] > 90 and rows["orders"] > 100 and rows["prices"] > 90, rows
    # The main method refused: the report task, its orders and answers, keep to the specification too.
    faults = os.path.join(folder, "faults.json")
    with open(faults, "w") as file:
        json.dump({"faults": [{"at": "0s", "fault": "status", "status": 403, "path": "wb-warehouses"}]}, file)
    sources = check(folder, proxy_binary, "remains", ["--faults", faults], 0)
    assert all(source["state"] == "ok" for source in sources), sources
    # Refusals have the documented forms.
    for status, code in ((401, 11), (402, 11), (429, 12)):
        with open(faults, "w") as file:
            json.dump({"faults": [{"at": "0s", "fault": "status", "status": status, "path": "/api/v3/stocks"}]}, file)
        check(folder, proxy_binary, f"status{status}", ["--faults", faults], code)
print("requests and answers keep to the specification")
