"""The mutations of the Lua scripts that run in Redis."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from memcert.repository.mutation.edits import Edit, Span, outside
from memcert.repository.mutation.lua_tokens import LuaToken, closing, lua_tokens, parts

_SIGNS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "==": ("comparison", ("~=",)),
    "~=": ("comparison", ("==",)),
    "<": ("comparison", ("<=", ">=")),
    "<=": ("comparison", ("<", ">")),
    ">": ("comparison", (">=", "<=")),
    ">=": ("comparison", (">", "<")),
    "+": ("arithmetic", ("-",)),
    "-": ("arithmetic", ("+",)),
    "*": ("arithmetic", ("+",)),
    "/": ("arithmetic", ("*",)),
}
_WORDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "and": ("boolean", ("or",)),
    "or": ("boolean", ("and",)),
    "not": ("negation", ("",)),
    "true": ("constant", ("false",)),
    "false": ("constant", ("true",)),
    "nil": ("constant", ("false",)),
}
_NEIGHBOURS: Mapping[str, tuple[str, ...]] = {
    # Whatever is near it in the documentation of Redis, and takes the same arguments.
    "EXISTS": ("UNLINK",),
    "GET": ("GETDEL",),
    "HDEL": ("HMGET",),
    "HGET": ("HDEL",),
    "HLEN": ("ZCARD",),
    "HMGET": ("HDEL",),
    "HSET": ("HSETNX",),
    "PEXPIREAT": ("EXPIREAT", "PEXPIRE"),
    "PTTL": ("TTL",),
    "UNLINK": ("EXISTS",),
    "ZADD": ("ZINCRBY",),
    "ZCARD": ("HLEN",),
    "ZMSCORE": ("ZREM",),
    "ZRANGE": ("ZREVRANGE",),
    "ZRANGEBYLEX": ("ZREVRANGEBYLEX",),
    "ZREM": ("ZMSCORE",),
}
_KEYS = ("MESSAGES", "ORDER", "MARKS", "MARKED")
_CONVERSIONS = frozenset({"tonumber", "math.floor", "math.abs", "digits", "tag_of", "in_digits"})
_OPPOSITES = {"math.min": "math.max", "math.max": "math.min"}
_STATEMENTS = frozenset({"return", "break"})
_GOES_ON = frozenset({"and", "or", "..", "+", "-", "*", "/", "==", "~=", "<", ">", "<=", ">="})
_CLOSING = frozenset(")]}")
_EMPTY = 2
"""The length of a text with nothing between its quotes."""


def lua_edits(text: str, *, skipped: frozenset[str] = frozenset()) -> Iterator[Edit]:
    """Yield the changes of a Lua source.

    Args:
        text: the source.
        skipped: functions that are left out, and variables of which the value is.
    """
    tokens = list(lua_tokens(text))
    edits = [
        edit
        for operators in (
            _token_edits,
            _condition_edits,
            _statement_edits,
            _list_edits,
            _call_edits,
        )
        for edit in operators(text, tokens)
    ]
    yield from outside(edits, _skipped(text, skipped))


def _skipped(text: str, names: frozenset[str]) -> Iterator[Span]:
    """Yield the parts of a source that define some names; each ends where its line began."""
    for name in sorted(names):
        pattern = rf"^local (?:function )?{re.escape(name)}\b.*?^(?:end|\}})$"
        for found in re.finditer(pattern, text, re.MULTILINE | re.DOTALL):
            yield Span(found.start(), found.end())


def _token_edits(text: str, tokens: Sequence[LuaToken]) -> Iterator[Edit]:
    for number, token in enumerate(tokens):
        before = tokens[number - 1] if number else None
        if token.kind == "sign" and token.code in _SIGNS:
            operator, replacements = _SIGNS[token.code]
            for new in replacements:
                yield Edit(operator, token.start, token.end, new)
        elif token.is_word and token.code in _WORDS:
            operator, replacements = _WORDS[token.code]
            for new in replacements:
                yield Edit(operator, token.start, token.end, new)
        elif token.kind == "number":
            # One of the two neighbours: an index that is off is off either way.
            number_instead = 0 if token.code == "1" else int(token.code) + 1
            yield Edit("number", token.start, token.end, str(number_instead))
        elif token.kind == "text":
            word = token.code[1:-1]
            for neighbour in _NEIGHBOURS.get(word, ()):
                yield Edit("other-command", token.start + 1, token.end - 1, neighbour)
            if word not in _NEIGHBOURS:
                new = "'mutated'" if len(token.code) == _EMPTY else "''"
                yield Edit("text", token.start, token.end, new)
        elif token.is_name and token.code in _KEYS and before and before.code in "(,{":
            other = _KEYS[(_KEYS.index(token.code) + 1) % len(_KEYS)]
            yield Edit("other-key", token.start, token.end, other)


def _condition_edits(text: str, tokens: Sequence[LuaToken]) -> Iterator[Edit]:
    for number, token in enumerate(tokens):
        ends = {"if": "then", "elseif": "then", "while": "do"}.get(token.code)
        if not token.is_word or ends is None:
            continue
        last = next(i for i in range(number, len(tokens)) if tokens[i].code == ends)
        start, end = tokens[number + 1].start, tokens[last - 1].end
        for value in ("false",) if token.code == "while" else ("true", "false"):
            yield Edit("condition-fixed", start, end, value)
        for word in range(number + 1, last):
            if tokens[word].code in {"and", "or"} and tokens[word].depth == token.depth:
                yield Edit("operand-dropped", start, tokens[word + 1].start, "")
                yield Edit("operand-dropped", tokens[word - 1].end, end, "")


def _statement_edits(text: str, tokens: Sequence[LuaToken]) -> Iterator[Edit]:
    """Yield the deletion of calls, assignments to what there is, and returns."""
    for number, token in enumerate(tokens):
        line = text.rfind("\n", 0, token.start) + 1
        if text[line : token.start].strip() or token.depth:
            continue
        if number and tokens[number - 1].code in _GOES_ON:
            continue
        if not token.is_name and token.code not in _STATEMENTS:
            continue
        end = _end_of_statement(text, tokens, number)
        deleted = text[token.start : end]
        # `return` ends its block: what comes after it in a script is still to be compiled.
        yield Edit("statement-deleted", token.start, end, "")
        if deleted.startswith("return "):
            yield Edit("nothing-returned", token.start, end, "return")


def _end_of_statement(text: str, tokens: Sequence[LuaToken], number: int) -> int:
    depth = tokens[number].depth
    for position in range(number, len(tokens)):
        token = tokens[position]
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        if following is None:
            return token.end
        broken = "\n" in text[token.end : following.start]
        # `foo(function() ... end)` is one statement: its lines are within brackets.
        goes_on = following.depth > depth or following.code in _GOES_ON | _CLOSING
        if broken and not goes_on and token.code not in _GOES_ON | {"=", ","}:
            return token.end
    return tokens[-1].end


def _list_edits(text: str, tokens: Sequence[LuaToken]) -> Iterator[Edit]:
    """Yield the leaving out of one of several parts of a table, or arguments of a call to Redis."""
    for number, token in enumerate(tokens):
        is_table = token.code == "{"
        is_call = token.code == "(" and number > 0 and tokens[number - 1].code in {"call", "pcall"}
        if not is_table and not is_call:
            continue
        found = parts(tokens, number)
        kept = 2 if is_call else 0
        if len(found) <= max(kept, 1):
            continue
        operator = "element-dropped" if is_table else "argument-dropped"
        for place in range(kept, len(found)):
            if place + 1 < len(found):
                yield Edit(operator, found[place][0], found[place + 1][0], "")
            else:
                yield Edit(operator, found[place - 1][1], found[place][1], "")


def _call_edits(text: str, tokens: Sequence[LuaToken]) -> Iterator[Edit]:
    for number, token in enumerate(tokens):
        if token.code != "(" or number == 0:
            continue
        name, start = _name_before(tokens, number)
        last = closing(tokens, number)
        if name in _CONVERSIONS and tokens[start - 1].code != "function":
            inside = text[tokens[number + 1].start : tokens[last - 1].end]
            yield Edit("call-dropped", tokens[start].start, tokens[last].end, f"({inside})")
        if name in _OPPOSITES:
            yield Edit("opposite", tokens[start].start, token.start, _OPPOSITES[name])


def _name_before(tokens: Sequence[LuaToken], opening: int) -> tuple[str, int]:
    """Return the name of what is called, such as ``math.min``, and its first token's number."""
    start = opening - 1
    while start >= 2 and tokens[start - 1].code == ".":
        start -= 2
    return "".join(token.code for token in tokens[start:opening]), start


def lua_compiler() -> Callable[[str], bool]:
    """Return what tells whether a text is Lua 5.1 that can be compiled."""
    # Imported where it is used: it comes with the extra `embedded`.
    from lupa.lua51 import LuaRuntime, LuaSyntaxError

    runtime = LuaRuntime(register_eval=False)

    def is_lua(text: str) -> bool:
        try:
            runtime.compile(text)
        except LuaSyntaxError:
            return False
        return True

    return is_lua
