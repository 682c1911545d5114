"""A store of many tenants: managing them, the wall between them, settings, events, copies."""

import pathlib
from datetime import timedelta

import pytest

import stocktracker as st


class Town:
    """Two tenants with an account each, in a folder."""

    def __init__(self, folder):
        self.world = st.testing.World(seed=5, offers=10)
        self.path = f"{folder}/town/"
        self.key = pathlib.Path(folder) / "town.key"
        self.audit = []
        self.engine = st.testing.open_in(self.world, self.path, key_file=self.key, audit=self.audit.append)
        self.tenants = [self.engine.tenants.create(name) for name in ("anna", "boris")]
        self.handles = [self.engine.as_(tenant, st.Principal("setup", st.Permission)) for tenant in self.tenants]
        self.accounts = [
            handle.accounts.connect(st.wildberries(token=self.world.token()), label="main") for handle in self.handles
        ]
        for handle, account in zip(self.handles, self.accounts):
            assert handle.sync.run(account, orders=True).state == "ok"


@pytest.fixture
def town(tmp_path):
    made = Town(tmp_path)
    yield made
    made.engine.close()


def test_nothing_of_another_tenant_is_reached(town):
    anna, boris = town.handles
    theirs = town.accounts[1]
    for call in (
        lambda: anna.accounts.get(theirs),
        lambda: anna.sync.run(theirs),
        lambda: anna.stock.total(theirs),
        lambda: anna.ledger.known_since(theirs),
        lambda: anna.accounts.rename(theirs, "mine"),
    ):
        with pytest.raises(st.NotFoundError):
            call()
    for call in (
        lambda: list(anna.stock.positions(account=theirs)),
        lambda: list(anna.offers.list(account=theirs)),
        lambda: list(anna.orders.lines(theirs)),
        lambda: anna.orders.coverage(theirs),
        lambda: list(anna.prices.list(theirs)),
        lambda: list(anna.sync.runs(account=theirs)),
        lambda: anna.sync.sources(theirs),
        lambda: anna.analytics.stock_health(theirs),
    ):
        with pytest.raises(st.NotFoundError):
            call()
    assert {p.account for p in anna.stock.positions()} == {town.accounts[0].id}
    assert [account.id for account in boris.accounts.list()] == [theirs.id]


def test_a_principal_has_its_permissions_and_no_others(town):
    viewer = town.engine.as_(town.tenants[0], st.Principal("viewer", ["stock.read"]))
    assert viewer.principal.permissions == [st.Permission.STOCK_READ] and viewer.tenant == town.tenants[0].id
    assert viewer.stock.total(town.accounts[0]).on_hand == town.world.true_total()
    for call in (
        lambda: viewer.sync.run(town.accounts[0]),
        lambda: next(viewer.orders.lines(town.accounts[0])),
        lambda: viewer.settings.change(low_stock=1),
        lambda: viewer.accounts.disconnect(town.accounts[0]),
        lambda: viewer.events.oldest(),
    ):
        with pytest.raises(st.DeniedError) as raised:
            call()
        assert raised.value.code == "permission_denied"
    refused = [event for event in town.audit if event.refused]
    assert refused and refused[-1].refused == "permission_denied" and refused[-1].actor == "viewer"
    assert len(st.Principal("all", st.Permission).permissions) == len(st.Permission)
    with pytest.raises(st.InvalidError):
        st.Principal("x", ["everything"])
    with pytest.raises(st.InvalidError):
        town.engine.as_(town.tenants[0], st.Principal(""))


def test_the_engine_names_a_tenant_or_says_what_to_do(town, tmp_path):
    with pytest.raises(st.InvalidError) as raised:
        town.engine.stock.total()
    assert raised.value.code == "tenant_unset"
    town.engine.close()
    for seed, tenant in enumerate(("anna", town.tenants[0], town.tenants[0].id), 2):
        path = pathlib.Path(town.path)
        with st.testing.open_in(town.world, path, key_file=town.key, tenant=tenant, seed=seed) as engine:
            assert engine.stock.total(town.accounts[0]).on_hand == town.world.true_total()
            assert engine.sync.run(town.accounts[0]).state == "ok"
            with pytest.raises(st.NotFoundError):
                engine.stock.total(town.accounts[1])
    with pytest.raises(st.NotFoundError):
        st.testing.open_in(town.world, town.path, key_file=town.key, tenant="clara")


def test_the_life_of_a_tenant(town, tmp_path):
    tenants = town.engine.tenants
    clara = tenants.create("clara", actor="operator")
    assert clara.state is st.TenantState.ACTIVE
    assert sorted(tenant.name for tenant in tenants.list()) == ["anna", "boris", "clara"]
    with pytest.raises(st.ConflictError):
        tenants.create("clara")
    assert tenants.suspend(clara).state == "suspended"
    with pytest.raises(st.StockError) as raised:
        town.engine.as_(clara, st.Principal("x", st.Permission)).settings.change(low_stock=3)
    assert raised.value.code == "tenant_suspended"
    assert tenants.resume(clara).state == "active"
    tenants.remove(clara)
    with pytest.raises(st.NotFoundError):
        tenants.find("clara")
    assert st.TenantState.DELETED in [tenant.state for tenant in tenants.list(deleted=True)]


