"""What the operators make of Python, and what they leave alone."""

from __future__ import annotations

import pytest

from memcert.repository.mutation.mutation import mutations_of
from memcert.repository.mutation.python_source import is_python, python_edits


def changes(text: str, *, skipped: frozenset[str] = frozenset()) -> set[tuple[str, str]]:
    """Return the operators, and the changed lines that they come to."""
    edits = python_edits(text, skipped=skipped)
    found = mutations_of("source", "file.py", text, edits, is_python)
    return {(each.key.operator, each.key.mutated) for each in found}


@pytest.mark.parametrize(
    ("text", "operator", "mutated"),
    [
        ("x = a < b\n", "comparison", "x = a <= b"),
        ("x = a == b\n", "comparison", "x = a != b"),
        ("x = a is None\n", "comparison", "x = a is not None"),
        ("x = a + 1\n", "arithmetic", "x = a - 1"),
        ("x = a + 1\n", "number", "x = a + 2"),
        ("x = a and b\n", "boolean", "x = a or b"),
        ("x = a and b\n", "operand-dropped", "x = b"),
        ("x = a in b\n", "membership", "x = a not in b"),
        ("x = f(flag=True)\n", "constant", "x = f(flag=False)"),
        ("x = f(a, flag=b)\n", "argument-dropped", "x = f(a)"),
        ("x = sorted(a)\n", "call-dropped", "x = a"),
        ("x = select(a).where(b)\n", "call-dropped", "x = select(a)"),
        ("x = s.where(a, b)\n", "argument-dropped", "x = s.where(b)"),
        ("x = s.where(a & b)\n", "operand-dropped", "x = s.where(a)"),
        ("x = [a, b]\n", "element-dropped", "x = [b]"),
        ("x = {'a': 1, 'b': 2}\n", "element-dropped", "x = {'b': 2}"),
        ("x = 'a'\n", "text", 'x = ""'),
        ("a.b = 1\n", "statement-deleted", "pass"),
        ("f()\n", "statement-deleted", "pass"),
        ("if a:\n    b()\n", "condition-fixed", "if True:"),
        ("x = [a for a in b if a.c]\n", "condition-fixed", "x = [a for a in b if True]"),
        ("for a in b:\n    c()\n", "loop", "for a in []:"),
        ("raise TypeError\n", "other-error", "raise ValueError"),
        ("try:\n    a()\nexcept KeyError:\n    b()\n", "nothing-caught", "except ():"),
    ],
)
def test_an_operator_makes_what_it_should(text: str, operator: str, mutated: str) -> None:
    # cosmic-ray leaves a blank before what it puts in.
    found = {(name, line.replace("  ", " ")) for name, line in changes(text)}
    assert (operator, mutated) in found


def test_what_a_return_gives_is_dropped() -> None:
    found = changes("def f():\n    return [1]\n")
    assert ("nothing-returned", "return None") in found


@pytest.mark.parametrize(
    "text",
    [
        '"""A module."""\n',
        "def f():\n    'What it does.'\n",
        "x: int\n",
        "def f(a: int | None, b: list[str]) -> bool | None: ...\n",
        "__all__ = ['a', 'b']\n",
        "from typing import Literal\nRole = Literal['a', 'b']\n",
        "Both = One | Other\n",
        "from typing import TypedDict\nclass A(TypedDict, total=False):\n    a: str\n",
        "if TYPE_CHECKING:\n    import a\n",
        "import a\n",
    ],
)
def test_what_means_nothing_is_left_alone(text: str) -> None:
    assert changes(text) == set()


def test_the_text_of_an_error_is_left_alone() -> None:
    text = 'def f(a, what):\n    raise TypeError(f"{what} is {a + 1}")\n'
    assert {operator for operator, _ in changes(text)} == {"statement-deleted", "other-error"}
    called = 'def f(a, what):\n    g(a)\nf(b, "a text" + "for an error")\n'
    assert not [line for operator, line in changes(called) if operator in {"text", "arithmetic"}]


def test_a_function_can_be_left_out() -> None:
    text = "class A:\n    def f(self):\n        return 1\n    def g(self):\n        return 2\n"
    found = changes(text, skipped=frozenset({"A.f"}))
    assert {line for _, line in found} == {"return None", "return 3", "return 1"}


def test_what_cannot_be_compiled_is_no_mutant() -> None:
    assert not is_python("x = = 1\n")
    assert not is_python("x = '\0'\n")
    assert is_python("x = 1 is 1\n")
