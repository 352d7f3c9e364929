"""Writing the corpus: a program for each rule and each mutant that is meant to fail it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from memcert.engine.corpus.corpus import CorpusEntry
from memcert.engine.output.files import write_text
from memcert.engine.programs.operation import MalformedProgram, Operation
from memcert.engine.programs.program import Program
from memcert.engine.programs.reading import parse_program, read_program
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.repository.matrix import Matrix, MatrixRow

MOST_ITEMS = 30_000
"""The most messages, or ids, that an operation of a program may have; see `MOST_BYTES`."""

MOST_BYTES = 4096
"""The most that the text of a program may have: all are in the wheel, and run by everybody.

What takes a longer one, such as a text of a mebibyte, is left to the sweeps.
"""


def write_corpus(folder: Path, matrix: Matrix, only: Collection[str] | None = None) -> list[str]:
    """Make a folder hold a program for each rule and each mutant that is meant to fail it.

    A program that is there and still shows its mutant stays as it is, so that the corpus changes
    only where it must. Any other is replaced by the matrix's counterexample, or removed.

    Args:
        folder: the corpus.
        matrix: what was found of every mutant, or of those that fail some rules.
        only: the ids of the rules whose programs are written; None for all, and then every other
            file is removed.

    Returns:
        A line for each file that was written or removed.

    Raises:
        Unwritable: the folder cannot be written to.
    """
    wanted, said = set(), []
    for row in matrix.rows:
        with Runner(matrix.contract, row.mutant.backend) as runner:
            preflight(runner)
            for entry, known in _entries(row, folder, runner):
                if only is not None and entry.rule not in only:
                    continue
                wanted.add(entry.file_name)
                if not known:
                    write_text(folder / entry.file_name, entry.program.to_text() + "\n")
                    said.append(f"wrote {entry.file_name}")
    for path in sorted(folder.glob("*")) if only is None else ():
        if path.name not in wanted:
            path.unlink()
            said.append(f"removed {path.name}")
    return said


def _entries(row: MatrixRow, folder: Path, runner: Runner) -> Iterator[tuple[CorpusEntry, bool]]:
    """Yield the programs that show a mutant, and whether each is there already."""

    def breaks(program: Program) -> bool:
        return runner.execute(program).divergence is not None

    operations = runner.subject.contract.operations
    for verdict in row.verdicts:
        there = _read(folder / f"{verdict.rule}-{row.mutant.name}.json", operations)
        if there is not None and breaks(there):
            yield CorpusEntry(verdict.rule, row.mutant.name, there), True
        elif verdict.counterexample is not None:
            program = plainest(verdict.counterexample.program, breaks, operations)
            if _is_too_large(program.to_text()):
                continue
            yield CorpusEntry(verdict.rule, row.mutant.name, program), False


def _is_too_large(program: str) -> bool:
    """Tell whether a program, or what it does, is too large to be run by everybody, every time."""
    items = map(int, re.findall(r'"range":([0-9]+)', program))
    return len(program.encode()) >= MOST_BYTES or max(items, default=0) > MOST_ITEMS


def _read(path: Path, operations: Mapping[str, type[Operation]]) -> Program | None:
    try:
        return parse_program(path.read_bytes(), operations)
    except (FileNotFoundError, MalformedProgram):
        return None


def plainest(
    program: Program,
    breaks: Callable[[Program], bool],
    operations: Mapping[str, type[Operation]],
) -> Program:
    """Return a program whose items, such as messages, have no field that can be left out.

    Everybody whose backend breaks the same rule will read this program.

    Args:
        program: one that breaks a rule.
        breaks: runs a program and tells whether it breaks the rule.
        operations: the contract's operations by kind.
    """
    for place in _fields(program.to_json()):
        data = deepcopy(program.to_json())
        _remove(data, place)
        try:
            candidate = read_program(data, operations)
        except MalformedProgram:
            continue
        if breaks(candidate):
            program = candidate
    return program


def _fields(data: dict[str, Any]) -> list[tuple[int, str, int, str]]:
    """Return where the fields of items are: step, field of the operation, item, its field."""
    return [
        (number, name, place, field)
        for number, step in enumerate(data["steps"])
        for name, items in step.items()
        if isinstance(items, list)
        for place, item in enumerate(items)
        if isinstance(item, dict)
        for field in item
    ]


def _remove(data: dict[str, Any], place: tuple[int, str, int, str]) -> None:
    step, name, item, field = place
    del data["steps"][step][name][item][field]
