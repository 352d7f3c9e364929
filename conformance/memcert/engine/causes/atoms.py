"""A program taken apart: what is done, one thing at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from memcert.engine.causes.grammar import Grammar, Reading
from memcert.engine.programs.fault import fault_to_json
from memcert.engine.programs.program import Program, Step


@dataclass(frozen=True)
class Place:
    """Where something is done in a program.

    Args:
        section: 0 for the steps, n for the nth branch.
        step: the number of the step there, from 0.
        item: which item of its list it is about; None if it is about the whole step.
    """

    section: int
    step: int
    item: int | None = None


@dataclass(frozen=True)
class Atom:
    """One thing that is done.

    Args:
        kind: the kind of the operation.
        fields: its fields in their JSON form, with one item of its list.
        readings: the plain operations that it amounts to.
        space: the number of the space.
        process: whether it is done in another process.
        fault: the kind of the fault that befalls it; "" for none.
        place: where; None for a look at the state that no step asks for.
    """

    kind: str
    fields: Mapping[str, Any]
    readings: Sequence[Reading]
    space: int
    process: bool
    fault: str
    place: Place | None

    @property
    def is_plain(self) -> bool:
        """Whether it is done in the plain way."""
        return self.kind == self.readings[0][0]


def sections_of(program: Program) -> Sequence[tuple[Step, ...]]:
    """Return the lists of steps of a program: what is done first, and its branches.

    Args:
        program: the program.
    """
    return (program.steps, *program.branches)


def atoms_of(program: Program, grammar: Grammar) -> list[Atom]:
    """Return what is done in a program, in order, branch by branch.

    Args:
        program: the program.
        grammar: what is known of its operations.
    """
    return [
        atom
        for section, steps in enumerate(sections_of(program))
        for number, step in enumerate(steps)
        for atom in _atoms(program, step, Place(section, number), grammar)
    ]


def _atoms(program: Program, step: Step, place: Place, grammar: Grammar) -> Iterator[Atom]:
    data = step.operation.to_json()
    client = program.clients[step.client]
    fault = "" if step.fault is None else str(fault_to_json(step.fault)["kind"])

    def atom(data: dict[str, Any], place: Place) -> Atom:
        return Atom(
            step.operation.kind,
            {name: value for name, value in data.items() if name != "operation"},
            grammar.readings(data),
            client.space,
            client.process,
            fault,
            place,
        )

    name = grammar.items.get(step.operation.kind)
    items = data.get(name) if name is not None else None
    if name is None or not isinstance(items, list) or len(items) < 2:
        yield atom(data, place)
        return
    for item, value in enumerate(items):
        yield atom({**data, name: [value]}, replace(place, item=item))


def without(program: Program, place: Place, grammar: Grammar) -> Program | None:
    """Return a program without one thing that is done; None if nothing else is done in it.

    Args:
        program: the program.
        place: where that is.
        grammar: what is known of its operations.
    """
    sections = [list(steps) for steps in sections_of(program)]
    step = sections[place.section][place.step]
    if place.item is not None:
        name = grammar.items[step.operation.kind]
        items = getattr(step.operation, name)
        fewer = items[: place.item] + items[place.item + 1 :]
        changed = replace(step.operation, **{name: fewer})
        sections[place.section][place.step] = replace(step, operation=changed)
    else:
        del sections[place.section][place.step]
    if not any(sections):
        return None
    return _with_sections(program, sections)


def _with_sections(program: Program, sections: list[list[Step]]) -> Program:
    first, *branches = sections
    kept = [number for number, branch in enumerate(branches) if branch]
    return replace(
        program,
        steps=tuple(first),
        branches=tuple(tuple(branches[number]) for number in kept),
        schedule=tuple(kept.index(turn) for turn in program.schedule if turn in kept),
    )
