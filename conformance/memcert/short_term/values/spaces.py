"""Names of spaces that some backend takes for one another."""

from __future__ import annotations

from memcert.engine.programs.program import SpaceName
from memcert.short_term.values.value import Pair

SEPARATORS = (
    *("-", ":", "_", "/", "|", ".", "", "::", "%3A", ":session:", "\n", ",", "#", ";", " "),
    *("--", "__", "\x1f", "\t", "@", "=", "&", "+", "~", "'", '"', "\\", "\\:", "},{", "]["),
)
"""What a backend may join a user and a session with."""

ESCAPES = ("\\", "%", "'")
"""What a backend may put before a separator that is part of a name."""

ESCAPED_SEPARATORS = SEPARATORS[:16]
"""The separators that are tried with escapes."""

SAME_USER = (SpaceName("u", "s"), SpaceName("u", "t"))

SAME_SESSION = (
    SpaceName("u", "s", shared_session=True),
    SpaceName("v", "s", shared_session=True),
)


def as_sessions(pair: Pair) -> tuple[SpaceName, SpaceName]:
    """Return a pair as sessions of one user; the user makes them new.

    Args:
        pair: the pair.
    """
    return (
        SpaceName("u", pair.one, shared_session=True),
        SpaceName("u", pair.other, shared_session=True),
    )


def as_users(pair: Pair) -> tuple[SpaceName, SpaceName]:
    """Return a pair as users with a session of one name, which makes them new.

    Args:
        pair: the pair.
    """
    return (
        SpaceName(pair.one, "s", shared_user=True),
        SpaceName(pair.other, "s", shared_user=True),
    )


def joined_with(separator: str) -> tuple[SpaceName, SpaceName]:
    """Return two spaces whose user and session are the same once they are joined.

    Args:
        separator: what they are joined with.
    """
    return (
        SpaceName(f"a{separator}b", "c", shared_session=True),
        SpaceName("a", f"b{separator}c", shared_session=True),
    )


def escaped(separator: str) -> tuple[SpaceName, ...]:
    """Return spaces some of which are the same once joined, if escapes are not escaped.

    Args:
        separator: what user and session are joined with.
    """
    return tuple(
        name
        for escape in ESCAPES
        for name in (
            SpaceName(f"a{escape}{separator}b", "c", shared_session=True),
            SpaceName(f"a{separator}b{escape}", "c", shared_session=True),
            SpaceName(f"a{escape}", f"b{separator}c", shared_session=True),
            SpaceName("a", f"{escape}{separator}b{separator}c", shared_session=True),
        )
    )
