"""The same engine on PostgreSQL, with a server of the test's own."""

import importlib.util
import pathlib

import pytest

import stocktracker as st

SUPPORT = pathlib.Path(__file__).resolve().parents[1] / "support/postgres_server.py"


@pytest.fixture(scope="module")
def server():
    spec = importlib.util.spec_from_file_location("postgres_server", SUPPORT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.PostgresServer()
    made.run("CREATE DATABASE house")
    yield made
    made.stop()


def test_without_it_the_error_says_what_to_do():
    if st.has_postgres:
        with pytest.raises(st.StockError) as raised:
            st.open("postgresql://nobody@127.0.0.1:1/none", password=st.Secret("canary-5"))
        assert "canary" not in str(raised.value) + repr(raised.value.__dict__)
    else:
        with pytest.raises(st.UnsupportedError, match="STK_BUILD_POSTGRES"):
            st.open("postgresql://nobody@127.0.0.1:1/none")


@pytest.mark.parametrize(
    "call",
    [
        lambda: st.open(":memory:", password="canary-5"),
        lambda: st.open(":memory:", key_text="canary-5"),
        lambda: st.open("postgresql://nobody@127.0.0.1:1/none", password="canary-5"),
    ],
)
def test_a_secret_that_is_a_plain_text_is_not_repeated(call):
    with pytest.raises(TypeError, match="must be a Secret") as raised:
        call()
    assert "canary" not in str(raised.value)


def test_a_password_in_the_url_is_refused_and_not_repeated():
    if not st.has_postgres:
        return
    with pytest.raises(st.InvalidError) as raised:
        st.open("postgresql://app:canary-5@db.example/house")
    assert "canary" not in str(raised.value) + repr(raised.value.__dict__)


def test_a_store_on_postgres(request, tmp_path):
    if not st.has_postgres:
        return
    server = request.getfixturevalue("server")
    owner, app = server.url("house", "postgres"), server.url("house", "shop")
    assert st.migrate_postgres(owner)
    assert st.migrate_postgres(owner) == []
    world = st.testing.World(seed=5, offers=10)
    with st.testing.open_in(world, app, key_file=tmp_path / "house.key") as engine:
        engine.tenants.create("anna")
    with st.testing.open_in(world, app, key_file=tmp_path / "house.key", tenant="anna") as engine:
        assert repr(engine).startswith("<Engine 'postgresql://shop@")
        account = engine.accounts.connect(st.wildberries(token=world.token()))
        assert engine.sync.run(account, orders=True, prices=True).state == "ok"
        assert engine.stock.total(account).on_hand == world.true_total()
        rows = engine.stock.positions(page_size=5)
        next(rows)
        assert len(list(engine.stock.positions(after=rows.cursor))) == len(list(engine.stock.positions())) - 1
