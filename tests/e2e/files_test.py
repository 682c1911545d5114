#!/usr/bin/python3
"""Files that are not as they should be: each gives an error that names the file and the remedy, and loses nothing."""
import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time

from skips import skipped

BINARY = sys.argv[1]
RELEASED = pathlib.Path(__file__).resolve().parent.parent / "unit" / "sql" / "released"
NOBODY = 65534


def run(*args, user=None, stdin="", timeout=60, binary=None, env=None):
    return subprocess.run([binary or BINARY, *args], input=stdin, capture_output=True, text=True, timeout=timeout, env=env,
                          **({"user": user, "group": user} if user else {}))


def good(*args, **more):
    done = run(*args, **more)
    assert done.returncode == 0, (args, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done


def refused(*args, code, says, **more):
    done = run(*args, **more)
    reported = done.stdout + done.stderr
    assert done.returncode not in (0, 134, 139), (args, done.returncode, reported)
    assert code in reported, (args, "no " + code, reported)
    for word in says:
        assert word.lower() in reported.lower(), (args, "no " + word, reported)  # the next step begins a sentence
    assert "database is locked" not in reported, reported
    assert "terminate called" not in reported, reported
    return reported


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


@contextlib.contextmanager
def database(path):
    db = sqlite3.connect(path)
    try:
        with db:
            yield db
    finally:
        db.close()


def content(path):
    with database(path) as db:
        return hashlib.sha256("\n".join(db.iterdump()).encode()).hexdigest()


def stock(db):
    rows = json.loads(good("stock", "--db", db, "--format", "json").stdout)
    return sorted((r["offer"], r["warehouse"], r["on_hand"]) for r in rows)


class Marketplace:
    def __init__(self, offers):
        self.process = subprocess.Popen([BINARY, "simulate", "--no-limits", "--offers", str(offers), "--seed", "4"],
                                        stdout=subprocess.PIPE, text=True)
        reported = json.loads(self.process.stdout.readline())
        self.url, self.token = reported["url"], reported["token"]

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=10)


def no_limits(folder):
    path = os.path.join(folder, "limits.json")
    with open(path, "w") as file:
        json.dump({"format": 1, "vendors": {}}, file)
    return ("--limits", path)


def make_shop(folder, market, name="shop.db"):
    db = os.path.join(folder, name)
    good("connect", "wildberries", "--db", db, "--base-url", market.url, "--label", "main", stdin=market.token)
    good("sync", "--db", db, *no_limits(folder))
    return db


def check_foreign(folder, shop):
    text = os.path.join(folder, "notes.txt")
    with open(text, "w") as file:
        file.write("milk, bread, and a list that is long enough not to be taken for an empty file\n" * 40)
    tiny = os.path.join(folder, "tiny.txt")
    with open(tiny, "w") as file:
        file.write("x")
    for path in (text, tiny):
        before = digest(path)
        for command in ("stock", "sync", "runs", "doctor"):
            refused(command, "--db", path, code="is no stocktracker store", says=[path, "name another file"])
        refused("connect", "wildberries", "--db", path, code="is no stocktracker store", says=[path], stdin="x.y.z")
        assert digest(path) == before
    other = os.path.join(folder, "other.db")
    with database(other) as db:
        db.execute("CREATE TABLE album (title TEXT)")
        db.execute("INSERT INTO album VALUES ('Blue')")
    before = digest(other)
    for command in ("stock", "sync"):
        refused(command, "--db", other, code="store_", says=[other, "name another file"])
    assert digest(other) == before and not os.path.exists(other + "-wal")
    refused("sync", "--db", folder, code="store_", says=[folder])
    missing = os.path.join(folder, "nowhere", "shop.db")
    refused("sync", "--db", missing, code="there is no store", says=[missing, "connect"])
    refused("stock", "--db", missing, code="there is no store", says=[missing, "connect"])
    assert not os.path.exists(os.path.dirname(missing))


