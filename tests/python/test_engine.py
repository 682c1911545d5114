"""The engine as a script uses it."""

from datetime import datetime, timedelta, timezone

import pytest

import stocktracker as st


def test_numbers_are_the_worlds(shop):
    run = shop.engine.sync.run(shop.account)
    assert run.state is st.RunState.OK and run.state == "ok"
    assert {source.name.split(":")[0] for source in run.sources} == {"catalogue", "warehouses", "fbo", "fbs"}
    truth = {(p.offer, p.warehouse, p.kind): p.on_hand for p in shop.world.truth()}
    seen = {(p.offer.key, p.warehouse.key, p.kind): p.on_hand for p in shop.engine.stock.positions()}
    assert seen == truth
    assert shop.engine.stock.total(shop.account).on_hand == shop.world.true_total()
    assert run.changes.added == len(truth) + 60  # and the offers


def test_a_week_goes_by(shop):
    totals = []

    def body():
        shop.engine.sync.run(shop.account)
        totals.append((shop.engine.now(), shop.engine.stock.total(shop.account).on_hand))

    shop.world.run_for(timedelta(days=3), timedelta(hours=12), body)
    assert len(totals) == 7 and len({total for _, total in totals}) > 1
    for at, total in totals:
        positions = shop.engine.stock.positions(account=shop.account, as_of=at)
        assert sum(p.on_hand for p in positions if p.on_hand is not None) == total
    assert shop.engine.ledger.verify().broken == 0
    runs = list(shop.engine.sync.runs(account=shop.account, page_size=2))
    assert len(runs) == 7 and runs[0].started_at > runs[-1].started_at


def test_times_have_a_zone(shop):
    shop.engine.sync.run(shop.account)
    position = next(shop.engine.stock.positions())
    assert position.observed_at.tzinfo is timezone.utc
    assert position.observed_at == shop.engine.now()
    moscow = timezone(timedelta(hours=3))
    later = shop.engine.now().astimezone(moscow)
    assert later.utcoffset() == timedelta(hours=3)
    assert list(shop.engine.stock.positions(as_of=later))
    assert not list(shop.engine.stock.positions(as_of=later - timedelta(microseconds=1)))
    with pytest.raises(st.InvalidError, match="without a zone"):
        shop.engine.stock.positions(as_of=datetime(2026, 11, 23))
    with pytest.raises(TypeError):
        shop.engine.stock.positions(as_of="yesterday")


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=timezone.utc),
        datetime(1969, 12, 31, 23, 59, 59, 999999, timezone.utc),
        datetime(2024, 2, 29, 12, 30, 1, 5, timezone.utc),
        datetime(9999, 12, 31, 23, 59, 59, 999999, timezone.utc),
    ],
)
def test_datetimes_survive_both_ways(at):
    assert st.CredentialFacts("token", expires_at=at).expires_at == at


def test_listings_are_pulled_in_pages(shop):
    shop.engine.sync.run(shop.account)
    everything = [(p.offer.key, p.warehouse.key, p.on_hand) for p in shop.engine.stock.positions()]
    positions = shop.engine.stock.positions(page_size=7)
    assert [(p.offer.key, p.warehouse.key, p.on_hand) for p in positions] == everything
    assert len(list(positions)) == len(everything)  # a loop begins anew
    movements = shop.engine.ledger.movements(page_size=5)
    assert sum(m.delta for m in movements) == shop.world.true_total()
    assert list(movements) == []  # an iterator ends once
    one = next(shop.engine.ledger.movements())
    assert one.run is not None and str(one.run) in one.explain()
    assert [m.seq for m in shop.engine.ledger.movements(offer=one.offer.key, warehouse=one.warehouse.key)] == [1]


def test_filters(shop):
    shop.engine.sync.run(shop.account)
    kinds = [p.kind for p in shop.engine.stock.positions(kind="fbs")]
    assert set(kinds) == {st.StockKind.FBS}
    some = next(shop.engine.stock.positions())
    assert {p.offer.key for p in shop.engine.stock.positions(offer=some.offer.key)} == {some.offer.key}
    with pytest.raises(st.InvalidError) as both:
        shop.engine.stock.positions(offer="1", article="2")
    assert "article" in str(both.value)
    with pytest.raises(st.InvalidError, match="no member 'fbx'"):
        shop.engine.stock.positions(kind="fbx")


def test_accounts(shop):
    accounts = shop.engine.accounts
    assert [account.label for account in accounts.list()] == ["main"]
    found = accounts.find("main")
    assert found.id == shop.account.id and found.channel == "wildberries"
    assert accounts.get(found).seller_key == shop.account.seller_key
    assert accounts.get(st.AccountId(str(found.id))).id == found.id
    assert hash(found.id) == hash(shop.account.id) and len({found.id, shop.account.id}) == 1
    assert accounts.health(found).state is st.HealthState.OK
    facts = accounts.credentials(found)
    assert facts[0].kind == "personal" and "content" in facts[0].categories
    with pytest.raises(st.NotFoundError):
        accounts.find("nobody")


