"""Filters of reads and conditions of writes: comparisons of columns, and their combinations."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias

from google.protobuf.message import DecodeError

from tablestore_emulator.errors import invalid
from tablestore_emulator.limits import Limits, check_column_name
from tablestore_emulator.plain_buffer import decode_value
from tablestore_emulator.protocol import Message, filters
from tablestore_emulator.requests import has_texts
from tablestore_emulator.tables.row import Version
from tablestore_emulator.values import KeyPart, Value, type_of

Columns: TypeAlias = Mapping[str, Sequence[Version]]
"""What a filter sees of a row: for each column its versions, the newest first."""

# Of values of one type.
_COMPARISONS: dict[int, Callable[[Any, Any], bool]] = {
    filters.CT_EQUAL: operator.eq,
    filters.CT_NOT_EQUAL: operator.ne,
    filters.CT_GREATER_THAN: operator.gt,
    filters.CT_GREATER_EQUAL: operator.ge,
    filters.CT_LESS_THAN: operator.lt,
    filters.CT_LESS_EQUAL: operator.le,
}
_DEPTH = 32
"""How deep filters may be nested; the number of conditions is limited, that of NOTs is not."""


class Filter(Protocol):
    """What decides whether a row passes."""

    def passes(self, columns: Columns) -> bool:
        """Tell whether a row passes.

        Args:
            columns: what the filter sees of it.
        """


class ColumnPage(NamedTuple):
    """Which of a row's columns are returned: so many after so many."""

    offset: int
    limit: int


class Parsed(NamedTuple):
    """What a request's filter says."""

    rows: Filter | None
    page: ColumnPage | None


@dataclass(frozen=True)
class _Comparison:
    name: str
    comparator: int
    value: KeyPart
    is_kept_if_missing: bool
    latest_only: bool
    rule: Callable[[Value], Value | None] | None

    def passes(self, columns: Columns) -> bool:
        versions = columns.get(self.name)
        if self.comparator == filters.CT_EXIST:
            return bool(versions)
        if self.comparator == filters.CT_NOT_EXIST:
            return not versions
        if not versions:
            return self.is_kept_if_missing
        looked_at = versions[:1] if self.latest_only else versions
        return any(self._holds(version.value) for version in looked_at)

    def _holds(self, value: Value) -> bool:
        found = value if self.rule is None else self.rule(value)
        if found is None:
            return False
        if type_of(found) != type_of(self.value):
            return bool(self.comparator == filters.CT_NOT_EQUAL)
        return bool(_COMPARISONS[self.comparator](found, self.value))


@dataclass(frozen=True)
class _Not:
    negated: Filter

    def passes(self, columns: Columns) -> bool:
        return not self.negated.passes(columns)


@dataclass(frozen=True)
class _Combination:
    parts: tuple[Filter, ...]
    combine: Callable[[list[bool]], bool]

    def passes(self, columns: Columns) -> bool:
        return self.combine([part.passes(columns) for part in self.parts])


def parse_filter(data: bytes, limits: Limits) -> Parsed:
    """Return what a filter, or a condition, says.

    Args:
        data: the protocol's Filter.
        limits: the service's limits.

    Raises:
        ServiceError: it is not a filter, or has too many conditions.
    """
    message = _parse(filters.Filter, data, "Deserialize filter failed.")
    if message.type == filters.FT_COLUMN_PAGINATION:
        page = _parse(
            filters.ColumnPaginationFilter,
            message.filter,
            "Deserialize column pagination filter failed.",
        )
        if page.offset < 0:
            raise invalid("Offset in ColumnPaginationFilter must be greater than or equal to 0.")
        if page.limit <= 0:
            raise invalid("Limit in ColumnPaginationFilter must be greater than 0.")
        return Parsed(None, ColumnPage(page.offset, page.limit))
    return Parsed(_Parser(limits).filter(message, 0), None)


class _Parser:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._count = 0

    def filter(self, message: Message, depth: int) -> Filter:
        if depth > _DEPTH:
            raise invalid("Deserialize filter failed.")
        if message.type == filters.FT_SINGLE_COLUMN_VALUE:
            return self._comparison(message.filter)
        if message.type == filters.FT_COMPOSITE_COLUMN_VALUE:
            return self._composite(message.filter, depth)
        raise invalid(f"Invalid type of sub-filter: {message.type}.")

    def _comparison(self, data: bytes) -> Filter:
        self._count += 1
        if self._count > self._limits.filters:
            raise invalid(f"The count of filter exceeds the max: {self._limits.filters}.")
        message = _parse(
            filters.SingleColumnValueFilter, data, "Deserialize relation filter failed."
        )
        check_column_name(message.column_name)
        rule = None
        if message.HasField("value_trans_rule"):
            rule = _rule(message.value_trans_rule)
        return _Comparison(
            name=message.column_name,
            comparator=message.comparator,
            value=decode_value(message.column_value),
            is_kept_if_missing=not message.filter_if_missing,
            latest_only=message.latest_version_only,
            rule=rule,
        )

    def _composite(self, data: bytes, depth: int) -> Filter:
        message = _parse(
            filters.CompositeColumnValueFilter, data, "Deserialize composite filter failed."
        )
        parts = tuple(self.filter(part, depth + 1) for part in message.sub_filters)
        if message.combinator == filters.LO_NOT:
            if len(parts) != 1:
                raise invalid("Invalid NOT operator: the number of sub-filters must be 1.")
            return _Not(parts[0])
        if len(parts) < 2:
            raise invalid("Invalid AND/OR operator: the number of sub-filters must be 2.")
        return _Combination(parts, all if message.combinator == filters.LO_AND else any)


def _parse(kind: Message, data: bytes, or_else: str) -> Message:
    message = kind()
    try:
        message.ParseFromString(data)
    except DecodeError:
        raise invalid(or_else) from None
    if not message.IsInitialized() or not has_texts(message):
        raise invalid(or_else)
    return message


def _rule(message: Message) -> Callable[[Value], Value | None]:
    """Return what takes the part of a string that an expression matches, and casts it."""
    try:
        expression = re.compile(message.regex)
    except re.error:
        raise invalid("Deserialize relation filter failed.") from None
    cast: Callable[[str], Value] = {
        filters.VT_INTEGER: int,
        filters.VT_DOUBLE: float,
    }.get(message.cast_type, str)

    def apply(value: Value) -> Value | None:
        found = expression.search(value) if isinstance(value, str) else None
        if found is None:
            return None
        try:
            return cast(found[1] if expression.groups else found[0])
        except (TypeError, ValueError):
            return None

    return apply
