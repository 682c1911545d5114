#!/usr/bin/python3
"""Keys of stored credentials, as an operator runs them: rotation, also when it is killed, a key command, and the end of
an old key."""
import json
import os
import pathlib
import random
import signal
import stat
import subprocess
import sys
import tempfile
import time

BINARY = sys.argv[1]
CANARY = "canary-7f3a"


def run(*args, code=0, text=None, env=None):
    done = subprocess.run([BINARY, *args], capture_output=True, text=True, input=text, env={**os.environ, **(env or {})})
    assert done.returncode == code, (args, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done


class Marketplace:
    def __init__(self):
        self.process = subprocess.Popen([BINARY, "simulate", "--seed", "41", "--offers", "20", "--no-limits"],
                                        stdout=subprocess.PIPE, text=True)
        said = json.loads(self.process.stdout.readline())
        self.url, self.token = said["url"], said["token"]
        os.environ["STOCKTRACKER_ALLOW_BASE_URL"] = self.url

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(10)


def connect(market, limits, *where):
    run("connect", "wildberries", "--base-url", market.url, "--limits", limits, *where, text=market.token)


def status(*where, **more):
    return json.loads(run("key", "status", "--json", *where, **more).stdout)


def rotate(*where, **more):
    return json.loads(run("key", "rotate", "--json", *where, **more).stdout)


def folder(work, market, limits):
    house = os.path.join(work, "house")
    key = pathlib.Path(house, "key")
    names = ["anna", "boris", "clara", "dora"]
    for name in names:
        run("tenant", "create", name, "--db", house + "/")
        connect(market, limits, "--db", house, "--tenant", name)
    first = key.read_text()
    reported = status("--db", house)
    assert [(k["current"], k["sealed"]) for k in reported["master"]] == [(True, 4)], reported
    assert [(k["number"], k["credentials"] > 0) for k in reported["data"]] == [(1, True)] * 4, reported

    # Killed at any moment and begun again, master and data keys in turn.
    chance = random.Random(7)
    for round in range(24):
        kind = ["--data"] if round % 2 else []
        process = subprocess.Popen([BINARY, "key", "rotate", *kind, "--db", house], stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.005, 0.06))
        process.kill()
        process.wait()
        assert key.read_text().endswith(first) and stat.S_IMODE(key.stat().st_mode) == 0o600
    assert rotate("--db", house)["left"] == 0
    rotate("--new", "--db", house)  # whatever the killed ones left beside the key file goes with a new key
    assert [name for name in os.listdir(house) if name.startswith("key")] == ["key"], os.listdir(house)
    assert rotate("--data", "--db", house)["left"] == 0
    for name in names:
        run("sync", "--db", house, "--tenant", name, "--limits", limits)

    reported = status("--db", house)
    assert sum(k["sealed"] for k in reported["master"] if not k["current"]) == 0, reported
    assert all(not k["removable"] for k in reported["data"]), "nothing is an hour old"
    assert run("key", "discard", "--db", house).stdout.strip() == "data keys deleted: 0"
    assert "current" in run("key", "status", "--db", house).stdout

    # A complete rotation is followed by another; the old lines go, and the old key alone opens nothing.
    assert rotate("--db", house)["made"] == 1
    lines = key.read_text().splitlines(True)
    key.write_text(lines[0])
    for name in names:
        run("sync", "--db", house, "--tenant", name, "--limits", limits)
    key.write_text(first)
    assert "key_missing" in run("sync", "--db", house, "--tenant", "anna", "--limits", limits, code=3).stderr
    key.write_text("".join(lines))
    run("key", "rotate", "--data", "--tenant", "nobody", "--db", house, code=3)
    return [line.split()[1] for line in lines]