def test_copies(town, tmp_path):
    anna = town.tenants[0]
    report = town.engine.backup(tmp_path / "copy")
    assert set(report.tenants) == {tenant.id for tenant in town.tenants} and report.skipped == {}
    st.restore_store(tmp_path / "copy", tmp_path / "again")
    with st.testing.open_in(town.world, tmp_path / "again", key_file=town.key, tenant="anna") as again:
        assert again.stock.total(town.accounts[0]).on_hand == town.world.true_total()
    town.engine.export_tenant(anna, tmp_path / "anna.db")
    with st.testing.open_in(town.world, f"{tmp_path}/other/", key_file=tmp_path / "other.key") as other:
        moved = other.import_tenant(tmp_path / "anna.db", "anna")
        assert moved.id == anna.id
        handle = other.as_(moved, st.Principal("x", st.Permission))
        assert handle.stock.total(town.accounts[0]).on_hand == town.world.true_total()
    town.engine.tenants.suspend(anna)
    with pytest.raises(st.StockError):
        town.engine.tenants.restore(anna, tmp_path / "missing.db")
    with pytest.raises(st.StockError):
        town.engine.backup(tmp_path / "copy")  # it exists


def test_settings(shop):
    assert shop.engine.settings.get() == st.TenantSettings()
    changed = shop.engine.settings.change(zone="Asia/Almaty", low_stock=3, actor="Ann")
    assert changed == shop.engine.settings.get() == st.TenantSettings(zone="Asia/Almaty", low_stock=3)
    assert shop.engine.settings.change(brand="Mugs").zone == "Asia/Almaty"
    with pytest.raises(st.InvalidError) as raised:
        shop.engine.settings.change(low_stock=-1)
    assert raised.value.field == "low_stock" and shop.engine.settings.get() == st.TenantSettings(
        zone="Asia/Almaty", low_stock=3, brand="Mugs"
    )


def test_events_are_pulled_by_number(shop):
    events = shop.engine.events
    cursor = events.oldest()
    shop.engine.sync.run(shop.account)
    happened = events.after(cursor, wait=timedelta(seconds=5))
    happened += events.after(happened[-1].number, wait=0)
    assert [event.topic for event in happened] == ["account.connected", "sync.finished"]
    assert happened[1].payload["state"] == "ok" and happened[0].number < happened[1].number == events.newest()
    assert events.after(events.newest()) == []
    assert len(events.after(cursor, most=1)) == 1
    with pytest.raises(st.StockError) as raised:
        events.after(events.newest() + 1000)
    assert raised.value.code == "cursor_gone"
    with pytest.raises(st.InvalidError):
        events.after(cursor, most=0)


def test_a_store_of_one_seller_has_one_tenant(shop):
    with pytest.raises(st.UnsupportedError):
        shop.engine.tenants.create("anna")
    handle = shop.engine.as_(None, st.Principal("report", ["stock.read"]))
    assert handle.stock.total(shop.account).positions == 0


def test_what_the_audit_raises_is_reported_and_the_action_stays(tmp_path, monkeypatch):
    import sys

    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda each: seen.append(type(each.exc_value)))

    def audit(event):
        raise ValueError(event.action)

    with st.testing.open_in(st.testing.World(), audit=audit) as engine:
        assert engine.settings.change(low_stock=4).low_stock == 4
        assert engine.settings.get().low_stock == 4
    assert seen == [ValueError]


def test_policies_and_threads_are_checked(tmp_path):
    world = st.testing.World(seed=2, offers=3)
    retry = st.RetryPolicy(max_attempts=1, max_wait=5)
    with st.testing.open_in(world, retry=retry, breaker=st.BreakerOptions(failures=2), threads=3) as engine:
        account = engine.accounts.connect(st.wildberries(token=world.token()))
        assert engine.sync.run(account).state == "ok"
    assert retry.max_attempts == 1 and retry.max_wait == timedelta(seconds=5)
    with pytest.raises(st.InvalidError):
        st.RetryPolicy(max_attempts=0)
    with pytest.raises(st.InvalidError):
        st.open(":memory:", threads=0)
    with pytest.raises(TypeError):
        st.open(":memory:", threads="many")
    with pytest.raises(TypeError):
        st.open(5)
    with pytest.raises(st.InvalidError) as raised:
        st.open(":memory:", password=st.Secret("x"))
    assert raised.value.field == "password"
    with st.open(tmp_path / "shop.db", key_file=tmp_path / "shop.key") as engine:
        assert (tmp_path / "shop.db").exists() and engine.name == str(tmp_path / "shop.db")
