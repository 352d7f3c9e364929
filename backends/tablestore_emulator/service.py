"""The service without its transport: a request's headers and body in, an answer's out."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from tablestore_emulator import signing
from tablestore_emulator.apis import APIS
from tablestore_emulator.errors import (
    ServiceError,
    invalid,
    unauthorized,
    unsupported,
)
from tablestore_emulator.instance import Instance
from tablestore_emulator.plain_buffer import PlainBufferError
from tablestore_emulator.protocol import tables
from tablestore_emulator.search.errors import SearchError
from tablestore_emulator.settings import Settings

_REQUIRED = (
    "x-ots-date",
    "x-ots-apiversion",
    "x-ots-accesskeyid",
    "x-ots-instancename",
    "x-ots-contentmd5",
)
_DATES = ("%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ")
_VERSION = "2015-12-31"
_JSON = "application/json"


@dataclass(frozen=True)
class Request:
    """A request.

    Args:
        path: its path, such as ``/GetRow``.
        headers: its headers, with names in lower case.
        body: its body.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def api(self) -> str:
        """The operation: the last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def signed_path(self) -> str:
        """The path that is signed: clients leave out what comes before the operation."""
        return f"/{self.api}"


class Answer(NamedTuple):
    """An answer.

    Args:
        status: the HTTP status.
        headers: the headers.
        body: the body.
        code: the error's code; empty for none.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    code: str

    @property
    def request_id(self) -> str:
        """The answer's number."""
        return self.headers["x-ots-requestid"]


class Service:
    """What verifies requests, does what they ask for, and signs the answers.

    Args:
        settings: how the emulator is set up.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.instance = Instance(settings)

    def answer(self, request: Request, fault: ServiceError | None = None) -> Answer:
        """Return the answer to a request.

        Args:
            request: the request.
            fault: the error to answer with, instead of doing anything.
        """
        try:
            self._verify(request)
            if fault is not None:
                raise fault
            return self._answer(request, 200, self._do(request), "")
        except ServiceError as error:
            return self.refuse(request, error)

    def refuse(self, request: Request, error: ServiceError, body: str | None = None) -> Answer:
        """Return an error answer.

        Args:
            request: the request.
            error: the error.
            body: the answer's body, where it is not to be the protocol's.
        """
        if body is not None:
            return self._answer(request, error.status, body.encode(), error.code)
        if request.headers.get("content-type", "").startswith(_JSON):
            said = json.dumps({"code": error.code, "message": error.message}).encode()
        else:
            said = tables.Error(code=error.code, message=error.message).SerializeToString()
        return self._answer(request, error.status, said, error.code)

    def _do(self, request: Request) -> bytes:
        try:
            message = APIS[request.api](self.instance, request.body)
            body: bytes = message.SerializeToString()
        except (PlainBufferError, SearchError, UnicodeDecodeError) as error:
            raise _as_service_error(error) from None
        return body

    def _verify(self, request: Request) -> None:
        if request.api not in APIS:
            raise unsupported(request.api)
        headers = request.headers
        for name in _REQUIRED:
            if name not in headers:
                raise invalid(f"Missing header: '{name}'.")
        if signing.SIGNATURE not in headers and signing.SIGNATURE_V4 not in headers:
            raise invalid(f"Missing header: '{signing.SIGNATURE}'.")
        if headers["x-ots-apiversion"] != _VERSION:
            raise invalid(f"Unsupported API version: '{headers['x-ots-apiversion']}'.")
        date = headers["x-ots-date"]
        sent_at = _timestamp(date)
        if headers["x-ots-accesskeyid"] != self.settings.access_key_id:
            raise unauthorized("The AccessKeyID does not exist.")
        if headers["x-ots-instancename"] != self.settings.instance_name:
            raise unauthorized("The instance is not found.")
        if not signing.is_signed(self.settings.access_key_secret, request.signed_path, headers):
            raise unauthorized("Signature mismatch.")
        if abs(sent_at - time.time()) > self.settings.limits.clock_skew_seconds:
            raise unauthorized(f"Mismatch between system time and x-ots-date: {date}.")
        if headers["x-ots-contentmd5"] != signing.content_digest(request.body):
            raise unauthorized(
                "Mismatch between MD5 value of request body and x-ots-contentmd5 in header."
            )

    def _answer(self, request: Request, status: int, body: bytes, code: str) -> Answer:
        now = datetime.now(UTC)
        headers = {
            "x-ots-contentmd5": signing.content_digest(body),
            "x-ots-requestid": self._request_id(now),
            "x-ots-date": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "x-ots-contenttype": "protocol buffer",
        }
        key = signing.key_of(self.settings.access_key_secret, request.headers)
        signature = signing.sign_answer(key, request.signed_path, headers)
        headers["authorization"] = f"OTS {self.settings.access_key_id}:{signature}"
        return Answer(status, headers, body, code)

    def _request_id(self, now: datetime) -> str:
        # As the service's: the time in microseconds, then chance, which here is the time's.
        digits = f"{int(now.timestamp() * 1_000_000):016x}{time.perf_counter_ns():016x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


# Clients give whole seconds, so most requests have the date of the one before.
@lru_cache(maxsize=64)
def _timestamp(date: str) -> float:
    for form in _DATES:
        try:
            return datetime.strptime(date, form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
    raise invalid(f"Invalid date format: {date}.")


def _as_service_error(error: PlainBufferError | SearchError | UnicodeDecodeError) -> ServiceError:
    if isinstance(error, SearchError):
        return ServiceError(error.status, error.code, error.message)
    if isinstance(error, PlainBufferError):
        return invalid(str(error))
    # A text in the message, which is read when it is asked for.
    return invalid("Parse PBMessage from RawString failed.")
