"""Orders and prices of a connector written in Python."""

from datetime import datetime, timedelta, timezone

import pytest

import stocktracker as st

START = datetime.now(timezone.utc) - timedelta(days=9)  # the engine reads a month back
RUB = st.Money(100, "RUB")


def source(run, name):
    return next(each for each in run.sources if each.name == name)


@pytest.fixture
def selling(bazaar):
    class Selling(bazaar):
        capabilities = st.Capabilities("selling", fbo_absent="zero", orders=True, prices=True, order_changes_timed=True)
        queries = []

        def fetch_orders(self, query, call):
            self.queries.append(query)
            yield [
                st.OrderRow("o1", START, offer="a", quantity=2, price=RUB, warehouse="hall", order="basket"),
                st.OrderRow("o2", START + timedelta(hours=1), offer="b", status="cancelled", kind="fbs"),
            ]
            yield st.Covered(START - timedelta(days=1), call.now)

        def fetch_prices(self, call):
            yield [st.PriceRow("a", RUB), st.PriceRow("b", RUB * 2, list_price=RUB * 3, lowest_price=RUB)]

    return Selling


def test_orders_and_prices_are_stored(selling, open_with):
    engine, account = open_with(selling)
    run = engine.sync.run(account, orders=True, prices=True)
    assert run.state == "ok", run.sources
    lines = list(engine.orders.lines(account))
    assert [(line.key, line.offer, line.quantity, line.status, line.kind) for line in lines] == [
        ("o1", "a", 2, "placed", "fbo"),
        ("o2", "b", 1, "cancelled", "fbs"),
    ]
    assert lines[0].price == RUB and lines[1].price is None and lines[0].order == "basket"
    assert lines[0].ordered_at == lines[0].changed_at == START
    since, until = engine.orders.coverage(account)
    assert since == START - timedelta(days=1) and until <= engine.now()
    prices = {price.offer: price for price in engine.prices.list(account)}
    assert prices["a"].price == RUB and prices["a"].list_price is None
    assert prices["b"].list_price == RUB * 3 and prices["b"].lowest_price == RUB
    engine.sync.run(account, orders=True)
    assert [query.first for query in selling.queries] == [True, False]
    assert selling.queries[0].since < selling.queries[1].since
    engine.close()


def test_what_is_not_asked_is_not_fetched(selling, open_with):
    engine, account = open_with(selling)
    assert {each.name for each in engine.sync.run(account).sources}.isdisjoint({"orders", "prices"})
    only = engine.sync.run(account, stock=False, prices=True)
    assert [each.name for each in only.sources] == ["prices"]
    assert selling.queries == []
    engine.close()


@pytest.mark.parametrize(
    "row, field",
    [
        (dict(key="o", ordered_at="yesterday"), "ordered_at"),
        (dict(key="o", ordered_at=datetime(2026, 11, 1)), None),
        (dict(key="", ordered_at=START), "key"),
        (dict(key="o", ordered_at=START, quantity=0), "quantity"),
        (dict(key="o", ordered_at=START, quantity="2"), "quantity"),
        (dict(key="o", ordered_at=START, quantity=2**70), "quantity"),
        (dict(key="o", ordered_at=START, price=5), "price"),
        (dict(key="o", ordered_at=START, status="sold"), None),
        (dict(key="o", ordered_at=START, kind="fbx"), None),
        (dict(key="o", ordered_at=START, offer=7), "offer"),
    ],
)
def test_order_lines_are_checked(selling, open_with, row, field):
    class Wrong(selling):
        def fetch_orders(self, query, call):
            yield [st.OrderRow(**row)]
            yield st.Covered(START, call.now)

    engine, account = open_with(Wrong)
    run = engine.sync.run(account, orders=True)
    outcome = source(run, "orders")
    assert outcome.state == "failed" and isinstance(outcome.error, st.StockError)
    if field:
        assert outcome.error.field == field
    assert source(run, "fbo").state == "ok" and not list(engine.orders.lines(account))
    engine.close()


