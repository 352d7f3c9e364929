"""The parts of a contract that a backend may leave out, and be judged without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from memcert.engine.causes.atoms import Place, sections_of, without
from memcert.engine.causes.grammar import Grammar
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program, Step


@dataclass(frozen=True)
class OptionalPart:
    """A part of a contract that a backend may leave out.

    Args:
        name: the capability of a backend that has it.
        kinds: the kinds of its plain operations, which are the names of its methods.
        tried: the operations that show whether it is there: none of them may raise
            NotImplementedError.
        words: what a level is without it, as in "core without states"; "" for a part of none.
        group: the words for all the parts of the same group together; "" for none.
    """

    name: str
    kinds: tuple[str, ...]
    tried: tuple[Operation, ...]
    words: str
    group: str = ""


def without_parts(
    program: Program, parts: Sequence[OptionalPart], grammar: Grammar
) -> Program | None:
    """Return a program without the operations that take some parts; None if none is left.

    Args:
        program: the program; it is returned itself if it takes none of them.
        parts: the parts.
        grammar: what is known of its operations.
    """
    kinds = {kind for part in parts for kind in part.kinds}
    if not kinds:
        return program

    def is_there(step: Step) -> bool:
        readings = grammar.readings(step.operation.to_json())
        return not any(kind in kinds for kind, _ in readings)

    places = [
        Place(section, number)
        for section, steps in enumerate(sections_of(program))
        for number, step in enumerate(steps)
        if not is_there(step)
    ]
    return without(program, places, grammar) if places else program


def words_for(
    part: OptionalPart, lacking: Sequence[OptionalPart], parts: Sequence[OptionalPart]
) -> str:
    """Return what a level is without a part, or without the whole group of parts that it is of.

    Args:
        part: one that is not there.
        lacking: all the parts that are not there.
        parts: every part of the contract.
    """
    group = [each for each in parts if part.group and each.group == part.group]
    return part.group if group and all(each in lacking for each in group) else part.words
