"""Writing the corpus: what is written, what stays and what goes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from memcert.engine.corpus.corpus import Corpus
from memcert.engine.programs.program import Program, Step
from memcert.engine.programs.reading import parse_program
from memcert.engine.search.plan import Plan
from memcert.repository.corpus_writer import plainest, write_corpus
from memcert.repository.matrix import Matrix, judge_mutants
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.mutants import MUTANTS
from memcert.short_term.operations import Add, Delete, Size

NAME = "DEL-02-counts-requests.json"


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    contract = replace(CONTRACT, rules=[CONTRACT.by_id["DEL-02"]])
    harmless = replace(MUTANTS["lost-mark"], name="harmless", kills=("DEL-02",))
    mutants = {"counts-requests": MUTANTS["counts-requests"], "harmless": harmless}
    return judge_mutants(contract, mutants, Plan(simpler=False), programs=0)


def test_there_is_a_program_for_what_was_found(matrix: Matrix, tmp_path: Path) -> None:
    assert write_corpus(tmp_path, matrix) == [f"wrote {NAME}"]
    assert write_corpus(tmp_path, matrix) == []
    (entry,) = Corpus(tmp_path, CONTRACT.operations).entries
    assert (entry.rule, entry.bug) == ("DEL-02", "counts-requests")
    found = matrix.rows[0].verdicts[0].counterexample
    assert found is not None
    assert len(entry.program) == len(found.program)


def test_one_that_still_shows_its_mutant_stays(matrix: Matrix, tmp_path: Path) -> None:
    program = Program((Step(Size()), Step(Delete(("another", "and another")))))
    (tmp_path / NAME).write_text(program.to_text())
    assert write_corpus(tmp_path, matrix) == []
    assert parse_program((tmp_path / NAME).read_bytes(), CONTRACT.operations) == program


@pytest.mark.parametrize("text", ["{", Program((Step(Size()),)).to_text()])
def test_one_that_does_not_is_replaced(matrix: Matrix, tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    assert write_corpus(tmp_path, matrix) == [f"wrote {NAME}"]
    assert (tmp_path / NAME).read_text() != text


def test_what_is_of_no_mutant_is_removed(matrix: Matrix, tmp_path: Path) -> None:
    for name in ("DEL-02-harmless.json", "DEL-02-gone.json"):
        (tmp_path / name).write_text(Program((Step(Size()),)).to_text())
    assert write_corpus(tmp_path, matrix) == [
        f"wrote {NAME}",
        "removed DEL-02-gone.json",
        "removed DEL-02-harmless.json",
    ]


def test_fields_that_do_not_matter_are_left_out_of_items() -> None:
    first = Message("m0", content="y", name="n", metadata={"a": 1})
    program = Program((Step(Add((first, Message("m1", content="z")), ("a",))), Step(Size())))

    def breaks(each: Program) -> bool:
        return '"metadata"' in each.to_text()

    assert plainest(program, breaks, CONTRACT.operations) == Program(
        (Step(Add((Message("m0", metadata={"a": 1}), Message("m1")), ("a",))), Step(Size()))
    )
