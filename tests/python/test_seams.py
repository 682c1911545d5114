"""Seams written in Python: transport, clock, telemetry, keys, audit; what they raise, and threads."""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

import stocktracker as st


class Courier:
    """Passes requests on to a world."""

    def __init__(self, world, before=lambda request, call: None):
        self.world, self.before, self.seen = world, before, []

    def send(self, request, call):
        self.seen.append(request)
        self.before(request, call)
        answer = self.world.transport.send(request, call)
        return st.HttpResponse(answer.status, answer.body, answer.headers)


@pytest.fixture
def world():
    return st.testing.World(seed=5, offers=40)


def opened(world, **options):
    engine = st.open(":memory:", **{"clock": world.clock, "limits": st.LimitTable(), "threads": False, "seed": 1, **options})
    return engine, engine.accounts.connect(st.wildberries(token=world.token()), label="main")


def errors(run):
    return [source.error for source in run.sources if source.error is not None]


def test_a_transport_sends_every_request(world):
    courier = Courier(world)
    engine, account = opened(world, transport=courier)
    run = engine.sync.run(account, orders=True, prices=True)
    assert run.state == "ok" and engine.stock.total(account).on_hand == world.true_total()
    assert run.requests > 0 and len(courier.seen) >= run.requests
    request = courier.seen[-1]
    assert request.method in ("GET", "POST") and request.url.startswith("https://") and request.operation
    assert request.idempotency == "safe" and request.max_body > 0 and request.public_internet_only in (True, False)
    names = [name for name, _ in request.secret_headers]
    assert names and all(isinstance(secret, st.Secret) for _, secret in request.secret_headers)
    engine.close()


def test_no_secret_of_a_request_is_shown(world):
    token = world.token().reveal()

    def leak(request, call):
        raise RuntimeError("sent " + str([secret.reveal() for _, secret in request.secret_headers]))

    courier = Courier(world)
    engine, account = opened(world, transport=courier)
    request = courier.seen[0]
    assert token not in repr(request) + str(request.headers) + str(request.secret_headers) + request._repr_html_()
    courier.before = leak
    error = errors(engine.sync.run(account))[0]
    assert "RuntimeError: sent ['***']" in str(error)
    assert token[:12] not in str(error)
    engine.close()


@pytest.mark.parametrize(
    "raised, code, said",
    [
        (OSError("no route to host"), "internal", "Courier.send raised OSError: no route to host (test_seams.py:"),
        (KeyError("status"), "internal", "Courier.send raised KeyError: 'status'"),
        (st.DeniedError("not from here"), "vendor_forbidden", "not from here"),
        (SystemExit(3), "internal", "Courier.send raised SystemExit: 3"),
    ],
)
def test_what_a_transport_raises_fails_its_sources(world, raised, code, said):
    def fail(request, call):
        raise raised

    courier = Courier(world)
    engine, account = opened(world, transport=courier)
    engine.sync.run(account)
    before = engine.stock.total(account).on_hand
    courier.before = fail
    run = engine.sync.run(account)
    assert {error.code for error in errors(run)} == {code} and said in str(errors(run)[0])
    assert engine.stock.total(account).on_hand == before
    courier.before = lambda request, call: None
    assert engine.sync.run(account).state == "ok"  # the lease was released
    engine.close()


@pytest.mark.parametrize("code, again", [("connect_failed", True), ("connection_lost", True), ("vendor_forbidden", False)])
def test_what_was_not_sent_is_tried_again(world, code, again):
    failures = []

    def fail_once(request, call):
        if not failures:
            failures.append(request)
            raise st.UnavailableError("the line is dead", code=code)

    courier = Courier(world)
    engine, account = opened(world, transport=courier)
    courier.before = fail_once
    run = engine.sync.run(account)
    assert failures and (run.state == "ok") == again
    engine.close()


