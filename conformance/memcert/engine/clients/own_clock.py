"""A clock of this process's own: set wrong on purpose, before a backend is imported.

What tells the time of day in Python is replaced: `time.time`, `time.time_ns`, the functions of
`time` that take the present where no time is given, `time.clock_gettime` of the real-time clock,
`datetime.datetime` and `datetime.date`. Clocks that only ever go forward stay as they are, since
they say nothing of the time of day. A driver that asks the system in C is not reached, nor is a
module that took one of these names before `use_own_clock` was called.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from typing import Any

_time, _time_ns = time.time, time.time_ns
_clock_gettime, _clock_gettime_ns = time.clock_gettime, time.clock_gettime_ns

_NANOSECONDS = 1_000_000_000

_ahead = 0
"""By how many nanoseconds the clock is ahead; behind, if that is negative."""


def set_clock(seconds: float) -> None:
    """Say by how much the clock is ahead.

    Args:
        seconds: how far, in seconds; behind, if negative.
    """
    global _ahead  # noqa: PLW0603 - there is one process, and one clock
    _ahead = round(seconds * _NANOSECONDS)


def step_clock(seconds: float) -> None:
    """Set the clock forward or back, as somebody does who corrects it.

    Args:
        seconds: by how much, in seconds; back, if negative.
    """
    set_clock(_ahead / _NANOSECONDS + seconds)


def use_own_clock() -> None:
    """Have whatever is imported from now on see this process's own clock."""
    replaced: dict[str, Callable[..., Any]] = {
        "time": _now,
        "time_ns": _now_ns,
        "clock_gettime": _gettime,
        "clock_gettime_ns": _gettime_ns,
        "localtime": _of_now(time.localtime),
        "gmtime": _of_now(time.gmtime),
        "ctime": _of_now(time.ctime),
        "asctime": _of_local_time(time.asctime),
        "strftime": _of_local_time(time.strftime, before=1),
    }
    for name, function in replaced.items():
        setattr(time, name, function)
    for name, kind in (("date", OwnDate), ("datetime", OwnDatetime)):
        setattr(datetime, name, kind)


def _now() -> float:
    return _time() + _ahead / _NANOSECONDS


def _now_ns() -> int:
    return _time_ns() + _ahead


def _gettime(clock: int) -> float:
    return _now() if clock == time.CLOCK_REALTIME else _clock_gettime(clock)


def _gettime_ns(clock: int) -> int:
    return _now_ns() if clock == time.CLOCK_REALTIME else _clock_gettime_ns(clock)


def _of_now(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose seconds are those of the own clock where none are given."""

    def told(seconds: float | None = None) -> Any:
        return function(_now() if seconds is None else seconds)

    return told


def _of_local_time(function: Callable[..., Any], before: int = 0) -> Callable[..., Any]:
    """Return a function whose last argument is the own local time where it is not given."""

    def told(*arguments: Any) -> Any:
        return function(*arguments, *([] if len(arguments) > before else [time.localtime()]))

    return told


class _AlsoOfC(type):
    """The dates that C code makes are instances, too, of the class that stands for theirs."""

    def __instancecheck__(cls, instance: object) -> bool:
        # Not of a class that is derived from it.
        stands_for = cls.__base__ if cls in (OwnDate, OwnDatetime) else None
        return super().__instancecheck__(instance) or (
            stands_for is not None and isinstance(instance, stands_for)
        )


class OwnDate(datetime.date, metaclass=_AlsoOfC):
    """`datetime.date`, by the own clock."""

    @classmethod
    def today(cls) -> Any:
        return cls.fromtimestamp(_now())


class OwnDatetime(datetime.datetime, metaclass=_AlsoOfC):
    """`datetime.datetime`, by the own clock."""

    @classmethod
    def today(cls) -> Any:
        return cls.fromtimestamp(_now())

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        return cls.fromtimestamp(_now(), tz)

    @classmethod
    def utcnow(cls) -> Any:
        return cls.fromtimestamp(_now(), datetime.UTC).replace(tzinfo=None)
