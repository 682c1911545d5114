"""Calls on the engine's threads: polled, awaited, cancelled; forks; ends of engines; what holds memory."""

import asyncio
import gc
import os
import threading
import time
import weakref

import pytest

import stocktracker as st


@pytest.fixture
def threaded():
    world = st.testing.World(seed=5, offers=30)
    engine = st.testing.open_in(world, threads=True)
    yield world, engine, engine.accounts.connect(st.wildberries(token=world.token()), label="main")
    engine.close()


def waiting_connector(bazaar):
    class Waiting(bazaar):
        started = threading.Event()

        def list_offers(self, call):
            Waiting.started.set()
            for _ in range(600):
                call.check()
                time.sleep(0.02)
            return ()

    return Waiting


def test_an_operation_is_polled(threaded):
    world, engine, account = threaded
    operation = engine.sync.submit_run(account, orders=True)
    assert operation.wait(30) and operation.done
    run = operation.result()
    assert run.state == "ok" and operation.result() is run
    columns = engine.stock.submit_columns(account=account).result(30)
    assert sum(columns.on_hand.units) == world.true_total()
    again = engine.accounts.submit_connect(st.wildberries(token=world.token())).result(timeout=30)
    assert again.id == account.id


def test_asyncio_awaits_many(threaded):
    world, engine, account = threaded

    async def everything():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.001)

        ticker = asyncio.ensure_future(tick())
        run = await engine.sync.submit_run(account)
        columns = await asyncio.gather(*(engine.stock.submit_columns(account=account) for _ in range(30)))
        ticker.cancel()
        return run, columns, ticks

    run, columns, ticks = asyncio.run(everything())
    assert run.state == "ok" and ticks > 1
    assert {sum(each.on_hand.units) for each in columns} == {world.true_total()}


def test_a_failure_is_raised_where_it_is_awaited(threaded):
    _, engine, account = threaded
    operation = engine.sync.submit_run(st.AccountId("01930000-0000-7000-8000-00000000000a"))

    async def awaited():
        await operation

    for _ in range(2):
        with pytest.raises(st.NotFoundError):
            asyncio.run(awaited())
        with pytest.raises(st.NotFoundError):
            operation.result()


def test_a_cancelled_task_cancels_the_call(bazaar, open_with):
    waiting = waiting_connector(bazaar)
    engine, account = open_with(waiting)

    async def cancelled():
        operation = engine.sync.submit_run(account)
        task = asyncio.ensure_future(asyncio.wait_for(operation, 0.3))
        with pytest.raises(asyncio.TimeoutError):
            await task
        return operation

    operation = asyncio.run(cancelled())
    with pytest.raises(st.CancelledError):
        operation.result(10)
    assert next(engine.sync.runs()).state == "cancelled"

    operation = engine.sync.submit_run(account)
    assert not operation.wait(0.2)
    with pytest.raises(TimeoutError):
        operation.result(timeout=0.1)
    assert not operation.done
    operation.cancel()
    with pytest.raises(st.CancelledError):
        operation.result(10)
    engine.close()


def test_close_lets_calls_end_or_stops_them(bazaar, open_with):
    waiting = waiting_connector(bazaar)
    engine, account = open_with(waiting)
    operation = engine.sync.submit_run(account)
    waiting.started.wait(10)
    began = time.monotonic()
    engine.close(grace=0.3)
    assert 0.2 < time.monotonic() - began < 8
    with pytest.raises(st.CancelledError):
        operation.result(0)
    with pytest.raises(st.UnavailableError):
        engine.sync.submit_run(account)


def test_close_within_a_connector_is_refused(bazaar):
    class Closing(bazaar):
        engine = None

        def list_offers(self, call):
            Closing.engine.close()
            return ()

    Closing.engine = st.open(":memory:", connectors=[Closing])
    account = Closing.engine.accounts.connect(st.Credentials("bazaar", token="x"))
    run = Closing.engine.sync.run(account)
    assert "close the engine after" in str(run.sources[0].error) and not Closing.engine.closed
    Closing.engine.close()


FORK = """
import os, sys
import stocktracker as st
world = st.testing.World(seed=5, offers=5)
engine = st.testing.open_in(world, threads=True)
account = engine.accounts.connect(st.wildberries(token=world.token()))
engine.sync.run(account)
rows = engine.stock.positions(page_size=1)
next(rows)
operation = engine.sync.submit_run(account)
handle = engine.as_(None, st.Principal("x", st.Permission))
def child():
    calls = [
        lambda: engine.sync.run(account), lambda: engine.stock.total(), lambda: list(engine.accounts.list()),
        lambda: engine.sync.submit_run(account), lambda: operation.result(), lambda: operation.wait(1),
        lambda: handle.stock.total(), lambda: next(rows), lambda: engine.events.oldest(), lambda: engine.doctor(),
        lambda: engine.tenants.create("x"), lambda: engine.backup("x"), lambda: engine.close(), lambda: engine.now(),
    ]
    for number, call in enumerate(calls):
        try:
            call()
            print("no exception of", number)
        except st.UnsupportedError as error:
            assert error.code == "engine_forked", (number, error.code)
    print("child", flush=True)
"""


