"""The interface for connectors written in Python: subclass `Connector`, pass the class to `open(connectors=[...])`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Iterable, NamedTuple, Optional, Sequence, Union

from .values import OrderStatus, StockKind

if TYPE_CHECKING:
    from ._native import (
        Call,
        Capabilities,
        ConnectorPorts,
        Credentials,
        CredentialFacts,
        LimitTable,
        Money,
        OrderQuery,
        StockPage,
        StockQuery,
    )

__all__ = [
    "Connector",
    "Covered",
    "Emptied",
    "Note",
    "OddRow",
    "OfferRow",
    "OrderRow",
    "PriceRow",
    "Restart",
    "SellerIdentity",
    "SpeaksOf",
    "WarehouseRow",
]


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


class OrderRow(NamedTuple):
    """An order line. Empty text: the channel does not report it."""

    #: The line's identity, permanently unique in the account.
    key: str
    #: When it was ordered, with a zone.
    ordered_at: datetime
    #: The order, basket or posting that it belongs to.
    order: str = ""
    #: The offer's key.
    offer: str = ""
    listing: str = ""
    article: str = ""
    status: Union[OrderStatus, str] = OrderStatus.PLACED
    #: The vendor's own status.
    status_text: str = ""
    kind: Union[StockKind, str] = StockKind.FBO
    #: The warehouse's key, and its raw name.
    warehouse: str = ""
    warehouse_name: str = ""
    quantity: int = 1
    #: Of one unit, before the vendor's fees.
    price: Optional[Money] = None
    #: When the status changed last; None: the channel does not report it.
    changed_at: Optional[datetime] = None


class PriceRow(NamedTuple):
    """The price of an offer."""

    offer: str
    #: The price that the seller asks, after the seller's own discounts.
    price: Money
    #: Shown crossed out beside it.
    list_price: Optional[Money] = None
    #: The lower limit that the seller gives the marketplace.
    lowest_price: Optional[Money] = None


class Covered(NamedTuple):
    """Yielded by fetch_orders: every line that was ordered in [since, until) has been yielded, or has not changed.

    An answer may have several, and at least one; periods that touch are joined. One that continues what is known, or
    begins at or before OrderQuery.since, stays valid if the rest of the answer fails.
    """

    since: datetime
    until: datetime


class Emptied(NamedTuple):
    """Yielded by fetch_orders: the order was reported without lines, so all of them have left it."""

    order: str


class SpeaksOf(NamedTuple):
    """Yielded by fetch_stock: the instant that the answer describes, if it is earlier than the request."""

    at: datetime


class Restart:
    """Yielded by fetch_stock and fetch_orders if the channel began again: the engine drops the pages so far."""

    def __repr__(self) -> str:
        return "Restart()"


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
    #: The row is delivered without a member that could not be read.
    incomplete: bool = False


class Note(NamedTuple):
    """Yielded by fetch_stock: a text for the readers of the run; the last one counts."""

    text: str


class Connector:
    """One account at one marketplace. The engine creates the objects from the class that `open` gets.

    If a method returns, or its generator ends, the answer is complete. If it raises, the engine uses nothing of the
    answer. Raise the library's exceptions to report what happened: RateLimitedError(retry_after=...),
    UnauthenticatedError, DeniedError, UnavailableError, ProtocolError. Threads of the engine call the methods, for
    several accounts at a time and for one account one at a time. Requests are sent within the limits by
    `self.ports.http.send(call, "GET", url, operation="shop.stock", secret_headers={"X-Key": self.credentials.get("key")})`.
    """

    #: What the channel can do, as data; its `channel` is the connector's name.
    capabilities: ClassVar[Capabilities]
    #: The channel's request limits; None: none is known.
    limits: ClassVar[Optional[LimitTable]] = None
    #: True if FBO stock can be fetched only after `list_offers` has succeeded.
    fbo_needs_offers: ClassVar[bool] = False
    #: Hosts of the marketplace's API ("api.bazaar.example", "*.bazaar.example"): requests and base_url of credentials go
    #: only there. Empty: the connector decides, and must not let credentials decide.
    hosts: ClassVar[Sequence[str]] = ()

    def __init__(self, credentials: Credentials, ports: ConnectorPorts) -> None:
        self.credentials = credentials
        self.ports = ports

    def __repr__(self) -> str:
        return f"<{type(self).__name__} connector of '{self.capabilities.channel}'>"

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

    def fetch_stock(
        self, query: StockQuery, call: Call
    ) -> Iterable[Union[StockPage, Restart, Note, SpeaksOf, OddRow]]:
        """Yields pages of one source. FBO is one source, and each seller warehouse is one."""
        raise NotImplementedError

    def fetch_orders(
        self, query: OrderQuery, call: Call
    ) -> Iterable[Union[Sequence[OrderRow], Covered, Emptied, Restart, OddRow]]:
        """With Capabilities(orders=True): yields pages of order lines, and Covered. If a line comes again, the last counts.

        The key of an OddRow is the order.
        """
        raise NotImplementedError

    def fetch_prices(self, call: Call) -> Iterable[Union[Sequence[PriceRow], OddRow]]:
        """With Capabilities(prices=True): yields pages of prices, of every offer that has one."""
        raise NotImplementedError
