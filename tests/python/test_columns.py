"""Positions as columns."""

import gc

import pytest

import stocktracker as st

QUANTITIES = ("on_hand", "reserved", "to_client", "from_client")


@pytest.fixture
def filled(shop):
    shop.world.silence_fbs(2)
    shop.engine.sync.run(shop.account)
    return shop


def test_columns_are_the_rows(filled):
    rows = list(filled.engine.stock.positions())
    columns = filled.engine.stock.positions().columns()
    assert len(columns) == len(rows)
    for i, row in enumerate(rows):
        assert columns.offers[columns.offer[i]].key == row.offer.key
        assert columns.warehouses[columns.warehouse[i]].key == row.warehouse.key
        assert columns.accounts[columns.account[i]] == row.account
        for name in QUANTITIES:
            quantity = getattr(columns, name)
            assert (None if quantity.unknown[i] else quantity.units[i]) == getattr(row, name)
    with pytest.raises(IndexError):
        columns.offer[len(columns)]
    assert columns.offer[-1] == columns.offer[len(columns) - 1]


def test_buffers_are_read_only_and_keep_their_owner(filled):
    columns = filled.engine.stock.positions().columns()
    view = columns.on_hand.units.view()
    expected = list(columns.on_hand.units)
    assert view.readonly and view.format == "q" and view.nbytes == 8 * len(columns)
    with pytest.raises(TypeError):
        view[0] = 1
    del columns
    filled.engine.close()
    gc.collect()
    assert view.tolist() == expected


def test_numpy_arrays_are_views(filled):
    np = pytest.importorskip("numpy")
    columns = filled.engine.stock.positions().columns()
    arrays = columns.to_numpy()
    assert set(arrays) == {"account", "offer", "warehouse", "kind", "state", "observed_at", *QUANTITIES}
    assert arrays["on_hand"].sum() == filled.world.true_total()
    assert np.shares_memory(arrays["on_hand"].data, np.asarray(columns.on_hand.units))
    assert not arrays["on_hand"].data.flags.writeable
    assert arrays["reserved"].mask.all()  # the channel does not tell
    assert str(arrays["observed_at"][0]) + "+00:00" == filled.engine.now().isoformat(timespec="microseconds")
    del columns
    gc.collect()
    assert arrays["on_hand"].sum() == filled.world.true_total()


def test_a_frame(filled):
    pytest.importorskip("pandas")
    frame = filled.engine.stock.positions(account=filled.account).to_pandas()
    assert len(frame) == len(list(filled.engine.stock.positions()))
    assert frame["on_hand"].sum() == filled.world.true_total()
    assert frame["reserved"].isna().all() and str(frame["on_hand"].dtype) == "Int64"
    assert str(frame["observed_at"].dt.tz) == "UTC"
    first = next(filled.engine.stock.positions())
    assert frame.loc[0, "offer"] == first.offer.key and frame.loc[0, "warehouse_name"] == first.warehouse.name
    by_kind = frame.groupby("kind")["on_hand"].sum()
    total = filled.engine.stock.total(filled.account)
    assert by_kind["fbo"] == total.fbo and by_kind["fbs"] == total.fbs


def test_an_empty_frame(shop):
    pytest.importorskip("pandas")
    frame = shop.engine.stock.positions().to_pandas()
    assert len(frame) == 0 and "on_hand" in frame.columns


def test_columns_of_the_past(filled):
    then = filled.engine.now()
    total = filled.world.true_total()
    filled.world.clock.advance(86400)
    filled.engine.sync.run(filled.account)
    assert sum(filled.engine.stock.positions(as_of=then).columns().on_hand.units) == total


def test_a_missing_package_is_named(filled, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(st.UnsupportedError, match="pandas"):
        filled.engine.stock.positions().to_pandas()
