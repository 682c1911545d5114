"""A connector written in Python."""

import array
import gc
import sys
import threading
from datetime import timedelta

import pytest

import stocktracker as st


def source(run, name):
    return next(each for each in run.sources if each.name == name)


def test_it_works_and_is_kept_alive(bazaar, open_with):
    class Temporary(bazaar):
        pass

    engine, account = open_with(Temporary)
    del Temporary
    gc.collect()
    run = engine.sync.run(account)
    assert run.state == "ok" and source(run, "fbo").rows == 2
    assert engine.stock.total(account).on_hand == 8
    engine.close()


def test_it_passes_the_suite_of_our_own(bazaar):
    class Whole(bazaar):
        def list_warehouses(self, call):
            yield [st.WarehouseRow("cellar", "The cellar")]

        def fetch_stock(self, query, call):
            if query.kind == "fbo":
                yield from super().fetch_stock(query, call)
                return
            yield st.StockPage(
                warehouses=[st.Warehouse(query.warehouse, query.warehouse_name, kind="seller")],
                offer=list(query.offers),
                warehouse=[0] * len(query.offers),
                on_hand=[1] * len(query.offers),
            )

    assert st.testing.connector_contract(Whole, st.Credentials("bazaar", token="x"), uses_http=False) == []


def test_the_suite_finds_what_is_wrong(bazaar):
    class Twice(bazaar):
        def fetch_stock(self, query, call):
            raise st.ProtocolError("no")

    assert st.testing.connector_contract(Twice, st.Credentials("bazaar", token="x"), uses_http=False) != []


def test_the_suite_asks_a_marketplace_that_is_written_in_python(bazaar):
    class Shop:
        asked = 0

        def send(self, request, call):
            Shop.asked += 1
            return st.HttpResponse(200, b"{}")

    class Remote(bazaar):
        def verify_credentials(self, call):
            answer = self.ports.http.send(call, "GET", "https://bazaar.test/me", operation="bazaar.me")
            if answer.status != 200:
                raise st.UnavailableError("no answer", http_status=answer.status)
            return super().verify_credentials(call)

    credentials = st.Credentials("bazaar", token="x")
    found = st.testing.connector_contract(Remote, credentials, transport=Shop())
    assert Shop.asked > 1 and not any("no transport" in text for text in found)
    with pytest.raises(TypeError, match="connector_contract\\(\\) needs transport="):
        st.testing.connector_contract(Remote, credentials)
    assert any("was given no transport" in text for text in st.testing.connector_contract(Remote, credentials, uses_http=False))


@pytest.mark.parametrize(
    "raised, state, code",
    [
        (st.RateLimitedError("slow down", retry_after=timedelta(minutes=5)), "throttled", "vendor_throttled"),
        (st.DeniedError("not yours", http_status=403), "denied", "vendor_forbidden"),
        (st.UnavailableError(code="connect_failed"), "failed", "connect_failed"),
        (st.ProtocolError("gibberish"), "failed", "vendor_schema"),
    ],
)
def test_what_it_raises_is_the_sources_state(bazaar, open_with, raised, state, code):
    class Failing(bazaar):
        broken = False

        def fetch_stock(self, query, call):
            yield from super().fetch_stock(query, call)
            if self.broken:
                raise raised

    engine, account = open_with(Failing)
    engine.sync.run(account)
    Failing.broken = True
    Failing.units = {"a": 1000, "b": 2000}
    outcome = source(engine.sync.run(account), "fbo")
    assert outcome.state == state and outcome.error.code == code
    if raised.retry_after:
        assert timedelta(0) < outcome.retry_at - engine.now() <= raised.retry_after
    assert engine.stock.total(account).on_hand == 8  # a failed fetch is never data
    engine.close()


def test_a_bug_in_it_is_a_failed_source(bazaar, open_with, monkeypatch):
    class Buggy(bazaar):
        def fetch_stock(self, query, call):
            raise ValueError("the token is sesame-canary")

    seen = []
    monkeypatch.setattr(sys, "unraisablehook", seen.append)
    engine, account = open_with(Buggy)
    outcome = source(engine.sync.run(account), "fbo")
    assert outcome.state == "failed" and outcome.error.code == "internal"
    assert "Buggy.fetch_stock raised ValueError (test_connector.py:" in str(outcome.error)
    assert "canary" not in str(outcome.error)  # an unknown text may hold anything
    assert [type(each.exc_value) for each in seen] == [ValueError]
    seen.clear()
    engine.close()


