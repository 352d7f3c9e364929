"""Hostile numbers, and what is next to them: truth values and null."""

from __future__ import annotations

from typing import Any

from memcert.short_term.values.value import Value, named


def _each(catches: str, *values: tuple[str, Any]) -> tuple[Value, ...]:
    return tuple(Value(name, value, catches) for name, value in values)


NUMBERS = named(
    _each(
        "null, truth values and numbers are taken for one another",
        ("null", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("1", 1),
        ("-1", -1),
        ("0.0", 0.0),
        ("1.0", 1.0),
        ("-1.0", -1.0),
    ),
    _each("the sign of zero is lost", ("-0.0", -0.0)),
    _each(
        "integers go through a float or a machine word",
        *(
            (
                f"{sign}2^{power}{offset:+d}" if offset else f"{sign}2^{power}",
                int(f"{sign}1") * 2**power + offset,
            )
            for power in (31, 32, 53, 63, 64, 100)
            for sign in ("", "-")
            for offset in (-1, 0, 1)
        ),
        ("10^400", 10**400),
        ("5,001 digits", 10**5000 + 7),
        ("-5,001 digits", -(10**5000) - 7),
    ),
    _each(
        "floats are rounded, or come back as integers",
        ("0.1", 0.1),
        ("0.1 + 0.2", 0.1 + 0.2),
        ("1/3", 1 / 3),
        ("1e16", 1e16),
        ("1e15", 1e15),
        ("1e21", 1e21),
        ("1e22", 1e22),
        ("1e-7", 1e-7),
        ("1.5", 1.5),
        ("100.0", 100.0),
        ("2.0^53", 2.0**53),
        ("the shortest of 17 digits", 5e-324),
        ("the least normal one", 2.2250738585072014e-308),
        ("the largest", 1.7976931348623157e308),
        ("123456789012345678.0", 123456789012345678.0),
        ("3.4e38", 3.4028234663852886e38),
        ("16777217.0", 16777217.0),
        ("0.30000000000000004", -0.30000000000000004),
    ),
)
"""Every hostile number."""
