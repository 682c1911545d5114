"""Columns as NumPy arrays and pandas frames; only this module needs the two packages."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Dict, List

from .errors import UnsupportedError

if TYPE_CHECKING:
    from ._native import PositionColumns, QuantityColumn

__all__ = ["to_numpy", "to_pandas"]

_QUANTITIES = ("on_hand", "reserved", "to_client", "from_client")


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as missing:
        raise UnsupportedError(f"this needs the package {name}: install it, or use columns()") from missing


def _masked(column: QuantityColumn) -> Any:
    np: Any = _package("numpy")
    return np.ma.MaskedArray(np.asarray(column.units), mask=np.asarray(column.unknown).view(np.bool_), copy=False)


def to_numpy(columns: PositionColumns) -> Dict[str, Any]:
    """Read-only views of the columns, not copies; each array keeps them alive. Unknown quantities are masked."""
    np: Any = _package("numpy")
    arrays: Dict[str, Any] = {
        name: np.asarray(getattr(columns, name)) for name in ("account", "offer", "warehouse", "kind", "state")
    }
    for name in _QUANTITIES:
        arrays[name] = _masked(getattr(columns, name))
    arrays["observed_at"] = np.asarray(columns.observed_at).view("datetime64[us]")
    return arrays


def _taken(codes: Any, texts: List[str]) -> Any:
    np: Any = _package("numpy")
    return np.array(texts, dtype=object)[codes] if texts else np.array([], dtype=object)


def to_pandas(columns: PositionColumns) -> Any:
    """A frame with a row per position; quantities are Int64, unknown ones <NA>; observed_at is UTC."""
    np: Any = _package("numpy")
    pd: Any = _package("pandas")
    arrays = to_numpy(columns)
    offers, warehouses = columns.offers, columns.warehouses
    data: Dict[str, Any] = {
        "account": _taken(arrays["account"], [str(account) for account in columns.accounts]),
        "offer": _taken(arrays["offer"], [offer.key for offer in offers]),
        "listing": _taken(arrays["offer"], [offer.listing for offer in offers]),
        "article": _taken(arrays["offer"], [offer.article for offer in offers]),
        "size": _taken(arrays["offer"], [offer.size for offer in offers]),
        "offer_state": _taken(arrays["offer"], [str(offer.state) for offer in offers]),
        "warehouse": _taken(arrays["warehouse"], [warehouse.key for warehouse in warehouses]),
        "warehouse_name": _taken(arrays["warehouse"], [warehouse.name for warehouse in warehouses]),
        "kind": pd.Categorical.from_codes(arrays["kind"].view(np.int8), ["fbo", "fbs"]),
        "state": pd.Categorical.from_codes(arrays["state"].view(np.int8), ["known", "kept", "unknown"]),
    }
    for name in _QUANTITIES:
        quantities = arrays[name]
        data[name] = pd.arrays.IntegerArray(quantities.data, np.asarray(quantities.mask))
    data["observed_at"] = pd.to_datetime(arrays["observed_at"], utc=True)
    return pd.DataFrame(data, copy=False)
