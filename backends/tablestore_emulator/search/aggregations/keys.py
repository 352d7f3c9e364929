"""The keys of groups as texts."""

from tablestore_emulator.search.values import Comparable


def text_of(key: Comparable) -> str:
    """A value as the key of a group: `true`, `12`, `1.5`, a date's milliseconds, a text."""
    return str(key).lower() if isinstance(key, bool) else str(key)