@pytest.mark.parametrize("answer, said", [(None, "not NoneType"), (200, "not int"), ("{}", "not str")])
def test_what_a_transport_returns_is_checked(world, answer, said):
    class Odd:
        def send(self, request, call):
            return answer

    with pytest.raises(st.InternalError, match="Odd.send must return an HttpResponse, " + said):
        opened(world, transport=Odd())


def test_a_transport_sees_deadline_and_progress(world):
    left = []
    engine, account = opened(world, transport=Courier(world, lambda request, call: left.append(call.remaining)))
    left.clear()
    engine.sync.run(account, timeout=30)
    assert left and all(timedelta(0) < each <= timedelta(seconds=30) for each in left)
    engine.close()


def test_a_transport_is_called_by_several_threads(world):
    threads = set()

    def note(request, call):
        threads.add(threading.get_ident())

    engine, account = opened(world, transport=Courier(world, note), threads=4)
    assert engine.sync.run(account, orders=True, prices=True).state == "ok"
    assert threading.get_ident() not in threads and threads
    engine.close()


def test_a_seam_cannot_close_its_engine(world):
    engines, codes = [], []

    def close(request, call):
        for engine in engines:
            with pytest.raises(st.UnsupportedError) as refused:
                engine.close()
            codes.append(refused.value.code)

    engine, account = opened(world, transport=Courier(world, close))
    engines.append(engine)
    assert engine.sync.run(account).state == "ok"
    assert set(codes) == {"unsupported"} and not engine.closed
    engine.close()


