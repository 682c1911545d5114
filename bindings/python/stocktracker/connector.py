"""The seam to a marketplace of one's own: subclass `Connector`, pass the class to `open(connectors=[...])`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Iterable, NamedTuple, Optional, Sequence, Union

if TYPE_CHECKING:
    from ._native import (
        Call,
        Capabilities,
        ConnectorPorts,
        Credentials,
        CredentialFacts,
        LimitTable,
        StockPage,
        StockQuery,
    )

__all__ = ["Connector", "Note", "OddRow", "OfferRow", "Restart", "SellerIdentity", "WarehouseRow"]


class SellerIdentity(NamedTuple):
    """Who the credentials belong to, as the vendor says. The key is the account's identity, for ever."""

    key: str
    name: str = ""


class OfferRow(NamedTuple):
    """An offer of the catalogue. Empty text: the channel does not say."""

    key: str
    listing: str = ""
    article: str = ""
    title: str = ""
    brand: str = ""
    size: str = ""
    barcodes: Sequence[str] = ()


class WarehouseRow(NamedTuple):
    """A seller warehouse as listed by the channel."""

    key: str
    name: str = ""
    active: bool = True


class Restart:
    """Yielded by fetch_stock: the report was rebuilt between its pages, forget the pages so far."""


class OddRow(NamedTuple):
    """Yielded beside the pages: a row of the answer that could not be read and was left out, or had to be changed.

    The engine counts them and names them in the run; what is known of their subject stays as it is.
    """

    #: What is wrong, never the value: "offer_id is empty".
    reason: str
    #: Where the row stands in the answer: "stocks[3]".
    place: str = ""
    #: The offer that it is about; empty: it does not say, and then the answer's silence means nothing.
    key: str = ""
    #: A negative amount of a channel that oversold: the row is delivered with 0.
    oversold: bool = False


class Note(NamedTuple):
    """Yielded by fetch_stock: something that whoever reads the run should know; the last one counts."""

    text: str


class Connector:
    """One account at one marketplace; the class itself is what makes them.

    A method that returns, or a generator that ends, has delivered the whole answer; one that raises has delivered
    nothing that may be used. Raise the library's exceptions to say what happened: RateLimitedError(retry_after=...),
    UnauthenticatedError, DeniedError, UnavailableError, ProtocolError. Methods are called from threads of the engine,
    for several accounts at a time, for one account one at a time.
    """

    #: What the channel can do, as data; its `channel` is the connector's name.
    capabilities: ClassVar[Capabilities]
    #: The channel's request limits; None: none is known.
    limits: ClassVar[Optional[LimitTable]] = None
    #: Whether FBO stock can only be told after `list_offers` has succeeded.
    fbo_needs_offers: ClassVar[bool] = False

    def __init__(self, credentials: Credentials, ports: ConnectorPorts) -> None:
        self.credentials = credentials
        self.ports = ports

    @classmethod
    def facts(cls, credentials: Credentials) -> Sequence[CredentialFacts]:
        """What the parts say of themselves; makes no request."""
        return ()

    def verify_credentials(self, call: Call) -> SellerIdentity:
        """UnauthenticatedError and DeniedError mean the credentials; anything else says nothing about them."""
        raise NotImplementedError

    def list_offers(self, call: Call) -> Iterable[Union[Sequence[OfferRow], OddRow]]:
        """Pages of the catalogue. An offer may come again on a later page; the last telling counts."""
        raise NotImplementedError

    def list_warehouses(self, call: Call) -> Iterable[Union[Sequence[WarehouseRow], OddRow]]:
        """Pages of the seller's warehouses."""
        return ()

    def fetch_stock(self, query: StockQuery, call: Call) -> Iterable[Union[StockPage, Restart, Note, OddRow]]:
        """Pages of one source: FBO is one, each seller warehouse is one."""
        raise NotImplementedError
