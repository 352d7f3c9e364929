"""Chinese words, by the dictionary of `rjieba`: a fair model of the service's own analyzer.

It is an extra. Without it, each character is a word, which finds more; a line of the log says so.
"""

import logging
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

Span = tuple[int, int]
"""Where a word starts and ends in a text."""

MISSING = (
    "fields with max_word or min_word are cut into characters: the dictionary is missing;"
    " pip install 'memcert[emulator]'"
)
"""What the log says where there is no dictionary."""

_LIBRARY = "rjieba"
_LOG = logging.getLogger(__name__)


def is_there() -> bool:
    """Tell whether there is a dictionary."""
    return find_spec(_LIBRARY) is not None


def most_words(text: str) -> Iterator[Span]:
    """Find every word, also those inside others.

    Args:
        text: chinese characters, and nothing else.

    Returns:
        The words by their places, the shorter of two at one place first. A character is a word
        only where it is in no longer one.
    """
    dictionary = _dictionary()
    if dictionary is None:
        yield from _characters(text)
        return
    found = list(_placed(text, dictionary.cut_all(text)))
    covered = {place for start, end in found if end - start > 1 for place in range(start, end)}
    for start, end in found:
        if end - start > 1 or start not in covered:
            yield start, end


def fewest_words(text: str) -> Iterator[Span]:
    """Cut a text into words.

    Args:
        text: chinese characters, and nothing else.

    Returns:
        The words by their places.
    """
    dictionary = _dictionary()
    if dictionary is None:
        yield from _characters(text)
        return
    for _, start, end in dictionary.tokenize(text, "default", False):
        yield start, end


def _placed(text: str, words: list[str]) -> Iterator[Span]:
    """Say where the words are: the library gives them by their starts, the shorter first."""
    start, longest = 0, 0
    for word in words:
        if len(word) <= longest or not text.startswith(word, start):
            start, longest = text.index(word, start + bool(longest)), 0
        longest = len(word)
        yield start, start + longest


def _characters(text: str) -> Iterator[Span]:
    return ((place, place + 1) for place in range(len(text)))


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    if is_there():
        return import_module(_LIBRARY)
    _LOG.warning(MISSING)
    return None
