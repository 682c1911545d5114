#!/usr/bin/python3
"""The prompt for a token, on a terminal: Ctrl-C ends it at once and leaves the terminal as it was."""
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time

BINARY = sys.argv[1]


class Prompt:
    """The binary on a terminal of its own, waiting for a token."""

    def __init__(self, folder, url="https://127.0.0.1:9"):
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            [BINARY, "connect", "wildberries", "--db", os.path.join(folder, "shop.db"), "--base-url", url],
            stdin=self.slave, stdout=self.slave, stderr=self.slave, start_new_session=True,
            preexec_fn=lambda: __import__("fcntl").ioctl(0, termios.TIOCSCTTY, 0))
        self.seen = b""
        self.read_until(b"Token: ")
        # The prompt is written before the echo is switched off.
        end = time.monotonic() + 10
        while termios.tcgetattr(self.slave)[3] & termios.ECHO and time.monotonic() < end:
            time.sleep(0.005)
        assert not termios.tcgetattr(self.slave)[3] & termios.ECHO

    def read_until(self, text, timeout=20):
        end = time.monotonic() + timeout
        while text not in self.seen:
            left = end - time.monotonic()
            assert left > 0, self.seen
            if select.select([self.master], [], [], left)[0]:
                self.seen += os.read(self.master, 4096)

    def type(self, text):
        os.write(self.master, text)

    def ended(self, limit):
        began = time.monotonic()
        code = self.process.wait(20)
        took = time.monotonic() - began
        assert took < limit, took
        after = termios.tcgetattr(self.slave)
        assert after == self.before, (self.before, after)
        while select.select([self.master], [], [], 0.05)[0]:
            self.seen += os.read(self.master, 4096)
        os.close(self.master)
        os.close(self.slave)
        return code


# Machines that are busy are late; a prompt that waits for a line would wait for good.
SOON = 2.0


def wait_until_caught(pid, number):
    """A program that a sanitizer watches starts slowly: before it catches or waits for the signal, the signal ends it."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with open(f"/proc/{pid}/status") as status:
            masks = [int(line.split()[1], 16) for line in status if line.startswith(("SigCgt", "SigBlk"))]
        if any(mask >> (number - 1) & 1 for mask in masks):
            return
        time.sleep(0.02)
    raise AssertionError(f"{pid} does not catch {number}")


def check(folder):
    prompt = Prompt(folder)
    prompt.type(b"\x03")  # Ctrl-C, as the terminal sends it
    assert prompt.ended(SOON) == 130
    assert prompt.seen.endswith(b"\n"), prompt.seen
    assert not os.path.exists(os.path.join(folder, "shop.db")), "nothing was made"

    half = Prompt(folder)
    half.type(b"half-a-secret-token")
    time.sleep(0.1)
    half.type(b"\x03")
    assert half.ended(SOON) == 130
    assert b"half-a-secret" not in half.seen, half.seen

    for number in (signal.SIGTERM, signal.SIGHUP):
        ended = Prompt(folder)
        ended.type(b"another-secret-token")  # no line end: the terminal still holds it
        time.sleep(0.1)
        ended.process.send_signal(number)
        assert ended.ended(SOON) == 130
        assert b"another-secret" not in ended.seen

    twice = Prompt(folder)
    twice.process.send_signal(signal.SIGTERM)
    twice.process.send_signal(signal.SIGINT)
    assert twice.ended(SOON) == 130

    quit_key = Prompt(folder)
    quit_key.type(b"\x1c")  # Ctrl-\\
    assert quit_key.ended(SOON) == -signal.SIGQUIT

    # A token that is typed is read, unseen, and used: here nobody answers.
    typed = Prompt(folder)
    typed.type(b"not-a-token\n")
    assert typed.ended(60) not in (0, 130, -signal.SIGKILL)
    assert b"not-a-token" not in typed.seen, typed.seen

    piped = subprocess.Popen([BINARY, "connect", "wildberries", "--db", os.path.join(folder, "shop.db")],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_until_caught(piped.pid, signal.SIGINT)
    piped.send_signal(signal.SIGINT)
    began = time.monotonic()
    assert piped.wait(20) == 130
    assert time.monotonic() - began < SOON


with tempfile.TemporaryDirectory() as work:
    check(work)
print("prompt: ok")
