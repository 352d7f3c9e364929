"""Aggregations that make one number of many values."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tablestore_emulator.plain_buffer import encode_value
from tablestore_emulator.search.aggregations.request import Documents, Values
from tablestore_emulator.search.messages import Message, pb
from tablestore_emulator.search.values import Comparable


class Aggregation(ABC):
    """Something that is computed of documents."""

    @abstractmethod
    def result(self, documents: Documents) -> Message:
        """Compute it.

        Args:
            documents: the documents.

        Returns:
            The protobuf message of the result.
        """

    def number(self, documents: Documents) -> float:
        """Compute it, to sort groups by it; NaN if it is no number."""
        del documents
        return math.nan


@dataclass(frozen=True)
class Metric(Aggregation):
    """A number made of a field's values.

    Args:
        values: the values of a document.
        compute: makes the number.
        message: the class of the result.
    """

    values: Values
    compute: Callable[[Sequence[Comparable]], int | float]
    message: Message

    def result(self, documents: Documents) -> Message:
        return self.message(value=self._value(documents))

    def number(self, documents: Documents) -> float:
        return float(self._value(documents))

    def _value(self, documents: Documents) -> int | float:
        return self.compute([value for one in documents for value in self.values(one)])


def greatest(values: Sequence[Comparable]) -> float:
    """Return the greatest number; minus infinity, if there is none."""
    return float(max(values, default=-math.inf))


def least(values: Sequence[Comparable]) -> float:
    """Return the least number; infinity, if there is none."""
    return float(min(values, default=math.inf))


def mean(values: Sequence[Comparable]) -> float:
    """Return the mean; NaN, if there is no number."""
    return total(values) / len(values) if values else math.nan


def total(values: Sequence[Comparable]) -> float:
    """Return the sum."""
    try:
        return math.fsum(values)
    except OverflowError:
        return float("inf") if sum(value > 0 for value in values) * 2 > len(values) else -math.inf


def distinct(values: Sequence[Comparable]) -> int:
    """Return how many different values there are."""
    return len(set(values))


@dataclass(frozen=True)
class Percentiles(Aggregation):
    """The values below which some percentages of all values are.

    Args:
        values: the values of a document.
        percentages: the percentages, ascending.
    """

    values: Values
    percentages: tuple[float, ...]

    def result(self, documents: Documents) -> Message:
        message = pb.PercentilesAggregationResult()
        ordered = sorted(value for one in documents for value in self.values(one))
        if ordered:
            for percentage in self.percentages:
                found = percentile(ordered, percentage)
                message.percentiles_aggregation_items.add(key=percentage, value=encode_value(found))
        return message


def percentile(ordered: Sequence[float], percentage: float) -> float:
    """Return the value below which a percentage of some values is, between two of them if need be.

    Args:
        ordered: the values, sorted; at least one.
        percentage: 0 to 100.

    Returns:
        The value.
    """
    place = (len(ordered) - 1) * percentage / 100
    lower = math.floor(place)
    upper = min(lower + 1, len(ordered) - 1)
    share = place - lower
    return float(ordered[lower] * (1 - share) + ordered[upper] * share)