def test_two_threads_synchronise_at_once(world):
    courier = Courier(world)
    engine, _ = opened(world, transport=courier, threads=True)
    other = st.testing.World(seed=6, offers=30)
    second, account_of_second = opened(other, transport=Courier(other), threads=True)
    states = []

    def work(one):
        for _ in range(3):
            states.append(next(iter(one.sync.run_all())).state)

    threads = [threading.Thread(target=work, args=(one,)) for one in (engine, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert states == ["ok"] * 6
    engine.close()
    second.close()


def test_responses_take_what_people_have():
    assert st.HttpResponse(204).body == b"" and st.HttpResponse(200, "é").body == "é".encode()
    twice = st.HttpResponse(200, bytearray(b"{}"), [("Set-Cookie", "a"), ("Set-Cookie", "b")])
    assert twice.headers == [("Set-Cookie", "a"), ("Set-Cookie", "b")] and twice.header("set-cookie") == "a"
    assert st.HttpResponse(200, b'{"a": 1}', {"X": "y"}).json() == {"a": 1}
    with pytest.raises(st.InvalidError) as raised:
        st.HttpResponse(42)
    assert raised.value.field == "status"
    with pytest.raises(TypeError, match="headers must be a mapping or a sequence of"):
        st.HttpResponse(200, b"", {"X": 1})


def test_the_default_transport_takes_options_and_can_be_called():
    world = st.testing.World(seed=3, offers=5)
    server = st.testing.WorldServer(world)
    direct = st.curl_transport(connect_timeout=5, max_connections=4)
    assert direct.send(st.HttpRequest("GET", server.url + "/nothing", operation="test")).status in (401, 404)
    with pytest.raises(st.InvalidError):
        st.curl_transport(max_connections=0)


class Wall:
    def __init__(self):
        self.at = datetime(2026, 11, 1, tzinfo=timezone.utc)

    def now(self):
        return self.at


def test_a_clock_is_the_engines_time(bazaar, open_with):
    wall = Wall()
    engine, account = open_with(bazaar, clock=wall)
    assert engine.now() == wall.at and account.connected_at == wall.at
    wall.at += timedelta(days=1)
    assert engine.sync.run(account).started_at == wall.at
    engine.close()


def test_a_clock_may_wait_itself(bazaar, open_with):
    class Virtual(Wall):
        waits = 0

        def wait_until(self, at):
            Virtual.waits += 1
            self.at = max(self.at, at)

    class Limited(bazaar):
        capabilities = st.Capabilities("limited", fbo_absent="zero")
        limits = st.LimitTable([st.LimitRule("limited", interval=10, burst=1)])

        def fetch_stock(self, query, call):
            for _ in range(3):
                self.ports.http.send(call, "GET", "https://bazaar.test/stock", operation="limited.stock")
            yield from super().fetch_stock(query, call)

    class Empty:
        def send(self, request, call):
            return st.HttpResponse(200)

    engine, account = open_with(Limited, clock=Virtual(), transport=Empty())
    assert engine.sync.run(account).state == "ok" and Virtual.waits > 0
    engine.close()


def test_a_clock_that_fails_stops_and_is_shown(bazaar, open_with, monkeypatch):
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", seen.append)
    wall = Wall()
    engine, account = open_with(bazaar, clock=wall)
    start = wall.at
    wall.now = None
    type(wall).now, kept = lambda self: 1 / 0, type(wall).now
    del wall.now
    try:
        engine.sync.run(account, timeout=5)
        assert engine.now() == start
    finally:
        type(wall).now = kept
    engine.close()
    with pytest.raises(st.InvalidError, match="without a zone"):
        st.open(":memory:", clock=type("Naive", (), {"now": lambda self: datetime(2026, 1, 1)})())
    with pytest.raises(TypeError, match=r"clock must be an object with a method now\(\); int has none"):
        st.open(":memory:", clock=5)


def test_a_manual_clock_is_moved_by_its_owner(bazaar, open_with):
    clock = st.testing.ManualClock(datetime(2026, 3, 1, tzinfo=timezone.utc))
    engine, account = open_with(bazaar, clock=clock)
    clock.advance(3600)
    clock.advance_to(datetime(2026, 2, 1, tzinfo=timezone.utc))
    assert engine.now() == datetime(2026, 3, 1, 1, tzinfo=timezone.utc)
    clock.step_back(1800)
    assert engine.now() == datetime(2026, 3, 1, 0, 30, tzinfo=timezone.utc)
    assert repr(clock) == "<Clock at 2026-03-01T00:30:00+00:00>"
    assert st.testing.ManualClock().now() < datetime(2100, 1, 1, tzinfo=timezone.utc)
    engine.close()


class Counting(st.Telemetry):
    def __init__(self):
        self.counts, self.durations, self.events = [], [], []

    def count(self, metric, by, labels):
        self.counts.append((metric, by, labels))

    def observe(self, metric, value, labels):
        self.durations.append((metric, value, labels))

    def log(self, event):
        self.events.append(event)


def test_telemetry_receives_what_the_library_measures(bazaar, open_with):
    class Failing(bazaar):
        def fetch_stock(self, query, call):
            raise st.ProtocolError("no")

    telemetry = Counting()
    engine, account = open_with(Failing, telemetry=telemetry)
    engine.sync.run(account)
    engine.close()
    assert telemetry.counts and all(isinstance(by, int) and isinstance(labels, dict) for _, by, labels in telemetry.counts)
    assert telemetry.durations and all(isinstance(value, timedelta) for _, value, _ in telemetry.durations)
    event = next(each for each in telemetry.events if each.name == "sync.source_failed")
    assert event.severity == "info" and event.message and event.fields["source"] == "fbo"


def test_telemetry_that_raises_harms_nothing_and_is_reported(bazaar, open_with, monkeypatch):
    class Broken:
        def count(self, metric, by, labels):
            raise ValueError("disk full")

    seen = []
    monkeypatch.setattr(sys, "unraisablehook", seen.append)
    engine, account = open_with(bazaar, telemetry=Broken())
    assert engine.sync.run(account).state == "ok"
    findings = [finding for finding in engine.doctor() if not finding.ok]
    assert any("Broken.count raised ValueError: disk full" in finding.detail for finding in findings)
    assert len(seen) == 1 and type(seen[0].exc_value) is ValueError
    seen.clear()
    engine.close()


class Vault:
    def __init__(self):
        self.keys = [st.SealingKey("k1", st.Secret(os.urandom(32)))]

    def current(self):
        return self.keys[0]

    def find(self, id):
        return next((key for key in self.keys if key.id == id), None)

    def ids(self):
        return [key.id for key in self.keys]


def test_keys_seal_stored_credentials(bazaar, tmp_path):
    vault = Vault()
    path = tmp_path / "shop.db"
    with st.open(path, connectors=[bazaar], keys=vault) as engine:
        engine.accounts.connect(st.Credentials("bazaar", token="sesame-canary"), label="main")
    vault.keys.insert(0, st.SealingKey("k2", st.Secret(os.urandom(32))))
    with st.open(path, connectors=[bazaar], keys=vault) as engine:
        assert engine.sync.run(engine.accounts.find("main")).state == "ok"
    assert all(b"sesame-canary" not in file.read_bytes() for file in tmp_path.iterdir())
    assert "***" in repr(vault.keys[0]) and str(vault.keys[0].key) == "***"
    vault.keys.pop()
    with st.open(path, connectors=[bazaar], keys=vault) as engine:
        with pytest.raises(st.NotFoundError, match="Vault has no key 'k1'") as missing:
            engine.sync.run(engine.accounts.find("main"))
        assert missing.value.code == "key_missing"


def test_keys_are_rotated_while_the_store_is_in_use(bazaar, tmp_path):
    class Renewing(Vault):
        def make_current(self):
            self.keys.insert(0, st.SealingKey(f"k{len(self.keys) + 1}", st.Secret(os.urandom(32))))
            return self.keys[0].id

    vault = Renewing()
    with st.open(f"{tmp_path}/house/", connectors=[bazaar], keys=vault) as engine:
        anna = engine.tenants.create("anna")
        handle = engine.as_(anna, st.Principal("test", st.Permission))
        account = handle.accounts.connect(st.Credentials("bazaar", token="sesame"))
        report = engine.keys.rotate_master()
        assert (report.current, report.made, report.left, report.outside, report.failures) == ("k2", 1, 0, False, [])
        status = engine.keys.status()
        assert [(key.id, key.current, key.unused) for key in status.master] == [("k2", True, False), ("k1", False, True)]
        vault.keys.pop()
        assert engine.keys.rotate_data(tenant=anna).made == 1
        data = engine.keys.status(tenant=anna).data
        assert {key.tenant for key in data} == {anna.id} and {key.sealed_by for key in data} == {"k2"}
        assert engine.keys.discard_unused().deleted == 0  # replaced less than an hour ago
        assert handle.sync.run(account).state == "ok"
    with st.open(":memory:", connectors=[bazaar]) as engine, pytest.raises(st.StockError) as raised:
        engine.keys.status()
    assert raised.value.code == "key_missing"


@pytest.mark.parametrize(
    "current, said",
    [
        (lambda self: 1 / 0, "Sealed.current raised ZeroDivisionError: division by zero"),
        (lambda self: "key", r"Sealed.current must return a SealingKey\(id, key\), not str"),
        (lambda self: ("k", b"0" * 32), r"must return a SealingKey\(id, key\), not tuple"),
        (lambda self: st.SealingKey("k", st.Secret("short")), "32 bytes"),
    ],
)
def test_keys_that_fail_refuse_to_store(bazaar, tmp_path, current, said):
    keys = type("Sealed", (), {"current": current, "find": lambda self, id: None})()
    with pytest.raises(st.StockError, match=said):
        with st.open(tmp_path / "shop.db", connectors=[bazaar], keys=keys) as engine:
            engine.accounts.connect(st.Credentials("bazaar", token="x"))


def test_an_audit_that_raises_is_logged(bazaar, open_with, monkeypatch):
    monkeypatch.setattr(sys, "unraisablehook", lambda raised: None)
    telemetry = Counting()

    def audit(event):
        raise RuntimeError("the journal is full")

    engine, account = open_with(bazaar, telemetry=telemetry, audit=audit)
    assert account.seller_key == "stall"  # the action stays done
    failed = [event for event in telemetry.events if event.name == "audit.failed"]
    assert failed and "the journal is full" in str(failed[0])
    engine.close()


def test_objects_without_the_methods_are_refused():
    for name, missing in [("transport", "send"), ("clock", "now"), ("telemetry", "count"), ("keys", "current")]:
        with pytest.raises(TypeError, match=f"{name} must be an object with a method {missing}"):
            st.open(":memory:", **{name: object()})
    with pytest.raises(st.InvalidError):
        st.open(":memory:", keys=Vault(), key_text=st.Secret("k x"))


def test_the_directory_lists_the_accounts_of_all_tenants(bazaar, tmp_path):
    with st.open(f"{tmp_path}/house/", connectors=[bazaar]) as engine:
        anna, boris = engine.tenants.create("anna"), engine.tenants.create("boris")
        everything = st.Principal("test", st.Permission)
        for tenant in (anna, boris):
            engine.as_(tenant, everything).accounts.connect(st.Credentials("bazaar", token="x"))
        assert engine.directory.relay() >= 0 and engine.directory.relay() == 0
        entries = list(engine.directory.accounts())
        assert [entry.tenant for entry in entries] == [anna.id, boris.id] and entries[0].channel == "bazaar"
        events = engine.directory.events()
        assert {event.tenant for event in events} == {anna.id, boris.id} and isinstance(events[0].payload, dict)
        assert [event.id for event in engine.directory.events(events[0].id)] == [event.id for event in events[1:]]
        engine.directory.rebuild(anna)
        with pytest.raises(st.InvalidError):
            engine.directory.events("no id")


SLOW = """
import os, signal, sys, threading, time
import stocktracker as st
world = st.testing.World(seed=5, offers=10)
class Slow:
    started = threading.Event()
    slow = False
    def send(self, request, call):
        if Slow.slow:
            Slow.started.set()
            for _ in range(600):
                call.check()
                time.sleep(0.05)
        return world.transport.send(request, call)
class Noisy:
    def count(self, metric, by, labels): pass
    def log(self, event): pass
class Time:
    def now(self): return world.clock.now()
engine = st.open(":memory:", transport=Slow(), clock=Time(), telemetry=Noisy(), limits=st.LimitTable(), audit=lambda event: None)
account = engine.accounts.connect(st.wildberries(token=world.token()))
Slow.slow = True
"""


@pytest.mark.parametrize(
    "end",
    [
        "keep = engine.sync.submit_run(account); Slow.started.wait()",
        "engine.sync.submit_run(account); Slow.started.wait(); del engine, account",
        "threading.Thread(target=lambda: engine.sync.run(account), daemon=True).start(); Slow.started.wait()",
        "keep = engine.sync.submit_run(account); Slow.started.wait(); engine.close(0.1); print(keep.wait(5))",
        "Slow.engine = engine; del engine",  # a cycle through the library
    ],
)
def test_processes_with_seams_end(run_python, end):
    done = run_python(SLOW + "threading.excepthook = lambda args: None\n" + end, timeout=40)
    assert done.returncode == 0, done.stderr
    assert "Fatal" not in done.stderr and "terminate" not in done.stderr


HANGING = """
import os, sys, threading, time
import stocktracker as st
world = st.testing.World(seed=5, offers=10)
started = threading.Event()
hangs = False
def hang():
    started.set()
    while busy: pass
    while True: time.sleep(0.001)
class Hanging:
    def send(self, request, call):
        if hangs: hang()
        return world.transport.send(request, call)
class Endless(st.Connector):
    capabilities = st.Capabilities("endless")
    def verify_credentials(self, call):
        return st.SellerIdentity("s")
    def list_offers(self, call):
        yield [st.OfferRow("a")]
        hang()
    def fetch_stock(self, query, call):
        return ()
class Noisy:
    def count(self, metric, by, labels): pass
engine = st.open(":memory:", transport=Hanging(), connectors=[Endless], limits=st.LimitTable(), telemetry=Noisy())
account = engine.accounts.connect(st.wildberries(token=world.token()))
endless = engine.accounts.connect(st.Credentials("endless", token="t"))
threading.excepthook = lambda args: None
def daemon(call, *given):
    threading.Thread(target=call, args=given, daemon=True).start()
hangs = True
busy = %s
%s
started.wait()
print("end", flush=True)
"""

HANGS = [
    "daemon(engine.sync.run, account)",
    "daemon(engine.sync.run, endless); del engine",
    "daemon(lambda: engine.sync.run(account, progress=lambda *step: hang()))",
    "daemon(engine.sync.run, account); started.wait(); daemon(engine.close, 0.1); time.sleep(0.3)",
    "keep = engine.sync.submit_run(account)",
    "engine.sync.submit_run(endless); del engine",
]


def test_processes_with_seams_that_hang_end(run_python):
    """All at once, because each waits ten seconds for its calls."""
    programs = [HANGING % (False, end) for end in HANGS] + [HANGING % (True, HANGS[at]) for at in (0, 3)]
    began = time.monotonic()
    with ThreadPoolExecutor(len(programs)) as pool:
        ends = list(pool.map(lambda program: run_python(program, timeout=100), programs))
    assert time.monotonic() - began > 9  # calls that end are waited for
    for program, done in zip(programs, ends):
        assert (done.returncode, done.stdout, done.stderr) == (0, "end\n", ""), program[-200:]


def test_interrupt_stops_a_transport(run_python):
    done = run_python(
        SLOW
        + """
def interrupt():
    Slow.started.wait()
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt).start()
try:
    engine.sync.run(account)
except KeyboardInterrupt:
    print("interrupted", next(engine.sync.runs()).state)
"""
    )
    assert done.stdout == "interrupted cancelled\n", done.stderr


def test_interrupt_within_a_seam_is_not_swallowed(run_python):
    done = run_python(
        """
import os, signal
import stocktracker as st
def audit(event):
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(1000): pass
    raise AssertionError("not interrupted")
engine = st.open(":memory:", audit=audit)
try:
    engine.settings.change(low_stock=3)
    for _ in range(1000): pass
    print("nothing")
except (KeyboardInterrupt, st.CancelledError) as raised:
    try:
        for _ in range(1000): pass
        print(type(raised).__name__)
    except KeyboardInterrupt:
        print("KeyboardInterrupt")
"""
    )
    assert done.stdout == "KeyboardInterrupt\n", done.stdout + done.stderr


def test_a_fork_gets_exceptions(run_python):
    done = run_python(
        SLOW
        + """
Slow.slow = False
curl = st.curl_transport()
child = os.fork()
if child == 0:
    codes = []
    for call in (lambda: engine.sync.run(account), lambda: list(engine.directory.accounts()), lambda: engine.now(),
                 lambda: curl.send(st.HttpRequest("GET", "https://127.0.0.1:1/"))):
        try:
            call()
            codes.append("nothing")
        except st.StockError as error:
            codes.append(error.code)
    del engine, curl
    own = st.open(":memory:", transport=Slow(), clock=Time())
    codes.append(own.closed)
    own.close()
    print(codes, flush=True)
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), engine.sync.run(account).state)
"""
        if hasattr(os, "waitstatus_to_exitcode")
        else "print()",
    )
    assert done.stdout == "['engine_forked', 'engine_forked', 'engine_forked', 'engine_forked', False]\n0 ok\n", done.stderr


def test_a_sub_interpreter_is_refused(run_python):
    for first in ("", "import stocktracker\n"):
        done = run_python(
            first
            + """
try:
    import _xxsubinterpreters as interpreters
except ImportError:
    import _interpreters as interpreters
one = interpreters.create()
interpreters.run_string(one, '''
try:
    import stocktracker
    print("imported")
except ImportError as refused:
    print(refused)
''')
"""
        )
        assert "main interpreter only" in done.stdout and done.returncode == 0, done.stdout + done.stderr
