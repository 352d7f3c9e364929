"""JSON text for any value of the contract, integers of any length included.

Python refuses to turn integers of more than 4,300 digits to or from decimal text
(https://docs.python.org/3/library/stdtypes.html#int-max-str-digits), and so does its `json`. The
contract admits integers of any size, and `decimal` converts them without that limit and without
quadratic time. The plain `json` path is tried first: such integers are rare.
"""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import count

from memcert_reference.values import JSONValue

_LONG_INTEGER = 10**4000


def dump_json(value: JSONValue) -> str:
    """Return the compact JSON text of a value.

    Args:
        value: a JSON value as `memcert_reference.values.json_copy` returns it.
    """
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        return _dump_with_long_integers(value)


def load_json(text: str | bytes) -> JSONValue:
    """Return the value of a JSON text.

    Args:
        text: what `dump_json` returned, or its UTF-8 bytes.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        return json.loads(text)  # type: ignore[no-any-return]
    except json.JSONDecodeError:
        raise
    except ValueError:
        return json.loads(text, parse_int=_parse_integer)  # type: ignore[no-any-return]


def _parse_integer(digits: str) -> int:
    return int(Decimal(digits)) if len(digits) > 4000 else int(digits)


def _dump_with_long_integers(value: JSONValue) -> str:
    """Dump with a placeholder string for each long integer, then put its digits there."""
    digits: dict[str, str] = {}

    def replaced(part: JSONValue) -> JSONValue:
        if type(part) is int and abs(part) >= _LONG_INTEGER:
            placeholder = f"{stem}{len(digits)}{stem}"
            digits[placeholder] = str(Decimal(part))
            return placeholder
        if type(part) is list:
            return [replaced(item) for item in part]
        if type(part) is dict:
            return {key: replaced(item) for key, item in part.items()}
        return part

    for attempt in count():
        digits.clear()
        stem = f"#long-integer-{attempt}#"
        text = json.dumps(
            replaced(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        # The value's own strings must not look like a placeholder.
        if text.count(stem) == 2 * len(digits):
            break
    for placeholder, number in digits.items():
        text = text.replace(f'"{placeholder}"', number, 1)
    return text
