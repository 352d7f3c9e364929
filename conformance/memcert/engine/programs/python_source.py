"""Values as Python source, for scripts."""

from __future__ import annotations

from typing import Any


def literal(value: Any) -> str:
    """Return a value as a Python expression.

    Python neither writes nor reads decimal integers of more than 4,300 digits; hexadecimal ones
    it does.

    Args:
        value: a JSON value, a list or a tuple of them, or any object with a `repr` that is one.
    """
    try:
        return repr(value)
    except ValueError:
        pass
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, tuple):
        return "(" + "".join(f"{literal(item)}, " for item in value) + ")"
    return hex(value)