@pytest.mark.parametrize(
    "row", [dict(offer="", price=RUB), dict(offer="a", price=1.5), dict(offer="a", price=RUB, list_price="2")]
)
def test_prices_are_checked(selling, open_with, row):
    class Wrong(selling):
        def fetch_prices(self, call):
            yield [st.PriceRow(**row)]

    engine, account = open_with(Wrong)
    run = engine.sync.run(account, prices=True)
    assert source(run, "prices").state == "failed" and source(run, "fbo").state == "ok"
    assert not list(engine.prices.list(account))
    engine.close()


def test_an_answer_without_its_period_is_refused(selling, open_with):
    class Vague(selling):
        def fetch_orders(self, query, call):
            yield [st.OrderRow("o1", START)]

    class Backwards(selling):
        def fetch_orders(self, query, call):
            yield st.Covered(START, START - timedelta(1))

    for connector, text in ((Vague, "Covered"), (Backwards, "until")):
        engine, account = open_with(connector)
        outcome = source(engine.sync.run(account, orders=True), "orders")
        assert outcome.state == "failed" and text in str(outcome.error)
        assert engine.orders.coverage(account) is None
        engine.close()


def test_a_part_that_is_covered_is_kept_if_the_rest_fails(selling, open_with):
    class Torn(selling):
        def fetch_orders(self, query, call):
            yield [st.OrderRow("o1", START)]
            Torn.since = query.since
            yield st.Covered(query.since, START)
            yield st.Covered(START, START + timedelta(hours=2))
            raise st.RateLimitedError("later", retry_after=timedelta(minutes=5))

    engine, account = open_with(Torn)
    outcome = source(engine.sync.run(account, orders=True), "orders")
    assert outcome.state == "throttled" and outcome.error.retry_after == timedelta(minutes=5)
    assert [line.key for line in engine.orders.lines(account)] == ["o1"]
    assert engine.orders.coverage(account) == (Torn.since, START + timedelta(hours=2))
    engine.close()


def test_restart_odd_rows_and_emptied_orders(selling, open_with):
    class Odd(selling):
        capabilities = st.Capabilities("odd", fbo_absent="zero", orders=True, orders_complete=True)
        again = False

        def fetch_orders(self, query, call):
            yield [st.OrderRow("never", START)]
            yield st.Restart()
            yield st.OddRow("quantity is not a number", "orders[3]", key="basket", incomplete=False)
            if self.again:
                yield st.Emptied("basket")
            else:
                yield [st.OrderRow(f"o{n}", START + timedelta(minutes=n), order="basket" if n == 1 else "") for n in range(60)]
            yield st.Covered(START, call.now)

    engine, account = open_with(Odd)
    outcome = source(engine.sync.run(account, orders=True), "orders")
    assert outcome.state == "ok" and outcome.skipped == 1, outcome.error
    assert "never" not in {line.key for line in engine.orders.lines(account)}
    engine.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_missing_method_is_the_sources_error(bazaar, open_with):
    class Promising(bazaar):
        capabilities = st.Capabilities("promising", fbo_absent="zero", orders=True, prices=True)

    engine, account = open_with(Promising)
    run = engine.sync.run(account, orders=True, prices=True)
    assert {source(run, name).error.code for name in ("orders", "prices")} == {"internal"}
    assert source(run, "fbo").state == "ok"
    engine.close()


def test_the_instant_of_a_report(bazaar, open_with):
    class Old(bazaar):
        def fetch_stock(self, query, call):
            yield st.SpeaksOf(call.now - timedelta(hours=2))
            yield from super().fetch_stock(query, call)

    engine, account = open_with(Old)
    assert engine.sync.run(account).state == "ok"
    assert next(engine.stock.positions()).age >= timedelta(hours=2)
    engine.close()


def test_hosts_limit_where_credentials_send(bazaar):
    class Hosted(bazaar):
        capabilities = st.Capabilities("hosted", fbo_absent="zero")
        hosts = ("api.bazaar.example",)

    with st.open(":memory:", connectors=[Hosted]) as engine:
        with pytest.raises(st.StockError) as raised:
            engine.accounts.connect(st.Credentials("hosted", token="x", base_url="https://evil.example"))
        assert raised.value.code == "address_refused"
        assert engine.accounts.connect(st.Credentials("hosted", token="x")).seller_key == "stall"
