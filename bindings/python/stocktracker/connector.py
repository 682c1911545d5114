"""The interface for connectors written in Python: subclass `Connector`, pass the class to `open(connectors=[...])`."""

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
    """The owner of the credentials, as the vendor reports it. The key identifies the account permanently."""

    key: str
    name: str = ""


class OfferRow(NamedTuple):
    """An offer of the catalogue. Empty text: the channel does not report it."""

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
    """Yielded by fetch_stock if the report was rebuilt between its pages: the engine drops the pages so far."""


class OddRow(NamedTuple):
    """Yielded between pages: a row of the answer that could not be read and was left out, or had to be changed.

    The engine counts these rows and reports them in the run. The stored data of their offers are kept.
    """

    #: What is wrong, never the value: "offer_id is empty".
    reason: str
    #: The position of the row in the answer: "stocks[3]".
    location: str = ""
    #: The key of its offer. Empty: not known; then the data of every offer that the answer leaves out are kept.
    key: str = ""
    #: The amount was negative because the channel oversold: the row is delivered with 0.
    oversold: bool = False


class Note(NamedTuple):
    """Yielded by fetch_stock: a text for the readers of the run; the last one counts."""

    text: str


class Connector:
    """One account at one marketplace. The engine creates the objects from the class that `open` gets.

    If a method returns, or its generator ends, the answer is complete. If it raises, the engine uses nothing of the
    answer. Raise the library's exceptions to report what happened: RateLimitedError(retry_after=...),
    UnauthenticatedError, DeniedError, UnavailableError, ProtocolError. Threads of the engine call the methods, for
    several accounts at a time and for one account one at a time.
    """

    #: What the channel can do, as data; its `channel` is the connector's name.
    capabilities: ClassVar[Capabilities]
    #: The channel's request limits; None: none is known.
    limits: ClassVar[Optional[LimitTable]] = None
    #: True if FBO stock can be fetched only after `list_offers` has succeeded.
    fbo_needs_offers: ClassVar[bool] = False

    def __init__(self, credentials: Credentials, ports: ConnectorPorts) -> None:
        self.credentials = credentials
        self.ports = ports

    @classmethod
    def facts(cls, credentials: Credentials) -> Sequence[CredentialFacts]:
        """The facts that the credentials contain themselves. Makes no request."""
        return ()

    def verify_credentials(self, call: Call) -> SellerIdentity:
        """Asks the marketplace for the owner of the credentials.

        UnauthenticatedError and DeniedError mean that the credentials are refused; other errors say nothing about them.
        """
        raise NotImplementedError

    def list_offers(self, call: Call) -> Iterable[Union[Sequence[OfferRow], OddRow]]:
        """Yields pages of the catalogue. If a later page has an offer again, the last row counts."""
        raise NotImplementedError

    def list_warehouses(self, call: Call) -> Iterable[Union[Sequence[WarehouseRow], OddRow]]:
        """Yields pages of the seller's warehouses."""
        return ()

    def fetch_stock(self, query: StockQuery, call: Call) -> Iterable[Union[StockPage, Restart, Note, OddRow]]:
        """Yields pages of one source. FBO is one source, and each seller warehouse is one."""
        raise NotImplementedError
