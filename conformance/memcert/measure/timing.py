"""Times and paired ratios: medians with 95 % intervals, and nothing that was not measured.

The interval of a median is that of two order statistics, as far out as the sign test asks for
(David and Nagaraja, Order Statistics, 7.1): it assumes nothing about how times are distributed.
"""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from math import comb
from statistics import median
from time import perf_counter
from typing import TypeVar

from memcert_reference import JSONValue

T = TypeVar("T")

_ONE_SIDE = 40
"""One in so many medians may lie beyond each end: 2.5 %."""


@dataclass(frozen=True)
class Spread:
    """What some measured values have in common.

    Args:
        median: their median.
        low: the lower end of its 95 % interval; None where there are too few values for one.
        high: the upper end.
        most: the greatest of them.
        rounds: how many there are.
    """

    median: float
    low: float | None
    high: float | None
    most: float
    rounds: int

    def to_json(self) -> dict[str, JSONValue]:
        """Return it as JSON data, with six digits each."""
        return {
            "median": _short(self.median),
            "low": None if self.low is None else _short(self.low),
            "high": None if self.high is None else _short(self.high),
            "most": _short(self.most),
            "rounds": self.rounds,
        }


def spread(values: Sequence[float]) -> Spread:
    """Return the median of some values and its interval.

    Args:
        values: at least one.
    """
    ranked = sorted(values)
    rank = interval_rank(len(ranked))
    return Spread(
        median(ranked),
        ranked[rank - 1] if rank else None,
        ranked[-rank] if rank else None,
        ranked[-1],
        len(ranked),
    )


def paired_ratio(values: Sequence[float], bases: Sequence[float]) -> Spread:
    """Return the median of the ratios of pairs: a slow moment slows both members of a pair.

    Args:
        values: one for each round.
        bases: what each is divided by, of the same rounds.

    Raises:
        ValueError: they are not of the same rounds.
    """
    return spread([value / base for value, base in zip(values, bases, strict=True)])


def interval_rank(count: int) -> int:
    """Return which value from either end bounds the median with 95 % confidence; 0 for none.

    Args:
        count: how many values there are; six are the fewest that bound it.
    """
    # The k-th smallest value is above the median as often as fewer than k of count coins are heads.
    rank, below = 0, 0
    while rank < count:
        below += comb(count, rank)
        if below * _ONE_SIDE > 2**count:
            break
        rank += 1
    return rank


async def timed(work: Callable[[], Awaitable[T]]) -> tuple[float, T]:
    """Do something and return how many seconds it took, and its result.

    Args:
        work: what to do.
    """
    begin = perf_counter()
    result = await work()
    return perf_counter() - begin, result


async def timed_alone(work: Callable[[], Awaitable[T]]) -> tuple[float, T]:
    """Do something that takes long, without the garbage collector, as `timeit` does.

    The collector's time depends on whatever else the process holds.

    Args:
        work: what to do.
    """
    gc.collect()
    gc.disable()
    try:
        return await timed(work)
    finally:
        gc.enable()


def ratio_text(ratio: Spread) -> str:
    """Return a ratio with its interval, as reports show it.

    Args:
        ratio: the ratio.
    """
    if ratio.low is None or ratio.high is None:
        return f"{ratio.median:.2f} ({ratio.rounds} rounds: no interval)"
    return f"{ratio.median:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"


def seconds_text(seconds: float) -> str:
    """Return a time with its unit, as reports show it.

    Args:
        seconds: the time.
    """
    if seconds < 0.001:
        return f"{seconds * 1_000_000:.0f} µs"
    return f"{seconds * 1000:.2f} ms" if seconds < 0.1 else f"{seconds:.2f} s"


def _short(value: float) -> float:
    return float(f"{value:.6g}")
