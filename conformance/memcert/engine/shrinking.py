"""Making a failing program smaller by leaving parts of it out.

A program is plain data, so a step can be left out without drawing the others again: a few dozen
runs find the few steps that matter. Hypothesis, which knows what is simplest to draw, makes what
is left simpler.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from memcert.engine.program import Program, Reopen, Step


def without_needless_parts(program: Program, breaks: Callable[[Program], bool]) -> Program:
    """Return a program of which no step, no client and no item in a step can be left out.

    Args:
        program: one that breaks a rule.
        breaks: runs a program and tells whether it breaks the rule; returns False for every
            program once the time is up.
    """
    size = len(program)
    while size:
        program, smaller = _without_chunks(program, size, breaks)
        # Steps that were needed may be needless once others are gone.
        size = size if smaller and size == 1 else size // 2
    for number in reversed(range(len(program.clients))):
        candidate = _without_client(program, number)
        if candidate is not None and breaks(candidate):
            program = candidate
    for place in range(len(program)):
        program = _with_fewer_items(program, place, breaks)
    return program


def _without_client(program: Program, number: int) -> Program | None:
    """Leave out a client that does nothing, and its space if nobody else is in it.

    Such a client looks at the state at the end, so that it may matter all the same.
    """
    if len(program.clients) == 1 or any(step.client == number for step in program.steps):
        return None
    clients = program.clients[:number] + program.clients[number + 1 :]
    used = sorted({client.space for client in clients})
    return replace(
        program,
        steps=tuple(
            replace(step, client=step.client - (step.client > number)) for step in program.steps
        ),
        spaces=tuple(program.spaces[space] for space in used),
        clients=tuple(replace(client, space=used.index(client.space)) for client in clients),
    )


def _without_chunks(
    program: Program, size: int, breaks: Callable[[Program], bool]
) -> tuple[Program, bool]:
    """Leave out chunks of so many steps, the last ones first, which most often do not matter."""
    smaller = False
    for start in range(len(program) - size, -1, -size):
        steps = program.steps[:start] + program.steps[start + size :]
        candidate = replace(program, steps=steps)
        if steps and _is_sound(steps) and breaks(candidate):
            program, smaller = candidate, True
    return program, smaller


def _with_fewer_items(program: Program, place: int, breaks: Callable[[Program], bool]) -> Program:
    smaller = True
    while smaller:
        smaller = False
        step = program.steps[place]
        for operation in _with_one_item_less(step.operation):
            steps = list(program.steps)
            steps[place] = replace(step, operation=operation)
            candidate = replace(program, steps=tuple(steps))
            if breaks(candidate):
                program, smaller = candidate, True
                break
    return program


def _with_one_item_less(operation: Any) -> Iterator[Any]:
    """Give an operation with one item less in a list; a list never becomes empty by this."""
    for field in dataclasses.fields(operation):
        items = getattr(operation, field.name)
        # An empty list, such as one of ids, may be quite another case.
        if isinstance(items, tuple) and len(items) > 1:
            for place in reversed(range(len(items))):
                yield replace(operation, **{field.name: items[:place] + items[place + 1 :]})


def _is_sound(steps: tuple[Step, ...]) -> bool:
    """Tell whether every memory that was done with is opened again before it is used."""
    ended = set()
    for step in steps:
        if isinstance(step.operation, Reopen):
            ended.discard(step.client)
        elif step.client in ended:
            return False
        elif step.operation.ends:
            ended.add(step.client)
    return True
