#!/usr/bin/python3
"""The commands and snippets of README.md and the guides are run as they stand there: guides_test.py BINARY ROOT [PYTHONPATH].

Each fenced block of a shell (``` , ```sh, ```console), of Python, C++ or JSON is in exactly one category: it is run here, or
stands in NOT_RUN with the reason. A block that is in neither fails the test, and so does a reason whose block is gone.
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

BINARY, ROOT = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
PYTHON = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else ""
FILES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "marketplaces").glob("*.md"))]

# (file, words of the block): why it is not run here.
NOT_RUN = {
    ("README.md", "adapters     curl"): "a picture of the layers",
    ("docs/architecture.md", "faces         server/"): "a picture of the layers",
    ("docs/architecture.md", "stocktracker sync       "): "a picture of the way into the store",
    ("docs/architecture.md", "level, offer, warehouse  "): "a picture of the way to a screen",
    ("docs/tenancy.md", "CREATE POLICY tenant_wall"): "SQL of the product's own migration: isolation_storm and integration_postgres",
    ("docs/databases.md", "CREATE DATABASE house"): "needs a server with TLS: postgres_test.py runs these commands on a socket",
    ("docs/migrations.md", "keeper@host"): "needs a server with TLS: postgres_test.py",
    ("docs/configuration.md", "fetch-key"): "needs a vault: keys_test.py",
    ("docs/python.md", "pip install ."): "tests/python/pip_test.sh",
    ("docs/embedding.md", "cmake --install build --prefix /opt"): "tests/install/run.sh",
    ("docs/embedding.md", "DESTDIR=stage"): "as the installation above it, into a folder",
    ("docs/embedding.md", "pkg-config --variable"): "tests/install/run.sh",
    ("docs/getting-started.md", "*/30 * * * *"): "a line of a crontab; its commands are run above it",
    ("docs/configuration.md", '"parallel"'): "JSON, read below by `limits`",
}
TOGETHER = ["docs/connectors.md"]
CONSUMER = (ROOT / "tests/install/consumer/CMakeLists.txt").read_text(encoding="utf-8")
COMPILED_PARTS = "a part of a program: examples/ hold complete ones, which run"


class Block:
    def __init__(self, file, line, language, text):
        self.file, self.line, self.language, self.text = file, line, language, text

    def __repr__(self):
        return f"{self.file}:{self.line}"


def blocks():
    found = []
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        for m in re.finditer(r"^ *```(\w*)\n(.*?)^ *```", text, re.M | re.S):
            found.append(Block(str(path.relative_to(ROOT)), text.count("\n", 0, m.start()) + 1, m[1], m[2]))
    return found


def reason_of(block):
    for (file, words), reason in NOT_RUN.items():
        if block.file == file and words in block.text:
            return (file, words), reason
    return None, None


class Scratch:
    """A folder with what the guides suppose: a marketplace that answers at port 8800, a token, a house of tenants."""

    def __init__(self, folder):
        self.folder = folder
        self.env = {**os.environ, "PATH": f"{os.path.dirname(BINARY)}:{os.environ['PATH']}"}
        for name in ("STOCKTRACKER_DB", "STOCKTRACKER_TENANT"):
            self.env.pop(name, None)
        free = os.path.join(folder, "free.json")
        with open(free, "w", encoding="utf-8") as file:
            json.dump({"format": 1, "vendors": {}}, file)
        self.env["STOCKTRACKER_LIMITS"] = free  # nobody waits for a limit here
        self.process = subprocess.Popen([BINARY, "simulate", "--port", "0", "--offers", "30", "--no-limits", "--days", "2"],
                                        stdout=subprocess.PIPE, text=True)
        reported = json.loads(self.process.stdout.readline())
        self.url, self.token = reported["url"], reported["token"]
        self.env["STOCKTRACKER_ALLOW_BASE_URL"] = self.url
        self.write("token.txt", self.token + "\n")

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)

    def shell(self, line, code=0):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", line], cwd=self.folder, env=self.env, text=True,
                              capture_output=True, timeout=120)
        assert done.returncode == code, (line, done.returncode, done.stdout[-1500:], done.stderr[-1500:])
        return done.stdout

    def prepare(self):
        """What a block begins with: the store of one seller and a house of two tenants, filled."""
        connect = f"stocktracker connect wildberries --base-url {self.url}"
        for store in ("shop.db", "house/ --tenant anna", "house/ --tenant boris"):
            name = store.split()[-1]
            if store != "shop.db":
                self.shell(f"stocktracker tenant create {name} --db house/")
            self.shell(f"{connect} --db {store} < token.txt")
            self.shell(f"stocktracker sync --db {store} --only stock")


def words_of(line):
    """`a b   # why` without what follows; a here-document or a loop is not written in the guides."""
    line = re.sub(r"(^|\s)#\s.*$", "", line).rstrip()
    return line[2:] if line.startswith("$ ") else line


def variants(line):
    """A synopsis as commands: `a|b` is each of them, [option] with and without."""
    line = re.sub(r"\[--channels[^]]*\]", "", line)
    if not re.search(r"\[|\w\|\w", line):
        return [line]
    forms = [re.sub(r" ?\[[^]]*\]", "", line), re.sub(r"\[([^]]*)\]", r"\1", line)]
    every = []
    for form in forms:
        choice = re.search(r"\S+(\|\S+)+", form)
        every += [form.replace(choice[0], one, 1) for one in choice[0].split("|")] if choice else [form]
    return every


SYNOPSIS = {"NAME": "anna", "BACKUP": "copy.db", "TARGET": "copies/new", "TEXT": "main", "A": "main", "S": "60", "KEY": "1",
            "FILE": "shop.db.key", "ROLE": "stocktracker_app"}


def check_synopsis(scratch, block):
    """Each command exists with each option that is named, and takes what is said there."""
    asked = 0
    for line in filter(None, map(words_of, block.text.splitlines())):
        words = line.split()
        assert words[0] == "stocktracker", (block, line)
        command = [words[1]]
        inner = {"connect": words[2].split("|"), "tenant": words[2].split("|"), "key": words[2:3],
                 "account": words[2].split("|"), "user": words[2].split("|"), "member": words[2].split("|")}.get(words[1], [None])
        for one in inner:
            text = scratch.shell(" ".join(["stocktracker", *command, *([one] if one else []), "--help"]))
            for option in re.findall(r"--[a-z-]+", line):
                assert re.search(rf"^  {option}\b", text, re.M), (block, line, option)
                asked += 1
    assert asked > 15, (block, asked)


def dev_commands():
    return set(re.findall(r"^\./dev ([a-z-]+)", subprocess.run([ROOT / "dev", "help"], capture_output=True, text=True,
                                                                check=True).stdout, re.M))


def run_shell(scratch, block, known):
    ran = 0
    for line in filter(None, map(words_of, block.text.splitlines())):
        if line.startswith("{"):
            continue  # what a command prints
        if line.startswith("./dev "):
            words = line.split()
            assert words[1] in known, f"{block}: ./dev has no {words[1]}"
            if words[1] == "demo":
                assert "equal" in scratch.shell("stocktracker demo --offers 20")
            ran += 1
            continue
        if line.startswith("export PATH="):
            ran += 1  # the binary is on it
            continue
        if "simulate --port" in line:
            line = "(timeout -s INT 2 " + re.sub("8800.*", "0", line) + " || true) | grep url"
            scratch.shell(line)
            ran += 1
            continue
        if "postgresql://" in line:
            # The words are right: what fails is that there is no such server.
            out = subprocess.run(["bash", "-c", line], cwd=scratch.folder, env=scratch.env, capture_output=True, text=True,
                                 timeout=60)
            assert out.returncode == 5 and "store_unreachable" in out.stderr, (block, line, out.stderr)
            ran += 1
            continue
        line = line.replace("http://127.0.0.1:8800", scratch.url)
        if "connect" in line and "--base-url" not in line:
            line = line.replace(" < token.txt", f" --base-url {scratch.url} < token.txt")
        if line.startswith("stocktracker restore --db house --tenant"):
            scratch.shell("stocktracker tenant suspend anna --db house")
        if line.startswith("stocktracker restore --db new "):
            scratch.shell("rm -rf new")
        scratch.shell(line)
        ran += 1
    assert ran > 0, block


def run_python(scratch, block):
    scratch.write("snippet.py", block.text + "\nassert len(frame) > 30 and run.sources\n")
    env = {**scratch.env, "PYTHONPATH": PYTHON, "WB_TOKEN": scratch.token, "WB_URL": scratch.url}
    done = subprocess.run(["/usr/bin/python3", "snippet.py"], cwd=scratch.folder, env=env, capture_output=True, text=True,
                          timeout=120)
    assert done.returncode == 0, (block, done.stdout[-500:], done.stderr[-1500:])


def compiles(block):
    """A function that stands there in full, between the includes and names that the text uses."""
    source = "#include <cstdio>\n" + "".join(
        f"#include <stocktracker/{header}>\n" for header in
        ("adapters/wildberries.hpp", "assembly/open.hpp", "stocktracker.hpp")) + "namespace st = stocktracker;\nusing namespace std::chrono_literals;\n" + block.text
    done = subprocess.run(["c++", "-std=c++20", "-fsyntax-only", "-I", ROOT / "include", "-x", "c++", "-"], input=source,
                          text=True, capture_output=True)
    assert done.returncode == 0, (block, done.stderr[:2000])


def compiles_together(file):
    """A guide that builds one program: its blocks of C++, in their order, are one source."""
    source = "".join(f'#line {block.line + 1} "{block.file}"\n{block.text}' for block in blocks()
                     if block.file == file and block.language == "cpp")
    assert source, file
    done = subprocess.run(["c++", "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I", ROOT / "include", "-x", "c++", "-"],
                          input=source, text=True, capture_output=True)
    assert done.returncode == 0, (file, done.stderr[:2000])


def main():
    known = dev_commands()
    for file in TOGETHER:
        compiles_together(file)
    assert len(known) > 10
    counts, used = {}, set()
    for block in blocks():
        key, reason = reason_of(block)
        with tempfile.TemporaryDirectory() as folder:
            if reason:
                used.add(key)
                kind = "not run"
                if '"parallel"' in block.text:
                    pathlib.Path(folder, "limits.json").write_text(block.text)
                    subprocess.run([BINARY, "demo", "--db", f"{folder}/a.db", "--offers", "3"], check=True, capture_output=True)
                    reported = subprocess.run([BINARY, "limits", "--db", f"{folder}/a.db", "--limits", f"{folder}/limits.json",
                                           "--json"], check=True, capture_output=True, text=True).stdout
                    assert {row.get("burst") or row.get("at_once") for row in json.loads(reported)} == {20, 4}, reported
            elif block.language == "json" and '"faults"' in block.text:
                kind = "read"
                pathlib.Path(folder, "faults.json").write_text(block.text)
                done = subprocess.run(["timeout", "-s", "INT", "2", BINARY, "simulate", "--faults", f"{folder}/faults.json"],
                                      capture_output=True, text=True)
                assert "url" in done.stdout, (block, done.stderr)
            elif block.language == "cpp":
                complete = re.search(r"^\S.*\) \{\n(.*\n)*\}$", block.text, re.M) is not None
                together = block.file in TOGETHER
                kind = "compiled" if complete or together else COMPILED_PARTS
                if complete and not together:
                    compiles(block)
            elif block.language == "cmake":
                kind = "as in tests/install"
                for line in filter(None, map(str.strip, block.text.splitlines())):
                    assert line in CONSUMER, f"{block}: tests/install/consumer/CMakeLists.txt does not have: {line}"
            elif block.language == "python" and block.file == "docs/python.md":
                kind = "python: tests/python/test_package.py runs them together"
            elif block.language in ("", "sh", "bash", "console", "python"):
                scratch = Scratch(folder)
                try:
                    synopsis = re.search(r"\[--|\w\|\w+\|", block.text) is not None
                    if synopsis:
                        kind = "read beside --help"
                        check_synopsis(scratch, block)
                    elif block.language == "python":
                        kind = "python"
                        if not PYTHON:
                            raise SystemExit(f"{block}: no Python module was built")
                        run_python(scratch, block)
                    else:
                        kind = "run"
                        if "connect" not in block.text and "./dev" not in block.text:
                            scratch.prepare()
                        run_shell(scratch, block, known)
                finally:
                    scratch.stop()
            else:
                raise SystemExit(f"{block}: a block of {block.language!r} is in no category")
        counts[kind] = counts.get(kind, 0) + 1
    assert used == set(NOT_RUN), f"no such block any more: {set(NOT_RUN) - used}"
    assert counts.get("run", 0) >= 6 and counts.get("compiled", 0) >= 1, counts
    print(", ".join(f"{count} blocks: {kind}" for kind, count in sorted(counts.items())))


main()
