"""What people see: reprs, tables of a notebook, help()."""

import inspect
import pydoc

import pytest

import stocktracker as st
from stocktracker import _native


@pytest.fixture(scope="module")
def seen():
    world = st.testing.World(seed=5, offers=30)
    engine = st.testing.open_in(world)
    account = engine.accounts.connect(st.wildberries(token=world.token()), label="<b>main</b>")
    world.clock.advance(3 * 86400)
    run = engine.sync.run(account, orders=True, prices=True)
    yield world, engine, account, run
    engine.close()


def test_every_class_has_a_readable_repr():
    for name, cls in vars(_native).items():
        if inspect.isclass(cls):
            assert cls.__repr__ is not object.__repr__, name


def test_reprs_show_values_and_no_addresses(seen):
    world, engine, account, run = seen
    shown = [engine, engine.stock, engine.sync, account, run, run.sources[0], run.changes, engine.stock.total()]
    shown += [next(engine.stock.positions()), next(engine.orders.lines(account)), next(engine.prices.list(account))]
    shown += [engine.settings.get(), engine.events.after(0)[0], engine.sync.plan(account), engine.analytics.stock_health(account)]
    shown += [engine.accounts.health(account), engine.listings.matched(), next(engine.offers.list()), st.RetryPolicy()]
    shown += [engine.as_(None, st.Principal("Ann", ["stock.read"])), st.Principal("Ann"), engine.doctor()[0]]
    for value in shown:
        text = repr(value)
        assert text.startswith("<") and " object at 0x" not in text, text
        assert len(text) < 1500, text
    assert repr(engine) == "<Engine ':memory:'>"
    assert "low_stock=10" in repr(engine.settings.get()) and f"on_hand={world.true_total()}" in repr(engine.stock.total())


def reached(value, depth=3):
    """The value, and what its properties and elements are."""
    yield value
    if depth == 0:
        return
    names = [name for name, member in vars(type(value)).items() if isinstance(member, property)]
    for part in [getattr(value, name) for name in names] + list(value[:2] if isinstance(value, (list, tuple)) else ()):
        if type(part).__module__.startswith("stocktracker") or isinstance(part, list):
            yield from reached(part, depth - 1)


def test_whatever_can_be_reached_has_a_readable_repr_and_no_secret(seen):
    world, engine, account, run = seen
    token = world.token()
    request = st.HttpRequest("GET", "https://a.test/x", secret_headers={"Authorization": token}, body=b"x" * 100)
    listings = [engine.accounts.list(), engine.sync.runs(), engine.offers.list(), engine.stock.positions()]
    listings += [engine.ledger.movements(account=account), engine.orders.lines(account), engine.prices.list(account)]
    listings += [engine.listings.products(), engine.tenants.list(), engine.directory.accounts()]
    roots = [engine, engine.as_(None, st.Principal("Ann", ["stock.read"])), world, run, request, token, *listings]
    roots += [next(listing) for listing in listings[:5]] + [engine.stock.positions().columns(), st.HttpResponse(200, b"x")]
    roots += [st.wildberries(token=token), st.Restart(), st.LimitTable(), st.Capabilities("x"), world.faults]
    roots += [engine.stock.total(), engine.sync.plan(account), engine.listings.matched(), engine.settings.get()]
    types = set()
    for root in roots:
        for value in reached(root):
            types.add(type(value).__name__)
            shown = repr(value) + str(value) + (value._repr_html_() if hasattr(value, "_repr_html_") else "")
            assert " object at 0x" not in shown and "_native" not in shown, (type(value), shown[:300])
            assert token.reveal() not in shown and token.reveal()[-12:] not in shown, type(value)
    assert len(types) > 40, sorted(types)
    assert repr(engine.ledger).startswith("<Ledger: ") and "movements" in repr(engine.ledger)
    assert repr(engine.stock.positions()) == "<Positions, an iterator>"


def test_every_exported_class_has_a_readable_repr():
    for name in [*st.__all__, *st.testing.__all__]:
        cls = getattr(st, name, None) or getattr(st.testing, name)
        if inspect.isclass(cls) and not getattr(cls, "_is_protocol", False):
            assert cls.__repr__ is not object.__repr__, name


def test_no_repr_has_a_secret(seen):
    world, engine, account, _ = seen
    token = world.token().reveal()
    credentials = st.wildberries(token=token)
    shown = [credentials, st.Secret(token), engine, engine.accounts, *engine.accounts.credentials(account), account]
    shown += [engine.accounts.credentials(account), engine.accounts.list()]
    for value in shown:
        text = repr(value) + str(value) + (value._repr_html_() if hasattr(value, "_repr_html_") else "")
        assert token not in text and token[-12:] not in text


def test_lists_are_tables_of_a_notebook(seen):
    _, engine, account, run = seen
    assert isinstance(run.sources, list) and isinstance(engine.sync.sources(account), st.Rows)
    html = run.sources._repr_html_()
    assert html.startswith("<table>") and "<th>state</th>" in html and html.count("<tr>") == len(run.sources) + 1
    assert "<p>0 rows</p>" == st.Rows()._repr_html_()
    assert "and more" in engine.stock.positions()._repr_html_()
    assert "&lt;b&gt;main" in engine.accounts.list()._repr_html_() and "<b>" not in engine.accounts.list()._repr_html_()
    assert "<table>" in engine.stock.total()._repr_html_()


def test_a_table_consumes_no_row(seen):
    _, engine, account, _ = seen
    every = [line.key for line in engine.orders.lines(account)]
    rows = engine.orders.lines(account)
    first = next(rows).key
    assert rows._repr_html_() == rows._repr_html_()
    assert [first] + [line.key for line in rows] == every
    assert rows._repr_html_() == "<p>no more rows</p>"


@pytest.mark.parametrize(
    "function, expected",
    [
        (_native.open, ["path: Union[str, os.PathLike]", "read_only: bool = False"]),
        (_native.open, ["password: Optional[Secret] = None", "tenant: Union[str, Tenant, TenantId, None] = None"]),
        (_native.Stock.positions, ["offer: Union[str, Sequence[str]] = ''", "kind: Optional[str] = None"]),
        (_native.Sync.run, ["orders: bool = False", "timeout: Union[float, datetime.timedelta, None] = None"]),
        (_native.Sync.run, ["progress: Union[bool, Callable[[str, int, int], object], None] = None"]),
        (_native.Orders.lines, ["since: Optional[datetime.datetime] = None", "after: str = ''"]),
        (_native.Engine.close, ["grace: datetime.timedelta"]),
    ],
)
def test_help_names_types(function, expected):
    text = pydoc.plain(pydoc.render_doc(function))
    for part in expected:
        assert part in text, text


def test_errors_of_new_calls_have_their_fields(seen):
    _, engine, account, _ = seen
    with pytest.raises(st.InvalidError) as raised:
        engine.analytics.set_low_stock(account, next(engine.offers.list()).offer.key, -1)
    assert raised.value.code == "invalid_argument" and raised.value.kind is st.ErrorKind.INVALID
    with pytest.raises(st.NotFoundError) as missing:
        engine.analytics.low_stock_of(account, "no such offer")
    assert missing.value.code == "not_found" and missing.value.public_message