def test_dry_run_and_mass_zero(shop):
    shop.engine.sync.run(shop.account)
    before = shop.engine.stock.total(shop.account).on_hand
    shop.world.empty_report_until(shop.engine.now() + timedelta(days=9))
    shop.world.clock.advance(timedelta(hours=2))
    held = shop.engine.sync.run(shop.account)
    fbo = next(source for source in held.sources if source.name == "fbo")
    assert fbo.disposition is st.Disposition.HELD and "would zero" in fbo.note
    assert shop.engine.stock.total(shop.account).fbo > 0
    assert shop.engine.stock.total(shop.account).on_hand <= before
    dry = shop.engine.sync.run(shop.account, dry_run=True, accept_mass_zero=True)
    assert dry.dry_run and dry.changes.zeroed > 0
    assert shop.engine.stock.total(shop.account).fbo > 0


def test_a_store_outlives_its_engine(tmp_path):
    world = st.testing.World(seed=6, offers=30)
    path = str(tmp_path / "shop.db")
    key = str(tmp_path / "shop.key")
    with st.testing.open_in(world, path, key_file=key) as engine:
        account = engine.accounts.connect(st.wildberries(token=world.token()))
        engine.sync.run(account)
    with st.testing.open_in(world, path, key_file=key, seed=2) as engine:
        assert engine.sync.run(engine.accounts.find(account.label)).state == "ok"
        assert all(finding.ok for finding in engine.doctor())
    with st.open(path, read_only=True) as engine:
        assert engine.stock.total(account).on_hand == world.true_total()


def test_run_all_tells_of_each_account(shop):
    results = shop.engine.sync.run_all()
    assert [run.state for run in results] == ["ok"]
    statuses = shop.engine.sync.sources(shop.account)
    assert all(status.state is st.SourceState.OK for status in statuses)


def test_a_closed_engine_says_so(shop):
    rows = shop.engine.stock.positions()
    stock = shop.engine.stock
    shop.engine.close()
    shop.engine.close()
    assert shop.engine.closed
    for call in (lambda: stock.total(shop.account), lambda: next(rows), lambda: shop.engine.accounts.find("main")):
        with pytest.raises(st.UnavailableError, match="closed") as raised:
            call()
        assert raised.value.code == "engine_closed"


def test_one_seller_on_three_marketplaces():
    channels = ["wildberries", "ozon", "yandex_market"]
    world = st.testing.World(seed=8, offers=30, channels=channels, warehouse_groups=True)
    with st.testing.open_in(world) as engine:
        accounts = [
            engine.accounts.connect(st.wildberries(token=world.token())),
            engine.accounts.connect(st.ozon(client_id=world.seller("ozon"), api_key=world.token("ozon"))),
            engine.accounts.connect(st.yandex_market(api_key=world.token("yandex_market"))),
        ]
        assert [run.state for run in engine.sync.run_all()] == ["ok"] * 3
        for channel, account in zip(channels, accounts):
            assert account.channel == channel and account.seller_key == world.seller(channel)
            assert engine.stock.total(account).on_hand == world.true_total(channel)
            assert sum(position.on_hand for position in world.truth(channel)) == world.true_total(channel)
    assert world.rejections == 0


def test_requests_at_once_are_limits_too():
    assert [(rule.vendor, rule.requests) for rule in st.LimitTable.shipped().parallel] == [("yandex_market", 4)]
    table = st.LimitTable(parallel=[st.ParallelRule("bazaar", requests=2, category="stock")])
    assert table.parallel[0].category == "stock" and len(table) == 0
    with pytest.raises(st.InvalidError, match="requests"):
        st.ParallelRule("bazaar", requests=13)


def test_limits_are_told(shop):
    world = st.testing.World(seed=7, offers=30, limits=True)
    with st.testing.open_in(world, limits=st.LimitTable.shipped()) as engine:
        account = engine.accounts.connect(st.wildberries(token=world.token()))
        engine.sync.run(account)
        limits = engine.accounts.limits()
    assert {limit.vendor for limit in limits} == {"wildberries"}
    assert world.rejections == 0 and world.requests > 3
    with pytest.raises(st.InvalidError):
        st.LimitTable.parse("{}")


def test_requests_go_where_the_operator_allows():
    world = st.testing.World(seed=3, offers=5)
    proxy = st.wildberries(token=world.token(), base_url="https://proxy.example/wb")
    with st.testing.open_in(world) as engine:
        with pytest.raises(st.StockError) as raised:
            engine.accounts.connect(proxy)
        assert raised.value.code == "address_refused" and raised.value.field == "base_url"
        assert "--allow-base-url" in str(raised.value)
    with st.testing.open_in(world, allowed_base_urls=["https://api.example", "https://proxy.example"]) as engine:
        # Allowed; the world does not know the path.
        with pytest.raises(st.StockError) as raised:
            engine.accounts.connect(proxy)
        assert raised.value.code != "address_refused"
        assert engine.accounts.connect(st.wildberries(token=world.token(), base_url="https://proxy.example"))
    with pytest.raises(ValueError):
        st.open(":memory:", allowed_base_urls=["proxy.example"])
