#!/usr/bin/python3
"""tools/mutants distinguishes faults that are noticed from those that are not, and refuses a line that shows nothing."""
import os
import pathlib
import signal
import subprocess
import sys
import time

ROOT, BUILD = sys.argv[1:3]
FILE, LINE = "src/sync/run_machine.cpp", "effects.abandon = state.cancelled;"
CASE = "unit_sync / a cancelled fetch abandons the run"


def attempt(file, old, new, *tests):
    done = subprocess.run([f"{ROOT}/tools/mutants", "--build", BUILD, "--try", file, old, new, *tests],
                          capture_output=True, text=True, timeout=400)
    return done.returncode, done.stdout


def expect(code, text, *arguments):
    returned, said = attempt(*arguments)
    assert returned == code and text in said, (arguments, returned, said)
    print("ok", text, flush=True)


before = open(f"{ROOT}/{FILE}", encoding="utf-8").read()
expect(0, "1 killed", FILE, LINE, "effects.abandon = false;", CASE)
# The same text, wrapped otherwise, is found; a change that changes nothing survives.
expect(1, "1 SURVIVED", FILE, "effects.abandon  = state.cancelled;", "effects.abandon = (state.cancelled);", CASE)
# Two tests: each must notice it.
expect(1, "1 SURVIVED", FILE, LINE, "effects.abandon = false;", CASE, "unit_sync / the state of a run follows from the states of its sources")
expect(1, "the text stands 0 times", FILE, "effects.abandon = no such text;", "", CASE)
expect(1, "does not compile", FILE, LINE, "effects.abandon = ;", CASE)
expect(1, "does not pass either", FILE, LINE, "effects.abandon = false;", "unit_sync / a name that no case has")
expect(1, "no test no_such_program", FILE, LINE, "effects.abandon = false;", "no_such_program / a case")
# A program without the file would be run as it is.
expect(1, "contains src/adapters/postgres/fair_turns.cpp", "src/adapters/postgres/fair_turns.cpp", "} // namespace stocktracker", "} // namespace",
       CASE)
# A fault in a header reaches what includes it.
expect(0, "1 killed", "src/sync/run_machine.hpp", "kCatalogueSlot = 0", "kCatalogueSlot = 1",
       "unit_sync / FBO stock that needs the catalogue is fetched after it, or is stale without it")
expect(1, "1 SURVIVED", "src/sync/run_machine.hpp", "kCatalogueSlot = 0", "kCatalogueSlot = (0)",
       "unit_sync / FBO stock that needs the catalogue is fetched after it, or is stale without it")
# A test that did not end by itself is reported as such: what it saw may be something else.
expect(0, "ended by SIGABRT", FILE, LINE, "__builtin_abort();", CASE)
# Nothing outside of the tree is read or written.
expect(1, "no file ..", os.path.relpath("/usr/include/string.h", os.path.realpath(ROOT)), "#ifndef", "#ifdef", CASE)


def wait_for(what, why):
    for _ in range(1200):
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError(why)


def interrupted_by(number):
    """A fault that never ends is tried, and the program is ended while it does: what is left of it."""
    tool = subprocess.Popen([f"{ROOT}/tools/mutants", "--build", BUILD, "--try", FILE, LINE, "for (;;) {}", CASE],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    mine = lambda: list(pathlib.Path(BUILD, "mutants").glob(f"{tool.pid}-*"))
    running = lambda: [link for link in pathlib.Path("/proc").glob("[0-9]*/exe")
                       if f"mutants/{tool.pid}-" in target(link)]
    wait_for(running, "the fault was never run")
    tool.send_signal(number)
    tool.wait(60)
    wait_for(lambda: not running(), "a fault goes on without the program that planted it")
    print("ok ended by", number.name, flush=True)
    return mine()


def target(link):
    try:
        return os.readlink(link)
    except OSError:  # it has ended
        return ""


assert interrupted_by(signal.SIGTERM) == [], "an ended program left its folder"
left = interrupted_by(signal.SIGKILL)
assert left, "a killed program cannot remove its folder"
expect(0, "1 killed", FILE, LINE, "effects.abandon = false;", CASE)
assert not left[0].exists(), "the next one removes what a killed one left"
assert open(f"{ROOT}/{FILE}", encoding="utf-8").read() == before, "the tree was changed"
