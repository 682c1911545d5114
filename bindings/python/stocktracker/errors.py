"""Exceptions: one class for each kind of error. `code` is the precise cause."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Dict, Optional, Type

from .values import ErrorKind

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = [
    "CancelledError",
    "ConflictError",
    "CorruptError",
    "DeniedError",
    "InternalError",
    "InvalidError",
    "NotFoundError",
    "ProtocolError",
    "QuotaExhaustedError",
    "RateLimitedError",
    "StockError",
    "TimeoutError",
    "UnauthenticatedError",
    "UnavailableError",
    "UnsupportedError",
]


class StockError(Exception):
    """A call failed. Never contains a secret.

    A connector written in Python raises one of the classes below. `code` must be one of the library's codes; the
    default is the usual code of the kind.
    """

    kind: ErrorKind = ErrorKind.INTERNAL
    default_code: str = "internal"

    def __init__(
        self,
        message: str = "",
        *,
        code: Optional[str] = None,
        retry_after: Optional[timedelta] = None,
        http_status: int = 0,
        field: str = "",
        operation: str = "",
        vendor: str = "",
        vendor_code: str = "",
        vendor_request_id: str = "",
        request_id: str = "",
        tenant: str = "",
        account: str = "",
        attempts: int = 0,
        retryable: bool = False,
        public_message: str = "",
        text: str = "",
    ) -> None:
        super().__init__(text or message or code or self.default_code)
        self.code = code or self.default_code
        self.message = message
        self.retry_after = retry_after
        self.http_status = http_status
        self.field = field
        self.operation = operation
        self.vendor = vendor
        self.vendor_code = vendor_code
        self.vendor_request_id = vendor_request_id
        self.request_id = request_id
        self.tenant = tenant
        self.account = account
        self.attempts = attempts
        self.retryable = retryable
        self.public_message = public_message


class InvalidError(StockError, ValueError):
    """The request is wrong: correct it. The same call would fail again."""

    kind = ErrorKind.INVALID
    default_code = "invalid_argument"


class UnauthenticatedError(StockError):
    """The credentials are not accepted: ask the seller for new ones."""

    kind = ErrorKind.UNAUTHENTICATED
    default_code = "vendor_unauthorized"


class DeniedError(StockError):
    """The credentials are valid but do not permit this."""

    kind = ErrorKind.DENIED
    default_code = "vendor_forbidden"


class NotFoundError(StockError, LookupError):
    """The requested object does not exist."""

    kind = ErrorKind.NOT_FOUND
    default_code = "not_found"


class ConflictError(StockError):
    """Another process or call holds the object, or changed it meanwhile."""

    kind = ErrorKind.CONFLICT
    default_code = "run_in_progress"


class RateLimitedError(StockError):
    """A request limit of the marketplace is reached: wait for `retry_after`."""

    kind = ErrorKind.RATE_LIMITED
    default_code = "vendor_throttled"


class QuotaExhaustedError(StockError):
    """A plan or a balance is exhausted: waiting does not help."""

    kind = ErrorKind.QUOTA_EXHAUSTED
    default_code = "vendor_payment_required"


class UnavailableError(StockError):
    """The marketplace, the store or another resource is temporarily out of service."""

    kind = ErrorKind.UNAVAILABLE
    default_code = "vendor_unavailable"


class TimeoutError(StockError, builtins.TimeoutError):
    """The deadline of the call passed; it is unknown whether the call took effect."""

    kind = ErrorKind.TIMEOUT
    default_code = "deadline_exceeded"


class CancelledError(StockError):
    """The caller cancelled the call."""

    kind = ErrorKind.CANCELLED
    default_code = "cancelled"


class ProtocolError(StockError):
    """The marketplace sent an answer that its documentation does not allow."""

    kind = ErrorKind.PROTOCOL
    default_code = "vendor_schema"


class CorruptError(StockError):
    """Stored data fail their own checks."""

    kind = ErrorKind.CORRUPT
    default_code = "store_corrupt"


class UnsupportedError(StockError):
    """This build, channel or store does not support the call."""

    kind = ErrorKind.UNSUPPORTED
    default_code = "unsupported"


class InternalError(StockError):
    """A fault of the library."""


_CLASSES: Dict[str, Type[StockError]] = {
    str(each.kind): each
    for each in (
        InvalidError,
        UnauthenticatedError,
        DeniedError,
        NotFoundError,
        ConflictError,
        RateLimitedError,
        QuotaExhaustedError,
        UnavailableError,
        TimeoutError,
        CancelledError,
        ProtocolError,
        CorruptError,
        UnsupportedError,
        InternalError,
    )
}
