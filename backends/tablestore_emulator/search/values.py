"""From the values of columns and queries to those that the index compares."""

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

from tablestore_emulator.search import dates, geo
from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import Field, FieldType
from tablestore_emulator.values import Value

MAX_ITEMS = 256
MAX_KEYWORD_BYTES = 4096
MAX_TEXT_BYTES = 2 * 1024 * 1024

Comparable = Any
"""A value of the index: all those of one field can be compared with one another."""


def indexed(field: Field, raw: object, *, from_json: bool = False) -> tuple[Comparable, ...]:
    """Return what the index keeps of a column's value.

    Args:
        field: the field.
        raw: the column's value; None if there is none.
        from_json: whether it is a value inside a JSON object, not a column's.

    Returns:
        The values; empty if there is none, or if it is not of the field's type or too large. Such
        a row is indexed all the same, without this field.
    """
    if raw is None:
        return ()
    if not field.is_array:
        one = _item(field, raw, from_json)
        return () if one is None else (one,)
    items = json_value(raw) if isinstance(raw, str) else raw
    if not isinstance(items, list) or len(items) > MAX_ITEMS:
        return ()
    values = [_item(field, item, True) for item in items if item is not None]
    return () if any(value is None for value in values) else tuple(values)


def json_value(text: object) -> object:
    """Return the value of a JSON text; None if it is none, or too deep to be one."""
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def coerced(field: Field, value: Value) -> Comparable:
    """Return a query's value as a value of the field: `"12"` finds 12 in a field of integers.

    Args:
        field: the field.
        value: the value that the query has.

    Returns:
        A value that can be compared with the field's.

    Raises:
        SearchError: it cannot be understood as one.
    """
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    coerce = _COERCIONS.get(field.type)
    if coerce is None:
        raise invalid(f"field [{field.name}] of type {field.type.name} has no terms")
    result = coerce(field, value)
    if result is None:
        raise invalid(f"'{value}' is not a value of field [{field.name}] of {field.type.name}")
    return result


def vector(items: Sequence[Any], dimension: int) -> tuple[float, ...] | None:
    """Return a vector, or None if these are not as many finite numbers as it has dimensions."""
    if len(items) != dimension or not all(_is_number(item) for item in items):
        return None
    try:
        numbers = tuple(float(item) for item in items)
    except OverflowError:
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _item(field: Field, raw: object, from_json: bool) -> Comparable:
    kind = field.type
    if kind is FieldType.LONG:
        return raw if isinstance(raw, int) and _is_number(raw) and _fits(raw) else None
    if kind is FieldType.DOUBLE:
        # JSON does not tell 3 from 3.0, and both are meant.
        if isinstance(raw, float) or (from_json and _is_number(raw)):
            return _double(raw)
        return None
    if kind is FieldType.BOOLEAN:
        return raw if isinstance(raw, bool) else None
    if kind is FieldType.DATE:
        if isinstance(raw, bool) or not isinstance(raw, int | str):
            return None
        return dates.nanoseconds(raw, field.date_formats)
    if not isinstance(raw, str):
        is_vector = kind is FieldType.VECTOR
        return vector(raw, field.dimension) if is_vector and isinstance(raw, list) else None
    return _from_text(field, raw)


def _from_text(field: Field, text: str) -> Comparable:
    if field.type is FieldType.KEYWORD:
        return text if len(text.encode(errors="replace")) <= MAX_KEYWORD_BYTES else None
    if field.type is FieldType.TEXT:
        return text if len(text.encode(errors="replace")) <= MAX_TEXT_BYTES else None
    if field.type is FieldType.GEO_POINT:
        return geo.point(text)
    items = json_value(text)
    return vector(items, field.dimension) if isinstance(items, list) else None


def _fits(number: int) -> bool:
    return -(2**63) <= number < 2**63


def _double(raw: Any) -> float | None:
    try:
        number = float(raw)
    except (OverflowError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _coerce_long(_field: Field, value: Value) -> int | float | None:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return _double(value)
    # 1.5 is between two integers: a term that finds none, a bound that means something.
    return value if isinstance(value, int | float) else None


def _coerce_double(_field: Field, value: Value) -> float | None:
    return None if isinstance(value, bytes) else _double(value)


def _coerce_boolean(_field: Field, value: Value) -> bool | None:
    words = {"true": True, "false": False}
    if isinstance(value, str):
        return words.get(value.lower())
    return bool(value) if value in (0, 1) else None


def _coerce_text(_field: Field, value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _coerce_date(field: Field, value: Value) -> int | None:
    if isinstance(value, float | bytes | bool):
        return None
    found = dates.nanoseconds(value, field.date_formats)
    if found is None and isinstance(value, str) and value.lstrip("-").isdecimal():
        return dates.nanoseconds(int(value), field.date_formats)
    return found


_COERCIONS: dict[FieldType, Callable[[Field, Value], Comparable]] = {
    FieldType.LONG: _coerce_long,
    FieldType.DOUBLE: _coerce_double,
    FieldType.BOOLEAN: _coerce_boolean,
    FieldType.KEYWORD: _coerce_text,
    FieldType.TEXT: _coerce_text,
    FieldType.DATE: _coerce_date,
}
