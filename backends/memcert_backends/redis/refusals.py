"""What the scripts refuse, as exceptions with words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from redis.exceptions import NoPermissionError, ResponseError

from memcert_backends.unusable import IncompleteSpace, NewerFormat

FORMAT = 2
"""The version of the format that is written; version 1, of memcert 0.1.0, is read as well."""

# As in whole.lua.
_HALF, _FORMAT = "MEMCERTHALF", "MEMCERTFORMAT"

# What Redis says where a script does what its user may not; it has no code, as other refusals do.
_NOT_PERMITTED = "The user executing the script"


@contextmanager
def refusals_explained(keys: Sequence[bytes]) -> Iterator[None]:
    """Raise what a script refuses as an exception that says what is wrong and what to do.

    Args:
        keys: the keys of the space, as the script takes them.

    Raises:
        IncompleteSpace: something of what there must be is missing.
        NewerFormat: a newer memcert wrote it.
        NoPermissionError: of redis-py: the user lacks a right; scripts ask for all of them first.
    """
    try:
        yield
    except ResponseError as error:
        name, _, rest = str(error).partition(" ")
        if name == _HALF:
            counts = [int(count) for count in rest.split()]
            raise IncompleteSpace(
                _incomplete(keys, counts[: len(keys)], counts[len(keys) :])
            ) from None
        if name == _FORMAT:
            raise NewerFormat(
                f"{_shown(keys[0])} has format {rest or '?'}, and this memcert knows 1 to {FORMAT}:"
                " use the release that wrote it, or a newer one; nothing was changed"
            ) from None
        if str(error).startswith(_NOT_PERMITTED):
            raise NoPermissionError(f"{error}; nothing was changed") from error
        raise


def _incomplete(keys: Sequence[bytes], found: Sequence[int], expected: Sequence[int]) -> str:
    wrong = [
        f"{_shown(key)} is missing" if not there else f"{_shown(key)} has {there} of {wanted} parts"
        for key, there, wanted in zip(keys, found, expected, strict=True)
        if there != wanted
    ]
    left = [_shown(key) for key, there in zip(keys, found, strict=True) if there]
    return (
        f"the space is incomplete, and nothing was changed: {', '.join(wrong)}. Other hands than"
        " memcert's did this: eviction (maxmemory-policy), an expiry or PERSIST of a single key,"
        " DEL. Restore it with import_state, which replaces all of it, or give up what is left of"
        f" it: delete {', '.join(left)}"
    )


def _shown(key: bytes) -> str:
    return repr(key.decode())
