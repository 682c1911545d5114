"""Orders, prices, the catalogue, matched listings, analytics, plans: what is stored, as the world has it."""

from datetime import timedelta

import pytest

import stocktracker as st

CHANNELS = ["wildberries", "ozon", "yandex_market"]


class House:
    """One seller on three marketplaces, synchronised with orders and prices."""

    def __init__(self):
        self.world = st.testing.World(seed=11, offers=24, channels=CHANNELS)
        self.engine = st.testing.open_in(self.world)
        tokens = {channel: self.world.token(channel) for channel in CHANNELS}
        self.accounts = [
            self.engine.accounts.connect(st.wildberries(token=tokens["wildberries"]), label="wb"),
            self.engine.accounts.connect(
                st.ozon(client_id=self.world.seller("ozon"), api_key=tokens["ozon"]), label="ozon"
            ),
            self.engine.accounts.connect(st.yandex_market(api_key=tokens["yandex_market"]), label="ym"),
        ]
        self.account = self.accounts[0]
        for _ in range(3):
            self.world.clock.advance(3 * 86400)
            self.runs = self.engine.sync.run_all(orders=True, prices=True)


@pytest.fixture(scope="module")
def house():
    made = House()
    yield made
    made.engine.close()


def test_runs_read_orders_and_prices(house):
    for run in house.runs:
        assert {"orders", "prices"} <= {source.name for source in run.sources}, run.sources
        assert run.state == "ok", run.sources