def interrupted(work):
    """The first Ctrl-C ends a run whose key command hangs, and the command with its children."""
    group = os.path.join(work, "group")
    program = os.path.join(work, "hangs.sh")
    pathlib.Path(program).write_text(f"#!/bin/sh\nsleep 25 &\necho $$ $! > '{group}.new'\nmv '{group}.new' '{group}'\nwait\n")
    os.chmod(program, 0o700)
    running = subprocess.Popen([BINARY, "key", "status", "--db", os.path.join(work, "shop.db"), "--key-command", program],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 20
    while not os.path.exists(group) and time.monotonic() < until:
        time.sleep(0.01)
    asked = time.monotonic()
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=30)[1]
    assert running.returncode == 130 and time.monotonic() - asked < 5, (running.returncode, said)
    for process in pathlib.Path(group).read_text().split():
        while os.path.exists(f"/proc/{process}") and ") Z " not in pathlib.Path(f"/proc/{process}/stat").read_text():
            assert time.monotonic() - asked < 10, "the command was left behind"
            time.sleep(0.01)


def command(work, market, limits):
    """One file, with its keys from a command that is a key management service."""
    store = os.path.join(work, "shop.db")
    keys = os.path.join(work, "kms keys")
    program = os.path.join(work, "kms.sh")
    pathlib.Path(keys).write_text("k-one QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\n")
    pathlib.Path(program).write_text('#!/bin/sh\necho ' + CANARY + ' >&2\n[ "$KMS_TOKEN" = let-me ] || exit 9\ncat "$1"\n')
    os.chmod(program, 0o700)
    where = ["--db", store, "--key-command", f"{program} '{keys}'", "--key-command-env", "KMS_TOKEN"]
    good = {"KMS_TOKEN": "let-me"}
    run("connect", "wildberries", "--base-url", market.url, "--limits", limits, *where, text=market.token, env=good)
    assert not os.path.exists(store + ".key"), "no key file beside a command"
    run("sync", "--limits", limits, *where, env=good)
    by_variable = {**good, "STOCKTRACKER_KEY_COMMAND": where[3], "STOCKTRACKER_KEY_COMMAND_ENV": "KMS_TOKEN"}
    run("sync", "--limits", limits, "--db", store, env=by_variable)

    failed = run("sync", "--limits", limits, *where, env={"KMS_TOKEN": "wrong"}, code=5)
    assert "key_command_failed" in failed.stderr and "exit code 9" in failed.stderr and CANARY not in failed.stderr
    run("sync", "--limits", limits, *where, "--key-file", keys, env=good, code=2)
    assert "quote" in run("key", "status", "--db", store, "--key-command", program + " 'open", code=2).stderr
    assert "absolute" in run("key", "status", "--db", store, "--key-command", "kms.sh", code=2).stderr
    findings = json.loads(run("doctor", "--json", *where, env=good).stdout)
    assert any(f["subject"] == "key command" and f["ok"] and "k-one" in f["detail"] for f in findings), findings

    # The service makes the new key; what is stored is sealed anew.
    assert rotate(*where, env=good)["outside"] is True
    run("key", "rotate", "--new", *where, env=good, code=4)
    old = pathlib.Path(keys).read_text()
    pathlib.Path(keys).write_text("k-two QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=\n" + old)
    reported = rotate(*where, env=good)
    assert reported["current"] == "k-two" and reported["sealed_anew"] > 0 and reported["left"] == 0, reported
    assert [(k["id"], k["unused"]) for k in status(*where, env=good)["master"]] == [("k-two", False), ("k-one", True)]
    pathlib.Path(keys).write_text(pathlib.Path(keys).read_text().splitlines(True)[0])
    run("sync", "--limits", limits, *where, env=good)
    assert "unsupported" in run("key", "rotate", "--data", *where, env=good, code=4).stderr


def main():
    market = Marketplace()
    try:
        with tempfile.TemporaryDirectory() as work:
            limits = os.path.join(work, "limits.json")
            pathlib.Path(limits).write_text('{"format": 1, "vendors": {}}')
            for base64 in folder(work, market, limits):
                for path in pathlib.Path(work).rglob("*"):
                    if path.is_file() and path.name != "key":
                        assert base64.encode() not in path.read_bytes(), path
            command(work, market, limits)
            interrupted(work)
    finally:
        market.stop()
    print("ok keys")


main()
