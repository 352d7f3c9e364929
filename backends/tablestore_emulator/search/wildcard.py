"""Patterns in which `*` is any text and `?` any character.

A regular expression would try every way to share a text among the stars, and take for ever on some
patterns. The first place where a part fits is always as good as a later one, so that none has to
be tried again.
"""

import re
from collections.abc import Callable


def fits(pattern: str) -> Callable[[str], bool]:
    """Return a test for a pattern.

    Args:
        pattern: the pattern. A star or a question mark cannot be looked for itself.

    Returns:
        A function that says whether a whole text is of the pattern.
    """
    first, *others = pattern.split("*")
    start = _expression(first)
    if not others:
        return lambda text: start.fullmatch(text) is not None
    *middle, last = others
    parts = [_expression(part) for part in middle if part]
    end = _expression(last)

    def test(text: str) -> bool:
        found = start.match(text)
        for part in parts:
            found = part.search(text, found.end()) if found else None
        tail = len(text) - len(last)
        return found is not None and tail >= found.end() and end.fullmatch(text, tail) is not None

    return test


def _expression(part: str) -> re.Pattern[str]:
    return re.compile(".".join(map(re.escape, part.split("?"))), re.DOTALL)