def check_damaged(folder, shop):
    broken = os.path.join(folder, "broken.db")
    shutil.copy(shop, broken)
    shutil.copy(shop + ".key", broken + ".key")
    size = os.path.getsize(broken)
    with open(broken, "r+b") as file:
        for page in range(2, size // 4096, 2):
            file.seek(page * 4096)
            file.write(os.urandom(4096))
    reported = run("doctor", "--db", broken)
    assert reported.returncode != 0 and "FAULT" in reported.stdout + reported.stderr, reported
    refused("sync", "--db", broken, code="store_corrupt", says=[broken, "backup"])
    cut = os.path.join(folder, "cut.db")
    shutil.copy(shop, cut)
    os.truncate(cut, size // 2 + 100)
    reported = run("doctor", "--db", cut)
    assert reported.returncode != 0, reported


def check_permissions(folder, shop):
    """As a user who owns nothing: for root every file is writable."""
    if os.getuid() != 0:
        skipped("another user is needed, and only root can become one", "check_permissions")
        return
    place = os.path.join(folder, "others")
    os.mkdir(place)
    os.chmod(place, 0o755)
    db = os.path.join(place, "shop.db")
    shutil.copy(shop, db)
    shutil.copy(shop + ".key", db + ".key")
    before = digest(db)
    # The tree may lie in a folder that only its owner can enter.
    shutil.copy(BINARY, place)
    libraries = pathlib.Path(BINARY).parent.parent / "lib"
    for library in libraries.glob("*.so*") if libraries.is_dir() else ():
        shutil.copy(library, place)
    other = {"user": NOBODY, "binary": os.path.join(place, os.path.basename(BINARY)),
             "env": os.environ | {"LD_LIBRARY_PATH": place}}
    os.chmod(db, 0o600)
    for command in ("stock", "sync"):
        refused(command, "--db", db, code="store_unreadable", says=[db, "user"], **other)
    os.chmod(db, 0o644)
    os.chmod(db + ".key", 0o600)
    refused("sync", "--db", db, code="store_read_only", says=[db, "writable"], **other)
    reported = run("stock", "--db", db, **other)
    assert reported.returncode == 0 or "store_read_only" in reported.stderr, reported
    os.chown(db, NOBODY, NOBODY)
    os.chown(place, NOBODY, NOBODY)
    refused("sync", "--db", db, code="io_failed", says=[db + ".key"], **other)
    assert digest(db) == before


def back_to_the_first(db):
    """Takes back every migration of the tenant plane but the first: its indexes, columns and tables, by its SQL."""
    first, *later = sorted(RELEASED.glob("tenant_*.sqlite.sql"))
    sql = "".join(path.read_text(encoding="utf-8") for path in later)
    for index in re.findall(r"^CREATE (?:UNIQUE )?INDEX (\w+)", sql, re.M):
        db.execute("DROP INDEX " + index)
    for table, column in re.findall(r"^ALTER TABLE (\w+) ADD COLUMN (\w+)", sql, re.M):
        db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in re.findall(r"^CREATE TABLE (\w+)", sql, re.M):
        db.execute("DROP TABLE " + table)
    db.execute("DELETE FROM migration WHERE plane = 'tenant' AND number >= 2")


def check_versions(folder, shop):
    newer = os.path.join(folder, "newer.db")
    shutil.copy(shop, newer)
    with database(newer) as db:
        db.execute("INSERT INTO migration (plane, number, name, checksum, applied_at) VALUES ('tenant', 99, 'x', 1, 1)")
    before = content(newer)
    for command in ("stock", "sync", "runs"):
        refused(command, "--db", newer, code="store_newer", says=[newer, "update"])
    assert content(newer) == before
    changed = os.path.join(folder, "changed.db")
    shutil.copy(shop, changed)
    with database(changed) as db:
        db.execute("UPDATE migration SET checksum = checksum + 1 WHERE number = 1 AND plane = 'tenant'")
    refused("sync", "--db", changed, code="store_migration", says=[changed, "backup"])
    # The version before: what it holds can be read once somebody has migrated it.
    older = os.path.join(folder, "older.db")
    shutil.copy(shop, older)
    shutil.copy(shop + ".key", older + ".key")
    with database(older) as db:
        back_to_the_first(db)
    refused("stock", "--db", older, code="store_older", says=[older, "open it once for writing"])
    # A migration that cannot be carried out leaves nothing of itself.
    half = os.path.join(folder, "half.db")
    shutil.copy(older, half)
    shutil.copy(shop + ".key", half + ".key")
    with database(half) as db:
        db.execute("CREATE TABLE account_health (leftover TEXT)")
    refused("sync", "--db", half, *no_limits(folder), code="store_", says=[half, "account health", "nothing of it was kept"])
    with database(half) as db:
        assert not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'credential_fact'").fetchall()
        db.execute("DROP TABLE account_health")
    for db in (half, older):
        good("sync", "--db", db, *no_limits(folder))
        assert stock(db) == stock(shop)


def check_full_disk(folder, shop, market):
    place = os.path.join(folder, "small")
    os.mkdir(place)
    size = os.path.getsize(shop)
    mounted = os.getuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size + 1_600_000}", "tmpfs", place],
                                                  capture_output=True).returncode == 0
    if not mounted:
        skipped("a file system in memory cannot be mounted here", "check_full_disk")
        return
    try:
        db = os.path.join(place, "shop.db")
        shutil.copy(shop, db)
        shutil.copy(shop + ".key", db + ".key")
        shutil.copy(shop + ".limits", db + ".limits")
        before = stock(db)
        with Ballast(os.path.join(place, "ballast"), leave=8_000):
            # Everything changes: more than what is left.
            other = Marketplace(1500)
            try:
                reported = run("connect", "wildberries", "--db", db, "--base-url", other.url, "--label", "second", stdin=other.token)
                if reported.returncode == 0:
                    refused("sync", "--db", db, *no_limits(folder), code="store_full", says=[db, "free space"])
                else:
                    assert "store_full" in reported.stderr and db in reported.stderr, reported
            finally:
                other.close()
            assert stock(db) == before
        good("doctor", "--db", db)
        good("sync", "--db", db, "--account", "main", *no_limits(folder))
        assert stock(db) == before
    finally:
        subprocess.run(["umount", place], check=True)


