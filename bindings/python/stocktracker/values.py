"""The library's enumerations. Each member is also its text, so `state == "ok"` works."""

from enum import Enum

__all__ = [
    "Absent",
    "DaysOfStockState",
    "Disposition",
    "ErrorKind",
    "FaultKind",
    "HealthState",
    "MatchedBy",
    "MovementKind",
    "OfferState",
    "OrderStatus",
    "Permission",
    "PositionState",
    "ProductMatch",
    "ReviewReason",
    "RunState",
    "SourceState",
    "StockAlert",
    "StockKind",
    "TenantState",
    "WildberriesTokenType",
    "WarehouseKind",
]


class _Text(str, Enum):
    """A member is its text."""

    def __str__(self) -> str:
        return str(self.value)


class ErrorKind(_Text):
    """What a caller can do about a failure."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    DENIED = "denied"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    RATE_LIMITED = "rate_limited"
    QUOTA_EXHAUSTED = "quota_exhausted"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    PROTOCOL = "protocol"
    CORRUPT = "corrupt"
    UNSUPPORTED = "unsupported"
    INTERNAL = "internal"


class StockKind(_Text):
    """Fulfilment: from the marketplace's warehouses (FBO) or from the seller's own (FBS)."""

    FBO = "fbo"
    FBS = "fbs"


class Absent(_Text):
    """The meaning if a complete answer leaves out a known position: its stock is 0, or it is unknown."""

    ZERO = "zero"
    UNKNOWN = "unknown"


class OfferState(_Text):
    """State of an offer's card: listed, never listed (uncarded), or no longer listed (vanished)."""

    LISTED = "listed"
    UNCARDED = "uncarded"
    VANISHED = "vanished"


class WarehouseKind(_Text):
    """The owner of a warehouse. undisclosed: the channel does not report which warehouse it is."""

    MARKETPLACE = "marketplace"
    SELLER = "seller"
    UNDISCLOSED = "undisclosed"


class PositionState(_Text):
    """How a position's number is known."""

    KNOWN = "known"
    KEPT = "kept"
    UNKNOWN = "unknown"
    GONE = "gone"


class MovementKind(_Text):
    """Why the ledger has an entry."""

    OBSERVED = "observed"
    ABSENT = "absent"
    CORRECTION = "correction"
    UNDO = "undo"
    OPENING = "opening"


class SourceState(_Text):
    """How the last attempt on a source ended."""

    OK = "ok"
    STALE = "stale"
    THROTTLED = "throttled"
    DENIED = "denied"
    FAILED = "failed"
    #: The channel no longer lists this warehouse: totals leave out its positions.
    GONE = "gone"


class Disposition(_Text):
    """Whether the data of a source were applied."""

    NOT_APPLIED = "not_applied"
    APPLIED = "applied"
    HELD = "held"


class RunState(_Text):
    """How a synchronisation ended."""

    RUNNING = "running"
    OK = "ok"
    PARTIAL = "partial"
    HELD = "held"
    FAILED = "failed"
    CANCELLED = "cancelled"


class HealthState(_Text):
    """Whether an account can be synchronised."""

    OK = "ok"
    EXPIRING = "expiring"
    THROTTLED = "throttled"
    FAILING = "failing"
    DENIED = "denied"


class OrderStatus(_Text):
    """The state of an order line as far as stock is concerned."""

    PLACED = "placed"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    #: The vendor's status is not known to this version.
    UNKNOWN = "unknown"
    #: The line left its order: counted nowhere.
    REMOVED = "removed"


class TenantState(_Text):
    """The state of a customer of the installation."""

    CREATING = "creating"
    ACTIVE = "active"
    #: May read, not change.
    SUSPENDED = "suspended"
    DELETING = "deleting"
    DELETED = "deleted"
    #: Its data are damaged: no access until it is restored or resumed.
    QUARANTINED = "quarantined"


class Permission(_Text):
    """What a principal may do. `Principal("job", Permission)` may do everything."""

    STOCK_READ = "stock.read"
    STOCK_WRITE = "stock.write"
    ORDERS_READ = "orders.read"
    PRICES_READ = "prices.read"
    PRICES_WRITE = "prices.write"
    CATALOGUE_READ = "catalogue.read"
    CATALOGUE_CHANGE = "catalogue.change"
    ACCOUNT_READ = "account.read"
    ACCOUNT_CONNECT = "account.connect"
    ACCOUNT_RENAME = "account.rename"
    ACCOUNT_DISCONNECT = "account.disconnect"
    SYNC_READ = "sync.read"
    SYNC_RUN = "sync.run"
    SYNC_RELEASE = "sync.release"
    LEDGER_RETAIN = "ledger.retain"
    SETTINGS_READ = "settings.read"
    SETTINGS_CHANGE = "settings.change"
    EVENTS_READ = "events.read"
    EXPORT_CREATE = "export.create"
    JOB_READ = "job.read"
    JOB_RUN = "job.run"
    WEBHOOK_MANAGE = "webhook.manage"
    NOTICE_MANAGE = "notice.manage"
    MEMBER_READ = "member.read"
    MEMBER_INVITE = "member.invite"
    MEMBER_CHANGE = "member.change"
    MEMBER_REMOVE = "member.remove"
    SESSION_REVOKE = "session.revoke"
    APIKEY_MANAGE = "apikey.manage"
    AUDIT_READ = "audit.read"
    BILLING_READ = "billing.read"
    BILLING_MANAGE = "billing.manage"
    TENANT_RENAME = "tenant.rename"
    TENANT_REMOVE = "tenant.remove"
    OWNERSHIP_TRANSFER = "ownership.transfer"


class StockAlert(_Text):
    """Whether an offer runs out."""

    UNKNOWN = "unknown"
    FINE = "fine"
    LOW = "low"
    OUT = "out"


class DaysOfStockState(_Text):
    """Whether days of stock are a number."""

    DAYS = "days"
    SOLD_OUT = "sold_out"
    NO_SALES = "no_sales"
    UNKNOWN = "unknown"


class MatchedBy(_Text):
    """Why offers are one product."""

    PERSON = "person"
    BARCODE = "barcode"
    ARTICLE = "article"


class ProductMatch(_Text):
    """Why the offers of a stored product are one product; none: it is a single offer."""

    NONE = "none"
    PERSON = "person"
    BARCODE = "barcode"
    ARTICLE = "article"


class ReviewReason(_Text):
    """Why a person has to decide about an offer."""

    #: No other account has an offer with an equal text.
    ALONE = "alone"
    #: The equal texts would make two offers of one account the same product.
    AMBIGUOUS = "ambiguous"


class WildberriesTokenType(_Text):
    """Kinds of a simulated marketplace's tokens."""

    BASE = "base"
    TEST = "test"
    PERSONAL = "personal"
    SERVICE = "service"


class FaultKind(_Text):
    """Faults of a simulated marketplace."""

    STATUS = "status"
    THROTTLE = "throttle"
    GONE = "gone"
    RESET = "reset"
    SLOW = "slow"
    TRUNCATE = "truncate"
    BROKEN_JSON = "broken_json"
    WRONG_TYPES = "wrong_types"
    UNKNOWN_FIELDS = "unknown_fields"
    REPEAT_ROWS = "repeat_rows"
    SHRINK_PAGES = "shrink_pages"
    SKIP_ROWS = "skip_rows"
    ENDLESS_PAGES = "endless_pages"
    NULL_LISTS = "null_lists"
    NEGATIVE_AMOUNTS = "negative_amounts"
    ODD_DECIMALS = "odd_decimals"
    BYTE_ORDER_MARK = "byte_order_mark"
