"""The rule x mutant matrix: what is found, what is complained of, how it is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memcert.engine.mutant import Mutant
from memcert.engine.search.plan import Plan
from memcert.repository.matrix import Matrix, judge_mutants, markdown, sample_programs
from memcert.short_term import CONTRACT
from memcert.short_term.mutants import MUTANTS

RULES = ("DEL-02", "MARK-04", "MARK-06", "ARG-05")


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    contract = replace(CONTRACT, rules=[CONTRACT.by_id[rule] for rule in RULES])
    harmless = replace(
        MUTANTS["lost-mark"], name="harmless", text="Nothing | at all.", kills=("DEL-02",)
    )
    mutants: dict[str, Mutant] = {
        "counts-requests": MUTANTS["counts-requests"],
        "lost-mark": MUTANTS["lost-mark"],
        "equal-marks-counted": MUTANTS["equal-marks-counted"],
        "harmless": harmless,
    }
    return judge_mutants(contract, mutants, Plan())


def test_a_mutant_is_failed_by_the_rules_that_it_names(matrix: Matrix) -> None:
    assert [row.survived for row in matrix.rows] == [[], [], [], ["DEL-02"]]
    assert matrix.meant("DEL-02") == ["counts-requests"]
    assert matrix.meant("MARK-04") == ["lost-mark"]


def test_other_rules_that_fail_it_are_told_apart(matrix: Matrix) -> None:
    assert matrix.others("DEL-02") == []
    assert matrix.others("MARK-04") == ["harmless"]


def test_what_is_wrong_is_complained_of(matrix: Matrix) -> None:
    assert matrix.complaints == [
        "mutant:harmless is not failed by DEL-02",
        "no mutant is meant to fail ARG-05, and does",
    ]


def test_counterexamples_are_small(matrix: Matrix) -> None:
    assert 0 < matrix.average_operations <= 4


def test_it_is_written_as_markdown(matrix: Matrix) -> None:
    text = markdown(matrix)
    assert "- 4 mutants, 4 rules; 3 counterexamples" in text
    assert "rules that no mutant fails: ARG-05" in text
    assert "pass: harmless (DEL-02)" in text
    assert "| lost-mark | A mark is lost where the old one and the new one are equal. |" in text
    assert "Nothing \\| at all." in text
    assert "**DEL-02 passed**" in text


def test_an_empty_matrix_can_be_written() -> None:
    empty = Matrix(CONTRACT, [], 0.0)
    assert "0 mutants" in markdown(empty)
    assert len(empty.complaints) == len(CONTRACT.rules)


def test_programs_are_drawn_without_a_backend() -> None:
    rule = CONTRACT.by_id["MIX-01"]
    drawn = sample_programs(CONTRACT, rule, 0, 5)
    assert len(drawn) == 5
    assert drawn == sample_programs(CONTRACT, rule, 0, 5)
    assert sample_programs(CONTRACT, rule, 0, 0) == []
