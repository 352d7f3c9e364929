"""Faults that a test asks for, and the log of the calls that were made."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

from tablestore_emulator.errors import TRANSIENT, ServiceError

BEFORE = "before"
AFTER = "after"
_KEPT_CALLS = 100_000


@dataclass
class Fault:
    """What goes wrong with some calls.

    Args:
        api: the operation that it is about; ``*`` for every one.
        count: with how many calls; None for all from now on.
        skip: how many calls go well before.
        status: the HTTP status of the error answer; None for that of the code.
        code: the error's code; None for no error, unless there is a status.
        message: the error's text; None for that of the code.
        body: the error answer's body as a text, where it is not to be the protocol's.
        delay: by how many seconds the answer is late.
        drop: ``before`` or ``after``: the connection is dropped before the operation, which then
            does not happen, or after it.
        is_done: whether the operation happens all the same, and the error is a lie.
    """

    api: str = "*"
    count: int | None = 1
    skip: int = 0
    status: int | None = None
    code: str | None = None
    message: str | None = None
    body: str | None = None
    delay: float = 0.0
    drop: str | None = None
    is_done: bool = False

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Fault:
        """Return the fault that some JSON says.

        Args:
            given: the JSON object.

        Raises:
            ValueError: it says none.
        """
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(given) - known)
        if unknown:
            raise ValueError(f"a fault has no {unknown[0]!r}; it has {', '.join(sorted(known))}")
        fault = cls(**given)
        if fault.drop not in (None, BEFORE, AFTER):
            raise ValueError(f"drop is {BEFORE} or {AFTER}, not {fault.drop!r}")
        if fault.count is not None and fault.count < 1:
            raise ValueError(f"count is 1 or more, not {fault.count}")
        if fault.delay < 0 or fault.skip < 0:
            raise ValueError("delay and skip are not less than 0")
        if fault.code is not None and fault.code not in TRANSIENT and fault.status is None:
            raise ValueError(f"the status of {fault.code} has to be given")
        return fault

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)

    @property
    def error(self) -> ServiceError | None:
        """The error that is answered; None for none."""
        if self.status is None and self.code is None:
            return None
        code = self.code
        if code is None:
            matching = (name for name, (status, _) in TRANSIENT.items() if status == self.status)
            code = next(matching, "OTSInternalServerError")
        status, message = TRANSIENT.get(code, (500, code))
        return ServiceError(
            status if self.status is None else self.status,
            code,
            message if self.message is None else self.message,
        )


class FaultQueue:
    """The faults that are to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Ask for a fault.

        Args:
            fault: the fault.
        """
        self._faults.append(fault)

    def clear(self) -> None:
        """Ask for none."""
        self._faults.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """Return those that are still to come."""
        return [fault.as_json() for fault in self._faults]

    def next(self, api: str) -> Fault | None:
        """Return what goes wrong with a call, and count it.

        Args:
            api: the operation.
        """
        for fault in self._faults:
            if fault.api not in ("*", api):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if fault.count is not None:
                fault.count -= 1
                if fault.count == 0:
                    self._faults.remove(fault)
            return fault
        return None


class Call(NamedTuple):
    """A call that was made.

    Args:
        api: the operation.
        status: the answer's HTTP status; 0 where the connection was dropped.
        code: the error's code; empty for none.
        request_bytes: the size of the request's body.
        response_bytes: that of the answer's.
        seconds: how long the operation took, without delays that were asked for.
        request_id: the answer's number.
    """

    api: str
    status: int
    code: str
    request_bytes: int
    response_bytes: int
    seconds: float
    request_id: str


class CallLog:
    """The calls that were made, the latest last."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=_KEPT_CALLS)

    def add(self, call: Call) -> None:
        """Write down a call.

        Args:
            call: the call.
        """
        self._calls.append(call)

    def clear(self) -> None:
        """Forget them."""
        self._calls.clear()

    def of(self, api: str | None) -> Iterable[Call]:
        """Return the calls of one operation.

        Args:
            api: the operation; None for all.
        """
        return [call for call in self._calls if api in (None, call.api)]
