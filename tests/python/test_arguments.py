"""Signatures, docs and TypeErrors are Python's: no C++ type, no argument's value."""

import inspect
import pydoc
import re

import pytest

import stocktracker as st
from stocktracker import _native

FOREIGN = re.compile(r"stocktracker::|stkpy|std::|arg\d|_native|\bself: |pybind|C\+\+ type|0x[0-9a-f]{6}")


def functions():
    """Every function and method of the native module, by name."""
    for name, value in vars(_native).items():
        if inspect.isbuiltin(value):
            yield name, value
        if inspect.isclass(value):
            for member, function in vars(value).items():
                if isinstance(function, property):
                    yield f"{name}.{member}", function.fget
                elif callable(function) or isinstance(function, staticmethod):
                    yield f"{name}.{member}", getattr(value, member)


def test_no_doc_has_a_foreign_word():
    checked = 0
    for name, function in functions():
        doc = inspect.getdoc(function) or ""
        assert not FOREIGN.search(doc), (name, doc)
        checked += 1
    for name, cls in vars(_native).items():
        if inspect.isclass(cls):
            assert not FOREIGN.search(cls.__doc__ or ""), name
            assert cls.__module__ in ("stocktracker", "stocktracker.testing"), name
    assert checked > 500


def test_help_of_the_package_has_no_foreign_word():
    for subject in [st, st.testing, *(getattr(st, name) for name in st.__all__)]:
        shown = pydoc.plain(pydoc.render_doc(subject)) if callable(subject) or inspect.ismodule(subject) else ""
        shown = re.sub(r"pybind11_(builtins|object|type)|PACKAGE CONTENTS(\n    \w+)+", "", shown)
        found = FOREIGN.search(shown)
        assert not found, (subject, shown[max(0, found.start() - 200) : found.end() + 100])


@pytest.mark.parametrize(
    "function, expected",
    [
        (st.open, "(path, *, tenant=None, read_only=False, durable_commits=False, key_file=None, "),
        (st.Stock.total, "(self, "),
        (st.Sync.run, "(self, account, *, dry_run=False, accept_mass_zero=False, mass_zero_at_least=10, "),
        (st.Accounts.connect, "(self, credentials, *, label='', timeout=None, actor='')"),
        (st.Engine.close, "(self, grace=10)"),
        (st.RetryPolicy.__init__, "(self, *, max_attempts=3, first_backoff="),
        (st.Money.of_minor, "(minor, currency)"),
    ],
)
def test_signatures_are_readable(function, expected):
    assert str(inspect.signature(function)).startswith(expected), inspect.signature(function)


def test_durations_are_seconds_in_signatures():
    backoff = inspect.signature(st.RetryPolicy.__init__).parameters["first_backoff"].default
    assert backoff == st.RetryPolicy().first_backoff.total_seconds()
    for name, function in functions():
        if not name.startswith("_") and "._" not in name and "Ellipsis" in str(inspect.signature(function)):
            raise AssertionError((name, inspect.signature(function)))


def test_every_method_has_a_signature():
    for name, function in functions():
        if name.startswith("_") or "._" in name or isinstance(function, property):
            continue
        signature = inspect.signature(function)
        assert not any(each.kind is each.VAR_POSITIONAL for each in signature.parameters.values()), name


def test_bound_methods_have_no_self(shop):
    assert list(inspect.signature(shop.engine.sync.plan).parameters) == ["account", "stock", "orders", "prices"]


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda e, a: e.sync.run(5), "Sync.run(): account must be Account or AccountId, not int"),
        (lambda e, a: e.sync.run("main"), "Sync.run(): account must be Account or AccountId, not str"),
        (lambda e, a: e.sync.run(), "Sync.run() is missing the argument 'account'"),
        (lambda e, a: e.sync.run(a, dryrun=True), "Sync.run() got an unexpected keyword argument 'dryrun'; did you mean "),
        (lambda e, a: e.sync.run(a, True), "Sync.run() takes 1 positional argument but 2 were given; give dry_run, "),
        (lambda e, a: e.sync.run(a, orders="yes"), "Sync.run(): orders must be bool, not str"),
        (lambda e, a: e.sync.run(a, account=a), "Sync.run() got multiple values for argument 'account'"),
        (lambda e, a: e.sync.run(a, timeout="soon"), "timeout must be seconds, a timedelta or None"),
        (lambda e, a: e.stock.positions(page_size="many"), "Stock.positions(): page_size must be int, not str"),
        (lambda e, a: e.stock.positions(page_size=2**40), "Stock.positions(): page_size is out of range"),
        (lambda e, a: e.offers.list(state=5), "Offers.list(): state must be OfferState, 'listed', 'uncarded', "),
        (lambda e, a: e.as_(None, "Ann"), "Engine.as_(): principal must be Principal, not str"),
        (lambda e, a: e.accounts.connect(None), "Accounts.connect(): credentials must be Credentials, not NoneType"),
        (lambda e, a: e.settings.change(features=["a", 5]), "features must be a sequence of str or None, not list with int"),
        (lambda e, a: st.Principal("Ann", [5]), "permissions must be a sequence of Permission or str, not list with int"),
        (lambda e, a: st.Secret(5), "Secret(): text must be str or bytes, not int"),
        (lambda e, a: st.wildberries(token=5), "a secret must be a str or a Secret, not int"),
        (lambda e, a: st.wildberries("a-token"), "wildberries() takes 0 positional arguments but 1 was given"),
        (lambda e, a: st.RetryPolicy(3), "RetryPolicy() takes 0 positional arguments but 1 was given; give max_"),
        (lambda e, a: st.open(5), "str, bytes or os.PathLike"),
        (lambda e, a: st.open(":memory:", retry=3), "open(): retry must be RetryPolicy or None, not int"),
        (lambda e, a: st.open(":memory:", limts=None), "did you mean 'limits'?"),
        (lambda e, a: st.AccountId(5), "AccountId(): text must be str or Account, not int"),
        (lambda e, a: st.Sync(), "stocktracker.Sync: No constructor defined!"),
        (lambda e, a: st.StockPage(offer=[], warehouse=[], on_hand=[]), "StockPage() is missing the argument 'warehouses'"),
    ],
)
def test_type_errors_say_what_is_wrong(shop, call, message):
    with pytest.raises(TypeError) as raised:
        call(shop.engine, shop.account)
    assert message in str(raised.value), raised.value
    assert not FOREIGN.search(str(raised.value)) and len(str(raised.value)) < 200


def test_type_errors_show_no_value():
    for call in (
        lambda: st.open(":memory:", key_text="sesame-canary"),
        lambda: st.open(":memory:", password="sesame-canary"),
        lambda: st.open(":memory:", limits="sesame-canary"),
        lambda: st.wildberries("sesame-canary"),
        lambda: st.ozon(client_id=5, api_key="sesame-canary"),
        lambda: st.Secret("sesame-canary", 1),
        lambda: st.Credentials("bazaar", token=b"sesame-canary"),
        lambda: st.HttpRequest("GET", "https://a.test", secret_headers={"X": "sesame-canary"}),
    ):
        with pytest.raises(TypeError) as raised:
            call()
        assert "canary" not in str(raised.value)


def test_other_type_errors_and_comparisons_are_untouched(shop):
    assert (st.Money(1, "RUB") == 5) is False
    with pytest.raises(TypeError, match="unsupported operand"):
        st.Money(1, "RUB") + 5

    def progress(*step):
        raise TypeError("incompatible with me")

    with pytest.raises(TypeError, match="^incompatible with me$"):
        shop.engine.sync.run(shop.account, progress=progress)
