"""The keys of a space: a fixed few, all in one slot of a Redis Cluster."""

from __future__ import annotations

from urllib.parse import quote

from memcert_reference.values import plain_text

SUFFIXES = ("messages", "order", "marks", "marked")
"""What the keys hold, in the order in which every script takes them."""


def space_keys(key_prefix: str, user_id: str, session_id: str) -> tuple[bytes, ...]:
    """Return the keys of a space, which no other space has.

    They share one hash tag, the part in braces
    (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags), so that
    one script may use them all.

    Args:
        key_prefix: what the keys start with; braces in it are escaped, as `%7B` and `%7D`.
        user_id: whose space it is.
        session_id: which of the user's sessions it belongs to.

    Raises:
        TypeError: the prefix is not a string.
        ValueError: the prefix holds a lone surrogate.
    """
    prefix = plain_text(key_prefix, "key_prefix")
    for character in "%{}":
        prefix = prefix.replace(character, quote(character))
    # Quoted, neither id holds a colon or a brace, so no two pairs of them read the same.
    space = f"{quote(user_id, safe='')}:{quote(session_id, safe='')}"
    return tuple(f"{prefix}{{{space}}}:memory:{suffix}".encode() for suffix in SUFFIXES)