@pytest.mark.parametrize("end", ["os._exit(0)", "sys.exit(0)", "del engine, rows, operation, handle; sys.exit(0)"])
def test_a_forked_child_gets_exceptions(run_python, end):
    done = run_python(
        FORK
        + f"""
pid = os.fork()
if pid == 0:
    child()
    {end}
assert os.waitpid(pid, 0)[1] == 0
assert operation.result().state == "ok" and engine.stock.total(account).on_hand == world.true_total()
engine.close()
print("parent")
"""
    )
    assert done.stdout == "child\nparent\n", done.stdout + done.stderr
    assert done.returncode == 0, done.stderr


def test_a_child_that_was_forked_while_nothing_ran_opens_its_own_engine(run_python):
    done = run_python(
        FORK
        + """
operation.result()
pid = os.fork()
if pid == 0:
    try:
        engine.stock.total()
    except st.UnsupportedError as error:
        print(error.code, flush=True)
    with st.testing.open_in(st.testing.World(seed=6, offers=5)) as own:
        assert own.stock.total().positions == 0
    sys.exit(0)
assert os.waitpid(pid, 0)[1] == 0
engine.close()
print("parent")
"""
    )
    assert done.stdout == "engine_forked\nparent\n" and done.returncode == 0, done.stdout + done.stderr


def test_a_fork_in_a_callback_ends_the_call_of_the_child(run_python):
    done = run_python(
        FORK
        + """
pids = []
def forking(*step):
    if not pids:
        pids.append(os.fork())
operation.result()
try:
    engine.sync.run(account, progress=forking)
    print("parent", os.waitpid(pids[0], 0)[1])
except st.UnsupportedError as error:
    os._exit(0 if error.code == "engine_forked" else 1)
"""
    )
    assert done.stdout == "parent 0\n", done.stdout + done.stderr


def test_multiprocessing_by_fork(run_python):
    done = run_python(
        """
import multiprocessing
import stocktracker as st
def work(seed):
    world = st.testing.World(seed=seed, offers=5)
    with st.testing.open_in(world) as engine:
        account = engine.accounts.connect(st.wildberries(token=world.token()))
        engine.sync.run(account)
        return engine.stock.total(account).on_hand == world.true_total()
parent = st.testing.open_in(st.testing.World())
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(work, [1, 2, 3, 4]))
"""
    )
    assert done.stdout == "[True, True, True, True]\n", done.stderr


def test_callbacks_and_connectors_are_let_go(bazaar):
    class Canary:
        pass

    class Kept(bazaar):
        canary = Canary()

    world = st.testing.World(seed=1, offers=3)
    audit_canary = Canary()
    engine = st.open(":memory:", connectors=[Kept], audit=lambda event, held=audit_canary: None)
    Kept.engine = engine  # a cycle through the library
    account = engine.accounts.connect(st.Credentials("bazaar", token="x"))
    progress_canary = Canary()
    engine.sync.run(account, progress=lambda *step, held=progress_canary: engine.stock.total(account))
    operation = engine.sync.submit_run(account)
    operation.result(30)
    rows = engine.stock.positions()
    next(rows)
    watched = [weakref.ref(each) for each in (progress_canary, audit_canary, Kept.canary)]
    del progress_canary, audit_canary
    gc.collect()
    assert watched[0]() is None and watched[1]() is not None
    engine.close()
    del Kept, engine, operation, rows, account, world
    gc.collect()
    assert [each() for each in watched] == [None, None, None]


def test_calls_do_not_grow_memory(threaded):
    _, engine, account = threaded
    engine.sync.run(account)
    status = "/proc/self/statm"
    if not os.path.exists(status):
        return

    def pages():
        with open(status, encoding="ascii") as file:
            return int(file.read().split()[1])

    def work(times):
        for _ in range(times):
            list(engine.stock.positions(account=account, page_size=50))
            engine.stock.submit_columns(account=account).result()
            engine.stock.total(account, timeout=5)
            with pytest.raises(st.NotFoundError):
                engine.accounts.find("nobody")

    work(100)
    gc.collect()
    before = pages()
    work(300)
    gc.collect()
    assert (pages() - before) * os.sysconf("SC_PAGE_SIZE") < 6 << 20
