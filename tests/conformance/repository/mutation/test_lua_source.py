"""What the operators make of Lua."""

from __future__ import annotations

import pytest

from memcert.repository.mutation.lua_source import lua_compiler, lua_edits
from memcert.repository.mutation.mutation import mutations_of


def changes(text: str, *, skipped: frozenset[str] = frozenset()) -> set[tuple[str, str]]:
    edits = lua_edits(text, skipped=skipped)
    found = mutations_of("source", "file.lua", text, edits, lua_compiler())
    return {(each.key.operator, each.key.mutated) for each in found}


@pytest.mark.parametrize(
    ("text", "operator", "mutated"),
    [
        ("x = a == b", "comparison", "x = a ~= b"),
        ("x = a < b", "comparison", "x = a <= b"),
        ("x = a + 1", "arithmetic", "x = a - 1"),
        ("x = a + 1", "number", "x = a + 0"),
        ("x = 2", "number", "x = 3"),
        ("x = a and b", "boolean", "x = a or b"),
        ("x = not a", "negation", "x =  a"),
        ("x = true", "constant", "x = false"),
        ("x = nil", "constant", "x = false"),
        ("x = 'a'", "text", "x = ''"),
        ("x = redis.call('ZRANGE', k, 0)", "other-command", "x = redis.call('ZREVRANGE', k, 0)"),
        ("write('HSET', MARKS, a)", "other-command", "write('HSETNX', MARKS, a)"),
        ("write('HSET', MARKS, a)", "other-key", "write('HSET', MARKED, a)"),
        ("x = redis.call('UNLINK', a, b)", "argument-dropped", "x = redis.call('UNLINK', a)"),
        ("x = {a, b}", "element-dropped", "x = {b}"),
        ("x = tonumber(a)", "call-dropped", "x = (a)"),
        ("x = math.min(a, b)", "opposite", "x = math.max(a, b)"),
        ("if a and b then c() end", "condition-fixed", "if true then c() end"),
        ("if a and b then c() end", "operand-dropped", "if b then c() end"),
        ("x = 1\nx = x\nreturn x", "nothing-returned", "return"),
    ],
)
def test_an_operator_makes_what_it_should(text: str, operator: str, mutated: str) -> None:
    assert (operator, mutated) in changes(text)


def test_a_statement_of_several_lines_is_deleted_whole() -> None:
    text = "f(a,\n    b)\ng(function()\n    h()\nend)\nx = a\n    .. b\n"
    deleted = {line for operator, line in changes(text) if operator == "statement-deleted"}
    assert deleted == {""}
    edits = [edit for edit in lua_edits(text) if edit.operator == "statement-deleted"]
    assert {text[edit.start : edit.end] for edit in edits} == {
        "f(a,\n    b)",
        "g(function()\n    h()\nend)",
        "x = a\n    .. b",
    }


def test_comments_and_what_is_left_out_stay_as_they_are() -> None:
    text = "-- a == b\nlocal function f()\n    return 1\nend\nlocal T = {\n    a, b,\n}\n"
    assert changes(text, skipped=frozenset({"f", "T"})) == set()


def test_what_cannot_be_compiled_is_no_mutant() -> None:
    assert not lua_compiler()("x = = 1")