def test_orders_are_the_worlds(house):
    truth = {order.key: order for order in house.world.order_truth()}
    since, until = house.engine.orders.coverage(house.account)
    lines = list(house.engine.orders.lines(house.account))
    assert lines and since < until <= house.engine.now()
    assert {line.key for line in lines if line.ordered_at >= since} == {
        key for key, order in truth.items() if since <= order.ordered_at < until
    }
    for line in lines:
        order = truth[line.key]
        assert (line.offer, line.kind, line.quantity) == (order.offer, order.kind, order.quantity)
        assert line.ordered_at == order.ordered_at and isinstance(line.status, st.OrderStatus)
        assert line.price is None or isinstance(line.price, st.Money)
    middle = lines[len(lines) // 2].ordered_at
    late = list(house.engine.orders.lines(house.account, since=middle))
    early = list(house.engine.orders.lines(house.account, until=middle))
    assert [line.key for line in early + late] == [line.key for line in lines]


def test_orders_explain_movements(house):
    explained = [
        (movement, house.engine.orders.explain_movement(movement))
        for movement in house.engine.ledger.movements(account=house.account)
    ]
    assert any(why.covered and why.ordered > 0 for _, why in explained)
    assert all(why.explained == why.called_off - why.ordered for _, why in explained)


def test_prices(house):
    prices = list(house.engine.prices.list(house.account, page_size=5))
    assert len(prices) == 24 and [price.offer for price in prices] == sorted(price.offer for price in prices)
    assert all(isinstance(price.price, st.Money) and price.price.minor > 0 for price in prices)
    one = next(house.engine.prices.list(house.account, offer=prices[3].offer))
    assert one.price == prices[3].price and one.changed_at.tzinfo is not None


def test_the_catalogue_is_searched(house):
    every = list(house.engine.offers.list(account=house.account))
    assert len(every) == 24 and all(row.account == house.account.id for row in every)
    row = every[7]
    search = house.engine.offers.list
    assert row.offer.key in [found.offer.key for found in search(article=row.offer.article)]
    assert [found.offer.key for found in search(account=house.account, offer=row.offer.key)] == [row.offer.key]
    assert row.offer.key in [found.offer.key for found in search(barcode=row.barcodes[0], account=house.account)]
    titled = list(search(title=row.offer.title[2:-1], account=house.account))
    assert row.offer.key in [found.offer.key for found in titled]
    assert not list(search(state="vanished"))
    with pytest.raises(st.InvalidError):
        search(state="sold")
    with pytest.raises(st.InvalidError) as raised:
        search(page_size=0)
    assert raised.value.field == "page_size"


@pytest.mark.parametrize(
    "listing",
    [
        lambda house, **page: house.engine.offers.list(**page),
        lambda house, **page: house.engine.stock.positions(account=house.account, **page),
        lambda house, **page: house.engine.ledger.movements(account=house.account, **page),
        lambda house, **page: house.engine.orders.lines(house.account, **page),
    ],
    ids=["offers", "positions", "movements", "orders"],
)
def test_a_list_continues_after_any_row(house, listing):
    every = [repr(row) for row in listing(house)]
    assert len(every) > 20
    for stop in (1, 4, 5, 7, 13):  # within a page of five, at its end, in the next one
        rows = listing(house, page_size=5)
        begun = [repr(next(rows)) for _ in range(stop)]
        assert begun == every[:stop] and rows.cursor
        assert [repr(row) for row in listing(house, page_size=9, after=rows.cursor)] == every[stop:], stop
    rows = listing(house)
    last = [row for row in rows]
    assert len(last) == len(every) and not list(listing(house, after=rows.cursor))
    with pytest.raises(st.InvalidError):
        list(listing(house, after="00ff"))
    assert listing(house).cursor == ""


def test_lists_that_do_not_continue_have_no_cursor(house):
    accounts = house.engine.accounts.list()
    next(accounts)
    assert accounts.cursor == ""


def test_products_are_listed_with_their_offers_and_continue(house):
    products = list(house.engine.listings.products())
    matched = house.engine.listings.matched()
    assert sum(len(product.offers) for product in products) == len(matched.offers)
    assert len([product for product in products if product.match != "none"]) == len(matched.products)
    first = house.engine.listings.products(page_size=2)
    head = [next(first) for _ in range(3)]
    rest = list(house.engine.listings.products(page_size=2, after=first.cursor))
    keys = [[(str(o.account), o.offer.key) for o in product.offers] for product in products]
    assert [[(str(o.account), o.offer.key) for o in product.offers] for product in head + rest] == keys
    offer = products[0].offers[0]
    assert offer.stock.on_hand == house.engine.stock.total(account=offer.account, offer=offer.offer.key).on_hand
    house.engine.listings.decide(offer.account, offer.offer.key, "mug-blue")
    (mine,) = house.engine.listings.products(match="person")
    assert mine.name == "mug-blue" and mine.offers[0].offer.key == offer.offer.key and "person" in repr(mine)
    house.engine.listings.undecide(offer.account, offer.offer.key)
    if offer.barcodes:
        assert list(house.engine.listings.products(barcode=offer.barcodes[0]))
    with pytest.raises(st.InvalidError):
        house.engine.listings.products(page_size=0)


def test_products_are_computed_again(house):
    report = house.engine.listings.recompute_products(timeout=60, actor="Ann")
    assert report.offers == len(house.engine.listings.matched().offers) and report.changed == 0
    assert str(report.offers) in repr(report)


def test_an_account_that_does_not_exist_is_not_found_by_every_list(house):
    nobody = st.AccountId("01a20a90-0000-7000-8000-00000000000f")
    engine = house.engine
    for ask in (
        lambda: list(engine.offers.list(account=nobody)),
        lambda: list(engine.stock.positions(account=nobody)),
        lambda: engine.stock.positions(account=nobody).columns(),
        lambda: engine.stock.total(account=nobody),
        lambda: list(engine.ledger.movements(account=nobody)),
        lambda: list(engine.orders.lines(nobody)),
        lambda: engine.orders.coverage(nobody),
        lambda: list(engine.prices.list(nobody)),
        lambda: list(engine.listings.products(account=nobody)),
        lambda: list(engine.sync.runs(account=nobody)),
        lambda: engine.sync.sources(nobody),
        lambda: engine.analytics.stock_health(nobody),
        lambda: engine.analytics.offer_stock(nobody),
    ):
        with pytest.raises(st.NotFoundError):
            ask()


def test_matched_listings_and_decisions(house):
    found = house.engine.listings.matched()
    every = len([row for row in house.engine.offers.list() if row.offer.state != "vanished"])
    assert len(found.offers) == every > 60
    assert found.products and all(product.by in tuple(st.MatchedBy) for product in found.products)
    assert sum(len(product.offers) for product in found.products) + len(found.review) == every
    offer = found.offers[0]
    house.engine.listings.decide(offer.account, offer.key, "mug-blue", actor="Ann")
    again = house.engine.listings.matched()
    mine = [p for p in again.products if p.by == "person" for o in p.offers if o.key == offer.key]
    assert mine and mine[0].offers[0].product == "mug-blue"
    house.engine.listings.undecide(offer.account, offer.key)
    assert not [p for p in house.engine.listings.matched().products if p.by is st.MatchedBy.PERSON]
    with pytest.raises(st.NotFoundError):
        house.engine.listings.decide(house.account, "no such offer", "x")
    with pytest.raises(st.InvalidError):
        house.engine.listings.decide(offer.account, offer.key, "")


def test_stock_health_and_thresholds(house):
    analytics = house.engine.analytics
    health = analytics.stock_health(house.account, days=7)
    assert health.orders_known and len(health.by_offer) == 24 and 0 <= health.score <= 100
    assert health.until - health.since == timedelta(days=7) and health.zone == "Europe/Moscow"
    totals = {row.offer: row for row in analytics.offer_stock(house.account)}
    for offer in health.by_offer:
        assert isinstance(offer.alert, st.StockAlert) and str(offer.days)
        if offer.on_hand is not None and offer.offer in totals:
            assert totals[offer.offer].fbo + totals[offer.offer].fbs == offer.on_hand
    key = next(offer.offer for offer in health.by_offer if offer.alert == "fine")
    assert analytics.low_stock_of(house.account, key) is None
    analytics.set_low_stock(house.account, key, 1_000_000)
    assert analytics.low_stock_of(house.account, key) == 1_000_000
    after = analytics.stock_health(house.account)
    assert next(offer for offer in after.by_offer if offer.offer == key).alert is st.StockAlert.LOW
    analytics.set_low_stock(house.account, key, None)
    with pytest.raises(st.InvalidError) as raised:
        analytics.stock_health(house.account, zone="Mars/Olympus")
    assert raised.value.field == "zone"


def test_totals_by_query(house):
    stock = house.engine.stock
    everything = stock.total()
    assert everything.on_hand == sum(stock.total(account).on_hand for account in house.accounts)
    assert stock.total(house.account, kind="fbo").on_hand == stock.total(house.account).fbo
    keys = [row.offer.key for row in house.engine.offers.list(account=house.account)][:3]
    some = sum(stock.total(house.account, offer=key).on_hand for key in keys)
    assert stock.total(house.account, offer=keys).on_hand == some
    assert {position.offer.key for position in stock.positions(account=house.account, offer=keys)} <= set(keys)
    position = next(stock.positions(account=house.account))
    assert {p.warehouse.key for p in stock.positions(warehouse=position.warehouse.key)} == {position.warehouse.key}
    early = house.engine.now() - timedelta(days=3)
    assert stock.total(as_of=early).on_hand != everything.on_hand
    with pytest.raises(st.InvalidError):
        stock.positions(offer=keys, article="x")
    with pytest.raises(TypeError):
        stock.positions(offer=5)


def test_a_plan_sends_nothing(house):
    before = house.world.requests
    plan = house.engine.sync.plan(house.account, orders=True, prices=True)
    assert house.world.requests == before
    assert {"catalogue", "orders", "prices"} <= {source.name for source in plan.sources}
    assert plan.requests == sum(source.requests for source in plan.sources) > 0


def test_history_is_known_since(shop):
    engine, account = shop.engine, shop.account
    assert engine.ledger.known_since(account) is None
    for _ in range(6):
        engine.sync.run(account)
        shop.world.clock.advance(86400)
    first = engine.ledger.known_since(account)
    keep = engine.now() - timedelta(days=2)
    report = engine.ledger.retain(keep, actor="Ann")
    assert report.folded > 0 and report.opened > 0
    assert engine.ledger.known_since(account) > first
    assert engine.ledger.verify().broken == 0
    assert st.PositionState.UNKNOWN in {p.state for p in engine.stock.positions(as_of=first)}
    with pytest.raises(st.InvalidError):
        engine.ledger.retain(engine.now() + timedelta(days=1))


def test_a_held_run_is_refused(shop):
    shop.engine.sync.run(shop.account)
    shop.world.empty_report_until(shop.engine.now() + timedelta(days=9))
    shop.world.clock.advance(86400)
    held = shop.engine.sync.run(shop.account)
    assert held.state is st.RunState.HELD and held.refusal is None
    refused = shop.engine.sync.refuse(held.id, "the report is empty", actor="Ann")
    assert refused.refusal.by == "Ann" and refused.refusal.why == "the report is empty"
    with pytest.raises(st.InvalidError) as raised:
        shop.engine.sync.refuse(held.id, "again")
    assert raised.value.field == "run"


def test_accounts_are_renamed_and_disconnected(shop):
    accounts = shop.engine.accounts
    assert accounts.rename(shop.account, "shop").label == "shop"
    with pytest.raises(st.InvalidError):
        accounts.rename(shop.account, "")
    assert shop.account.disconnected_at is None
    gone = accounts.disconnect(shop.account)
    assert gone.disconnected_at == shop.engine.now()
    with pytest.raises(st.StockError) as raised:
        shop.engine.sync.run(shop.account)
    assert raised.value.code == "credentials_missing"
    again = accounts.connect(st.wildberries(token=shop.world.token()))
    assert again.id == shop.account.id and again.disconnected_at is None
    assert shop.engine.sync.release(shop.account) is None
