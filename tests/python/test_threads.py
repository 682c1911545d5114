"""The interpreter's lock, Ctrl-C, callbacks and ends of processes. What hangs runs in a process of its own."""

import threading
import time

import pytest

import stocktracker as st

WAITING = """
import os, signal, sys, threading, time
import stocktracker as st

class Waiting(st.Connector):
    capabilities = st.Capabilities("waiting")
    started = threading.Event()
    def verify_credentials(self, call):
        return st.SellerIdentity("s")
    def list_offers(self, call):
        self.started.set()
        for _ in range(600):
            call.check()
            time.sleep(0.05)
        return ()
    def fetch_stock(self, query, call):
        return ()

engine = st.open(":memory:", connectors=[Waiting])
account = engine.accounts.connect(st.Credentials("waiting", token="t"))
"""


def test_other_threads_run_meanwhile(bazaar, open_with):
    class Slow(bazaar):
        def list_offers(self, call):
            time.sleep(0.3)
            yield from super().list_offers(call)

    engine, account = open_with(Slow)
    counted = 0
    done = threading.Event()

    def count():
        nonlocal counted
        while not done.is_set():
            counted += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    engine.sync.run(account)
    done.set()
    thread.join()
    assert counted > 50
    engine.close()


def test_many_threads_one_engine(shop):
    shop.engine.sync.run(shop.account)
    wrong = []

    def read():
        for _ in range(20):
            if sum(p.on_hand for p in shop.engine.stock.positions(page_size=9)) != shop.world.true_total():
                wrong.append(1)
            shop.engine.stock.total(shop.account)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_listing_has_one_reader(shop):
    shop.engine.sync.run(shop.account)
    rows = shop.engine.stock.positions(page_size=1)
    iter(rows)
    seen, refused = [], []

    def read():
        try:
            for row in iter(rows.__next__, None):
                seen.append((row.offer.key, row.warehouse.key))
        except StopIteration:
            pass
        except st.InvalidError as error:
            refused.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == len(set(seen))
    assert all("another thread" in str(error) for error in refused)


def test_a_run_in_progress_is_a_conflict(run_python):
    done = run_python(
        WAITING
        + """
thread = threading.Thread(target=lambda: engine.sync.run(account, timeout=2) , daemon=True)
threading.excepthook = lambda args: None
thread.start()
Waiting.started.wait()
try:
    engine.sync.run(account)
except st.ConflictError as error:
    print(error.code)
thread.join()
"""
    )
    assert done.stdout == "run_in_progress\n", done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("main_thread", [True, False])
def test_a_callback_that_raises_stops_the_run(bazaar, open_with, main_thread):
    class Slow(bazaar):
        def list_offers(self, call):
            call.progress("catalogue", 1)
            for _ in range(100):
                call.check()
                time.sleep(0.05)
            return ()

    engine, account = open_with(Slow)
    raised = []

    def callback(stage, done, expected):
        raise RuntimeError("enough")

    def run():
        try:
            engine.sync.run(account, progress=callback)
        except RuntimeError as error:
            raised.append(str(error))

    began = time.monotonic()
    if main_thread:
        run()
    else:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert raised == ["enough"] and time.monotonic() - began < 4
    assert next(engine.sync.runs()).state == "cancelled"
    assert engine.stock.total(account).positions == 0
    engine.close()


def test_a_callback_may_use_the_engine(shop):
    seen = []
    shop.engine.sync.run(
        shop.account, progress=lambda *step: seen.append(shop.engine.stock.total(shop.account).on_hand)
    )
    assert seen


def test_interrupt(run_python):
    done = run_python(
        WAITING
        + """
def interrupt():
    Waiting.started.wait()
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt).start()
began = time.monotonic()
try:
    engine.sync.run(account, progress=True)
except KeyboardInterrupt:
    print("interrupted", time.monotonic() - began < 5, next(engine.sync.runs()).state)
"""
    )
    assert done.stdout == "interrupted True cancelled\n", done.stderr
    assert done.returncode == 0


def test_an_interrupt_in_a_callback_cancels_the_run(shop):
    def stop(*step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shop.engine.sync.run(shop.account, progress=stop)
    assert next(shop.engine.sync.runs()).state in ("cancelled", "ok")  # it was asked to stop, or had just ended
    assert shop.engine.sync.run(shop.account).state == "ok"


def test_interrupt_of_an_operation(run_python):
    done = run_python(
        WAITING
        + """
def interrupt():
    Waiting.started.wait()
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt).start()
began = time.monotonic()
operation = engine.sync.submit_run(account)
try:
    operation.result()
except KeyboardInterrupt:
    try:
        operation.result(10)
    except st.CancelledError:
        print("interrupted", time.monotonic() - began < 5, next(engine.sync.runs()).state)
"""
    )
    assert done.stdout == "interrupted True cancelled\n", done.stderr


def test_progress_may_close_the_engine(run_python):
    done = run_python(
        WAITING
        + """
class Reporting(Waiting):
    capabilities = st.Capabilities("reporting")
    def list_offers(self, call):
        call.progress("offers", 1)
        return super().list_offers(call)
engine = st.open(":memory:", connectors=[Reporting])
account = engine.accounts.connect(st.Credentials("reporting", token="t"))
try:
    engine.sync.run(account, progress=lambda *step: engine.close(0.1))
except st.StockError as error:
    print(error.code, engine.closed)
"""
    )
    assert done.stdout == "cancelled True\n", done.stderr


def test_a_signal_handler_that_returns_interrupts_nothing(run_python):
    done = run_python(
        WAITING
        + """
signal.signal(signal.SIGUSR1, lambda *_: print("handled", flush=True))
def interrupt():
    Waiting.started.wait()
    os.kill(os.getpid(), signal.SIGUSR1)
threading.Thread(target=interrupt).start()
print(engine.sync.run(account, timeout=1).sources[0].error.code)
"""
    )
    assert done.stdout == "handled\ndeadline_exceeded\n", done.stderr


@pytest.mark.parametrize(
    "end",
    [
        "del engine, account",
        "engine.close()",
        "pass",
        "sys.exit(0)",
        "keep = [engine]; keep.append(keep); del engine",
        "threading.Thread(target=lambda: engine.sync.run(account), daemon=True).start(); Waiting.started.wait()",
        "threading.Thread(target=lambda: engine.sync.run_all(), daemon=True).start(); Waiting.started.wait()",
        "keep = engine.sync.submit_run(account); Waiting.started.wait()",
        "engine.sync.submit_run(account); Waiting.started.wait()",
    ],
)
def test_processes_end(run_python, end):
    prelude = "engine.sync.run_all(timeout=0.2)\nWaiting.started.clear()\n"
    done = run_python(WAITING + "threading.excepthook = lambda args: None\n" + prelude + end, timeout=30)
    assert done.returncode == 0, done.stderr
    assert "terminate" not in done.stderr and "Fatal" not in done.stderr