def test_fbo_may_be_asked_by_offers(bazaar, open_with):
    asked = []

    class Asked(bazaar):
        capabilities = st.Capabilities("asked", fbo_absent="zero", fbo_by_offers=True)

        def fetch_stock(self, query, call):
            asked.append(query.offers)
            yield from super().fetch_stock(query, call)

    assert Asked.capabilities.fbo_by_offers and not bazaar.capabilities.fbo_by_offers
    engine, account = open_with(Asked)
    outcome = source(engine.sync.run(account), "fbo")
    assert outcome.state == "ok" and outcome.skipped == 0
    assert isinstance(asked[0], list)
    engine.close()


def test_every_state_of_a_source_has_a_member():
    assert [str(state) for state in st.SourceState] == ["ok", "stale", "throttled", "denied", "failed", "gone"]


def test_restart_and_note(bazaar, open_with):
    class Rebuilt(bazaar):
        def fetch_stock(self, query, call):
            yield st.StockPage(
                warehouses=[st.Warehouse("hall")], offer=["a"], warehouse=[0], on_hand=[999]
            )
            yield st.Restart()
            yield from super().fetch_stock(query, call)
            yield st.Note("rebuilt once")

    engine, account = open_with(Rebuilt)
    outcome = source(engine.sync.run(account), "fbo")
    assert outcome.rows == 2 and outcome.note == "rebuilt once"
    assert engine.stock.total(account).on_hand == 8
    engine.close()


def test_odd_rows_cost_no_other_row(bazaar, open_with):
    class Odd(bazaar):
        units = {f"offer {n}": 1 for n in range(40)}

        def list_offers(self, call):
            yield st.OddRow("id is empty", "offers[0]")
            yield from super().list_offers(call)

        def fetch_stock(self, query, call):
            yield from super().fetch_stock(query, call)
            yield st.OddRow("units is not a number", location="stocks[7]", key="offer 7")

    engine, account = open_with(Odd)
    run = engine.sync.run(account)
    assert source(run, "catalogue").rows == 41 and source(run, "fbo").rows == 41
    assert source(run, "catalogue").skipped == 1 and source(run, "fbo").skipped == 1
    assert run.state == "ok" and engine.stock.total(account).on_hand == 40
    engine.close()

    class Nameless(bazaar):
        def list_offers(self, call):
            yield st.OddRow(None)

    engine, account = open_with(Nameless)
    assert source(engine.sync.run(account), "catalogue").error.field == "reason"
    engine.close()


def test_numeric_keys_and_buffers(bazaar, open_with):
    class Numbers(bazaar):
        capabilities = st.Capabilities("numbers", numeric_offer_keys=True, fbo_absent="zero")

        def list_offers(self, call):
            yield [st.OfferRow("7"), st.OfferRow("8")]

        def fetch_stock(self, query, call):
            yield st.StockPage(
                warehouses=[st.Warehouse("hall")],
                offer=array.array("q", [7, 8]),
                warehouse=array.array("I", [0, 0]),
                on_hand=memoryview(array.array("i", [4, 5])),
            )

    engine, account = open_with(Numbers)
    assert engine.sync.run(account).state == "ok"
    assert sorted(p.offer.key for p in engine.stock.positions()) == ["7", "8"]
    assert engine.stock.total(account).on_hand == 9
    engine.close()


