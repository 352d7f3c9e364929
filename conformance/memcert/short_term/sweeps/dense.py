"""How a sweep's program is put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from memcert.engine.programs.description import story
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Looks, Program, Step
from memcert.engine.programs.swept import Swept
from memcert.short_term.strategies import COUNTING


def dense(
    operations: Iterable[Operation | Step],
    cells: Iterable[str],
    *,
    counts: bool = False,
    long: bool = False,
    **program: Any,
) -> Swept:
    """Return a program that tries much and looks at the messages once, at its end.

    Args:
        operations: what is done.
        cells: what that covers.
        counts: whether it is about the numbers that deletions and changes of marks return.
        long: whether it takes so long that quick effort leaves it out.
        program: what else the program is.
    """
    steps = tuple(each if isinstance(each, Step) else Step(each) for each in operations)
    fields = {"looks": Looks.PLAINLY, "blind_to": () if counts else COUNTING} | program
    return Swept(Program(steps, **fields), tuple(cells), long=long)


def looking(swept: Swept, looks: Looks = Looks.ALWAYS) -> Swept:
    """Return a program of a sweep that looks at the state more often.

    Args:
        swept: the program.
        looks: when.
    """
    return replace(swept, program=replace(swept.program, looks=looks))


def chunks(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    """Give some items in order, so many at a time.

    Args:
        items: the items.
        size: how many at a time.
    """
    return (items[start : start + size] for start in range(0, len(items), size))


def each(programs: Iterable[Program], *, long: bool = False) -> Sequence[Swept]:
    """Return programs of which each is a cell, called what it does.

    Args:
        programs: the programs.
        long: whether they take so long that quick effort leaves them out.
    """
    return [
        Swept(program, ("; ".join(line.text.strip() for line in story(program)),), long=long)
        for program in programs
    ]
