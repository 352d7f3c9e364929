"""How a text becomes tokens.

`single_word`, `split` and `fuzzy` do what the documentation says. `max_word` and `min_word` cut
Chinese text by a dictionary, as the real service does, though not by the same one.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from tablestore_emulator.search.dictionary import (
    Span,
    fewest_words,
    most_words,
)

FUZZY_CHARACTERS = 1024
"""A fuzzy field keeps this many characters of a text; the rest is cut off."""

# Ideographs, kana and Hangul: each is a word of its own.
_WIDE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
_WORDS = re.compile(rf"[{_WIDE}]|[^\W_{_WIDE}]+")
_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_CHINESE_OR_WORDS = re.compile(rf"(?P<chinese>[{_CHINESE}]+)|[{_WIDE}]|[^\W_{_WIDE}]+")
_DELIMITED_WORDS = re.compile(rf"[{_WIDE}]|\d+|[^\W\d_{_WIDE}]+")


@dataclass(frozen=True)
class Token:
    """A token, and where it stands in its text."""

    text: str
    start: int
    end: int


class Analyzer(Protocol):
    """Makes tokens of texts."""

    @property
    def shortest(self) -> int:
        """The fewest tokens of a phrase that can be found."""
        ...

    @property
    def keeps_characters(self) -> bool:
        """Whether each character is a token, so that what is looked for is several."""
        ...

    def tokens(self, text: str) -> Iterator[Token]:
        """Return the tokens of a text, in order."""
        ...

    def words(self, text: str) -> list[str]:
        """Return the texts of the tokens, in order."""
        ...

    def units(self, text: str) -> list[tuple[str, ...]]:
        """Return what a match query looks for: each unit is tokens that follow one another."""
        ...


@dataclass(frozen=True)
class Words:
    """Words of letters and digits, and single characters of scripts without blanks.

    Args:
        case_sensitive: whether upper and lower case differ.
        delimit_word: whether `iphone6` is `iphone` and `6`.
    """

    case_sensitive: bool = False
    delimit_word: bool = False
    shortest = 1
    keeps_characters = False

    def tokens(self, text: str) -> Iterator[Token]:
        for found in self._pattern().finditer(text):
            yield Token(_cased(found[0], self.case_sensitive), found.start(), found.end())

    def words(self, text: str) -> list[str]:
        return [_cased(word, self.case_sensitive) for word in self._pattern().findall(text)]

    def units(self, text: str) -> list[tuple[str, ...]]:
        return [(word,) for word in self.words(text)]

    def _pattern(self) -> re.Pattern[str]:
        return _DELIMITED_WORDS if self.delimit_word else _WORDS


@dataclass(frozen=True)
class DictionaryWords:
    """Words of letters and digits, and Chinese words.

    Args:
        cut: finds the words in a run of Chinese characters.
    """

    cut: Callable[[str], Iterator[Span]]
    shortest = 1
    keeps_characters = False

    def tokens(self, text: str) -> Iterator[Token]:
        for found in _CHINESE_OR_WORDS.finditer(text):
            run, place = found[0], found.start()
            spans = self.cut(run) if found["chinese"] else [(0, len(run))]
            for start, end in spans:
                yield Token(run[start:end].lower(), place + start, place + end)

    def words(self, text: str) -> list[str]:
        return [token.text for token in self.tokens(text)]

    def units(self, text: str) -> list[tuple[str, ...]]:
        return [(word,) for word in self.words(text)]


MAX_WORD = DictionaryWords(most_words)
"""Every word, also those inside others."""

MIN_WORD = DictionaryWords(fewest_words)
"""Words that follow one another."""


@dataclass(frozen=True)
class Split:
    """What stands between delimiters.

    Args:
        delimiter: a text; the service has special characters written with a backslash.
    """

    delimiter: str = " "
    shortest = 1
    keeps_characters = False

    def tokens(self, text: str) -> Iterator[Token]:
        delimiter = self.delimiter.removeprefix("\\") or "\\"
        start = 0
        for part in text.split(delimiter):
            if part:
                yield Token(part.lower(), start, start + len(part))
            start += len(part) + len(delimiter)

    def words(self, text: str) -> list[str]:
        return [token.text for token in self.tokens(text)]

    def units(self, text: str) -> list[tuple[str, ...]]:
        return [(word,) for word in self.words(text)]


@dataclass(frozen=True)
class Fuzzy:
    """Every piece of `min_chars` to `max_chars` characters.

    The index keeps characters, and finds a piece as characters that follow one another: the same
    hits, a seventh of the postings.

    Args:
        min_chars: the fewest characters of a piece.
        max_chars: the most characters of a piece.
    """

    min_chars: int = 1
    max_chars: int = 7
    keeps_characters = True

    @property
    def shortest(self) -> int:
        return self.min_chars

    def tokens(self, text: str) -> Iterator[Token]:
        for index, character in enumerate(text[:FUZZY_CHARACTERS]):
            yield Token(character.lower(), index, index + 1)

    def words(self, text: str) -> list[str]:
        return [character.lower() for character in text[:FUZZY_CHARACTERS]]

    def units(self, text: str) -> list[tuple[str, ...]]:
        characters = tuple(self.words(text))
        longest = min(self.max_chars, len(characters))
        return [
            characters[start : start + length]
            for length in range(self.min_chars, longest + 1)
            for start in range(len(characters) - length + 1)
        ]


def _cased(text: str, case_sensitive: bool) -> str:
    return text if case_sensitive else text.lower()
