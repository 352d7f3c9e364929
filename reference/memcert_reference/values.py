"""Which values the contract admits: identifiers, and JSON values.

Checking and copying are one pass, because every caller needs both: a memory checks an argument
before it changes anything, and keeps a copy of its own.
"""

from __future__ import annotations

import math
from typing import TypeAlias

JSONValue: TypeAlias = "str | int | float | bool | list[JSONValue] | dict[str, JSONValue] | None"
"""A value of JSON: what content and metadata are made of."""

MAX_IDENTIFIER_CHARACTERS = 255
"""The longest user_id, session_id, message id or mark, in characters (design, section 4)."""

MAX_DEPTH = 100
"""How many lists and objects may be nested in one another, the outermost one counted."""


def plain_text(value: object, what: str) -> str:
    """Return a string's exact value, refusing what is not valid Unicode text.

    Args:
        value: what the caller gave; a ``str`` subclass counts as its string value, whatever its
            ``__str__`` or ``__format__`` say.
        what: the argument's name, for the error.

    Raises:
        TypeError: it is not a string.
        ValueError: it holds a lone surrogate, which UTF-8 has no form for.
    """
    if type(value) is str and value.isascii():
        # Nearly all are, and nearly all that a memory does goes through here.
        return value
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a string, not {type(value).__name__}")
    text = value if type(value) is str else str.__str__(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                f"{what} holds a lone surrogate at position {error.start}: not valid Unicode"
            ) from None
    return text


def identifier(value: object, what: str) -> str:
    """Return the exact value of a user_id, session_id, message id or mark.

    Args:
        value: what the caller gave.
        what: the argument's name, for the error.

    Raises:
        TypeError: it is not a string.
        ValueError: it is empty, longer than 255 characters, or holds NUL or a lone surrogate.
    """
    text = plain_text(value, what)
    if not text:
        raise ValueError(f"{what} must not be empty")
    if len(text) > MAX_IDENTIFIER_CHARACTERS:
        raise ValueError(
            f"{what} has {len(text)} characters; the limit is {MAX_IDENTIFIER_CHARACTERS}"
        )
    if "\0" in text:
        raise ValueError(f"{what} must not hold NUL characters")
    return text


def json_copy(value: object, what: str, depth: int = MAX_DEPTH) -> JSONValue:
    """Return an independent copy of a JSON value, refusing what JSON would not give back.

    Types are exact: a tuple, an ``IntEnum`` or an ``OrderedDict`` would come back as something
    else, and a silent conversion is what the contract forbids.

    Args:
        value: any object.
        what: where the value is, for the error.
        depth: how many more lists and objects may be nested here.

    Raises:
        TypeError: some part of it is not a JSON value, or a key is not a string.
        ValueError: some part is NaN, infinite, nested too deep, or has a lone surrogate.
    """
    kind = type(value)
    if kind is str:
        return plain_text(value, what)
    if kind is int or kind is bool or value is None:
        return value  # type: ignore[return-value]
    if kind is float:
        if not math.isfinite(value):  # type: ignore[arg-type]
            raise ValueError(f"{what} holds {value}: JSON has no such number")
        return value  # type: ignore[return-value]
    if kind is not dict and kind is not list:
        raise TypeError(f"{what} holds a {kind.__name__}, which is not a JSON value")
    if depth == 0:
        raise ValueError(f"{what} is nested more than {MAX_DEPTH} deep")
    if kind is list:
        return [json_copy(item, what, depth - 1) for item in value]  # type: ignore[attr-defined]
    return {
        _key(key, what): json_copy(item, what, depth - 1)
        for key, item in value.items()  # type: ignore[attr-defined]
    }


def trusted_copy(value: JSONValue) -> JSONValue:
    """Return an independent copy of a JSON value that was checked before.

    Args:
        value: a result of `json_copy`, or a part of one.
    """
    if type(value) is list:
        return [trusted_copy(item) for item in value]
    if type(value) is dict:
        return {key: trusted_copy(item) for key, item in value.items()}
    return value


def _key(key: object, what: str) -> str:
    if type(key) is not str:
        raise TypeError(f"{what} has a key of type {type(key).__name__}; JSON keys are strings")
    return plain_text(key, what)