@pytest.mark.parametrize(
    "change, field",
    [
        ({"on_hand": [1, -1]}, "on_hand"),
        ({"on_hand": [1]}, "on_hand"),
        ({"on_hand": [1, 2.5]}, "on_hand"),
        ({"on_hand": [1, 2**70]}, "on_hand"),
        ({"on_hand": array.array("d", [1, 2])}, "on_hand"),
        ({"warehouse": [0, 1]}, "warehouse"),
        ({"warehouse": [0]}, "warehouse"),
        ({"offer": ["a", 2]}, "offer"),
        ({"offer": ["a", ""]}, "offer"),
        ({"offer": [1, -2]}, "offer"),
        ({"listing": ["x"]}, "listing"),
    ],
)
def test_pages_are_checked(change, field):
    page = {"warehouses": [st.Warehouse("w")], "offer": ["a", "b"], "warehouse": [0, 0], "on_hand": [1, 2]}
    with pytest.raises(st.InvalidError) as raised:
        st.StockPage(**{**page, **change})
    assert raised.value.field == field


def test_a_page_is_used_up(bazaar, open_with):
    class Lazy(bazaar):
        page = None

        def fetch_stock(self, query, call):
            if Lazy.page is None:
                Lazy.page = next(super().fetch_stock(query, call))
            yield Lazy.page

    engine, account = open_with(Lazy)
    assert engine.sync.run(account).state == "ok"
    outcome = source(engine.sync.run(account), "fbo")
    assert outcome.state == "failed" and "yielded before" in str(outcome.error)
    assert engine.stock.total(account).on_hand == 8
    engine.close()


def test_wrong_values_are_refused(bazaar, open_with):
    class Wrong(bazaar):
        def list_offers(self, call):
            yield [st.OfferRow(5)]

        def fetch_stock(self, query, call):
            yield {"a": 1}

    engine, account = open_with(Wrong)
    run = engine.sync.run(account)
    assert source(run, "catalogue").error.field == "key"
    assert "not dict" in str(source(run, "fbo").error)
    engine.close()


def test_http_goes_through_the_engines_policies(bazaar, open_with):
    class Remote(bazaar):
        capabilities = st.Capabilities("remote", fbo_absent="zero")
        limits = st.LimitTable([st.LimitRule("remote", interval=3600, burst=2)])

        def fetch_stock(self, query, call):
            answer = self.ports.http.send(
                call,
                "GET",
                "https://bazaar.test/api/v2/nothing",
                operation="remote.stock",
                secret_headers={"Authorization": self.credentials.get("token")},
            )
            if answer.status != 200:
                raise st.ProtocolError("no stock", http_status=answer.status)
            yield from super().fetch_stock(query, call)

    world = st.testing.World(seed=3, offers=5)
    engine, account = open_with(Remote, transport=world.transport, clock=world.clock)
    states = [source(engine.sync.run(account), "fbo") for _ in range(3)]
    assert states[0].error.http_status == 404  # the world knows no such method
    assert states[2].state == "throttled" and states[2].error.code == "quota_reached"
    assert engine.accounts.limits()[0].vendor == "remote"
    engine.close()


def test_memory_between_runs(bazaar, open_with):
    recalled = []

    class Remembering(bazaar):
        def fetch_stock(self, query, call):
            recalled.append(self.ports.recall(call, "cursor"))
            self.ports.remember(call, "cursor", f"{len(recalled)}")
            yield from super().fetch_stock(query, call)

    engine, account = open_with(Remembering)
    engine.sync.run(account)
    engine.sync.run(account)
    assert recalled == ["", "1"]
    engine.close()


def test_deadline_and_progress_reach_it(bazaar, open_with):
    class Slow(bazaar):
        def fetch_stock(self, query, call):
            assert call.remaining is not None and call.remaining <= timedelta(seconds=5)
            call.progress("counting", 1, 2)
            for _ in range(200):
                call.check()
                threading.Event().wait(0.05)
            yield from super().fetch_stock(query, call)

    engine, account = open_with(Slow)
    steps = []
    run = engine.sync.run(account, timeout=0.5, progress=lambda *step: steps.append(step))
    assert isinstance(source(run, "fbo").error, TimeoutError) and source(run, "catalogue").state == "ok"
    assert ("counting", 1, 2) in steps
    engine.close()


def test_only_connectors_are_connectors():
    with pytest.raises(TypeError, match="subclasses"):
        st.open(":memory:", connectors=[dict])
    with pytest.raises(TypeError, match="no capabilities"):
        st.open(":memory:", connectors=[type("Bare", (st.Connector,), {})])
