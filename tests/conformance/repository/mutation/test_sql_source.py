"""What the operators make of SQL in Python's strings."""

from __future__ import annotations

import pytest

from memcert.repository.mutation.mutation import mutations_of
from memcert.repository.mutation.python_source import is_python
from memcert.repository.mutation.sql_source import sql_edits


def changes(text: str) -> set[tuple[str, str]]:
    found = mutations_of("source", "file.py", text, sql_edits(text), is_python)
    return {(each.key.operator, each.key.mutated) for each in found}


@pytest.mark.parametrize(
    ("text", "operator", "mutated"),
    [
        ("SELECT a FROM b WHERE c = 1", "comparison", "SELECT a FROM b WHERE c >= 1"),
        ("SELECT a FROM b WHERE c = 1", "number", "SELECT a FROM b WHERE c = 2"),
        ("SELECT a FROM b WHERE c = 1", "condition-dropped", "SELECT a FROM b"),
        ("DELETE FROM b WHERE c AND d", "condition-dropped", "DELETE FROM b WHERE c"),
        ("DELETE FROM b WHERE c AND d", "condition-dropped", "DELETE FROM b WHERE d"),
        ("DELETE FROM b WHERE c AND d", "boolean", "DELETE FROM b WHERE c OR d"),
        ("SELECT DISTINCT a FROM b", "distinct-dropped", "SELECT a FROM b"),
        ("SELECT a FROM b ORDER BY c", "order", "SELECT a FROM b"),
        ("SELECT a FROM b ORDER BY c DESC", "order", "SELECT a FROM b ORDER BY c ASC"),
        ("SELECT a FROM b LIMIT 1", "limit", "SELECT a FROM b"),
        ("SELECT a FROM b JOIN c", "join", "SELECT a FROM b LEFT JOIN c"),
        ("SELECT a FROM b FOR UPDATE", "lock-dropped", "SELECT a FROM b"),
        ("INSERT INTO a ON CONFLICT (b) DO NOTHING", "conflict", "INSERT INTO a"),
        ("UPDATE a SET b = 1, c = 2", "assignment-dropped", "UPDATE a SET c = 2"),
        ("SELECT count(*) FROM a", "count", "SELECT 0 FROM a"),
        ("SELECT a FROM b WHERE c IS NULL", "negation", "SELECT a FROM b WHERE c IS NOT NULL"),
    ],
)
def test_an_operator_makes_what_it_should(text: str, operator: str, mutated: str) -> None:
    assert (operator, f'x = "{mutated}"') in changes(f'x = "{text}"\n')


def test_what_assigns_is_not_compared() -> None:
    found = changes('x = "UPDATE a SET b = c WHERE d = e"\n')
    compared = {line for operator, line in found if operator == "comparison"}
    assert compared == {f'x = "UPDATE a SET b = c WHERE d {sign} e"' for sign in ("<>", "<=", ">=")}


def test_what_is_no_sql_and_what_is_in_braces_stays_as_it_is() -> None:
    assert changes('x = "a = 1"\n') == set()
    assert changes('"""SELECT a FROM b WHERE c = 1."""\n') == set()
    assert {operator for operator, _ in changes('x = f"FROM {a + 1}"\n')} == set()
