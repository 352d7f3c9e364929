"""The tokens of a Lua 5.1 source, as far as operators need them (https://www.lua.org/manual/5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<comment>--\[\[.*?\]\]|--[^\n]*)"
    r"|(?P<text>'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\.\.\.|\.\.|==|~=|<=|>=|[-+*/%^#<>=(){}\[\];:,.])",
    re.DOTALL,
)

KEYWORDS = frozenset(
    {"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in"}
    | {"local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while"}
)
"""The words of the language."""

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True)
class LuaToken:
    """A token of a Lua source; comments and blanks are none.

    Args:
        kind: ``text``, ``number``, ``name`` (of which keywords are) or ``sign``.
        code: what it is.
        start: where it begins, in characters.
        end: where it ends.
        depth: in how many brackets it is; a bracket is not in itself.
    """

    kind: str
    code: str
    start: int
    end: int
    depth: int

    @property
    def is_word(self) -> bool:
        """Whether it is a word of the language."""
        return self.kind == "name" and self.code in KEYWORDS

    @property
    def is_name(self) -> bool:
        """Whether it is a name, and no word of the language."""
        return self.kind == "name" and self.code not in KEYWORDS


def lua_tokens(text: str) -> Iterator[LuaToken]:
    """Yield the tokens of a source.

    Args:
        text: the source.
    """
    depth = 0
    for found in _TOKEN.finditer(text):
        kind = str(found.lastgroup)
        if kind == "comment":
            continue
        code = found.group()
        depth -= code in _CLOSING
        yield LuaToken(kind, code, found.start(), found.end(), depth)
        depth += code in _OPENING


def closing(tokens: Sequence[LuaToken], opening: int) -> int:
    """Return the number of the token that closes a bracket.

    Args:
        tokens: the tokens.
        opening: the number of the one that opens it.
    """
    depth = tokens[opening].depth
    return next(i for i in range(opening + 1, len(tokens)) if tokens[i].depth == depth)


def parts(tokens: Sequence[LuaToken], opening: int) -> list[tuple[int, int]]:
    """Return what is between the commas within a pair of brackets, as pairs of places in the text.

    Args:
        tokens: the tokens.
        opening: the number of the token that opens it.
    """
    end = closing(tokens, opening)
    depth = tokens[opening].depth + 1
    found, first = [], opening + 1
    for number in range(opening + 1, end + 1):
        is_comma = tokens[number].code in ",;" and tokens[number].depth == depth
        if number == end or is_comma:
            if first < number:
                found.append((tokens[first].start, tokens[number - 1].end))
            first = number + 1
    return found