class Ballast:
    """Fills a file system but for `leave` bytes."""

    def __init__(self, path, leave):
        self.path = path
        free = os.statvfs(os.path.dirname(path))
        with open(path, "wb") as file:
            file.write(b"x" * max(0, free.f_bavail * free.f_frsize - leave))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.unlink(self.path)


def check_keys(folder, shop):
    db = os.path.join(folder, "keys.db")
    key = db + ".key"
    shutil.copy(shop, db)
    limits = no_limits(folder)
    # Never a new key for a store that has sealed credentials: it could not open them.
    reported = run("sync", "--db", db, *limits)
    assert reported.returncode != 0 and key in reported.stderr and "--key-file" in reported.stderr, reported
    shutil.copy(shop + ".key", key)
    os.chmod(key, 0o644)
    refused("sync", "--db", db, *limits, code="key_exposed", says=[key, "chmod"])
    os.chmod(key, 0o600)
    good("sync", "--db", db, *limits)
    with open(key, "w") as file:
        file.write("not a key at all\n")
    refused("sync", "--db", db, *limits, code="key_malformed", says=[key, "backup"])
    with open(key, "w") as file:
        file.write("")
    refused("sync", "--db", db, *limits, code="key_missing", says=[key])
    with open(key, "w") as file:
        file.write("k-0badcafe " + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=" + "\n")
    reported = refused("sync", "--db", db, *limits, code="key_missing", says=["there is no key"])
    os.unlink(key)
    os.mkdir(key)
    refused("sync", "--db", db, *limits, code="", says=[key])
    os.rmdir(key)
    shutil.copy(shop + ".key", key)
    good("sync", "--db", db, *limits)
    assert stock(db) == stock(shop)


def check_locks(folder, shop):
    db = os.path.join(folder, "locked.db")
    shutil.copy(shop, db)
    shutil.copy(shop + ".key", db + ".key")
    limits = no_limits(folder)
    holder = sqlite3.connect(db, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    released = threading.Timer(1.5, lambda: holder.execute("ROLLBACK"))
    released.start()
    good("sync", "--db", db, *limits)  # waits
    released.join()
    holder.execute("BEGIN IMMEDIATE")
    good("stock", "--db", db)  # readers never wait
    began = time.monotonic()
    refused("sync", "--db", db, *limits, code="store_busy", says=[db, f"process {os.getpid()} "])
    assert 5 < time.monotonic() - began < 40
    holder.execute("ROLLBACK")
    good("sync", "--db", db, *limits)


def check_two_processes(folder, shop):
    """Runs of one account do not overlap; nobody hears of the store's lock."""
    db = os.path.join(folder, "two.db")
    shutil.copy(shop, db)
    shutil.copy(shop + ".key", db + ".key")
    limits = no_limits(folder)
    reported, ok = [], 0
    for _ in range(4):
        both = [subprocess.Popen([BINARY, "sync", "--db", db, "--json", *limits], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True) for _ in range(4)]
        for one in both:
            out, err = one.communicate(timeout=60)
            reported.append(out + err)
            ok += one.returncode == 0
            assert one.returncode == 0 or "run_in_progress" in err, (one.returncode, out, err)
    assert ok >= 4, (ok, reported)
    for text in reported:
        assert "database is locked" not in text and "SQLITE" not in text, text
    assert stock(db) == stock(shop)
    runs = json.loads(good("runs", "--db", db, "--json", "--limit", "0").stdout)
    finished = sorted((r["started_at"], r["finished_at"]) for r in runs if r.get("finished_at"))
    # The one that made the shop, and each that was reported as done.
    assert len(finished) >= ok + 1, (len(finished), ok, runs)
    for (start, end), (later, _) in zip(finished, finished[1:]):
        assert later >= end, (start, end, later)
    good("doctor", "--db", db)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        market = Marketplace(60)
        try:
            shop = make_shop(folder, market)
            complete = stock(shop)
            for check in (check_foreign, check_damaged, check_permissions, check_versions, check_keys, check_locks,
                          check_two_processes):
                check(folder, shop)
                assert stock(shop) == complete
                print("ok", check.__name__, flush=True)
            check_full_disk(folder, shop, market)
            print("ok check_full_disk", flush=True)
        finally:
            market.close()


main()
