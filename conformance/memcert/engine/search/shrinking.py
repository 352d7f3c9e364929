"""Making a failing program smaller by leaving parts of it out.

A program is plain data, so a step can be left out without drawing the others again: a few dozen
runs find the few steps that matter. The values of what is left are made plain afterwards.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from memcert.engine.programs.fault import smaller_faults
from memcert.engine.programs.program import Program, Reopen, Step


def without_needless_parts(program: Program, breaks: Callable[[Program], bool]) -> Program:
    """Return a program of which no step, no client and no item in a step can be left out.

    Nor can a branch, a fault or a turn of its schedule; its faults come as early as can be.

    Args:
        program: one that breaks a rule.
        breaks: runs a program and tells whether it breaks the rule; returns False for every
            program once the time is up.
    """
    program = _without_branches(program, breaks)
    program = _with_forms_alone(program, breaks)
    size = max(map(len, _sections(program)))
    while size:
        program, smaller = _without_chunks(program, size, breaks)
        # Steps that were needed may be needless once others are gone.
        size = size if smaller and size == 1 else size // 2
    for number in reversed(range(len(program.clients))):
        candidate = _without_client(program, number)
        if candidate is not None and breaks(candidate):
            program = candidate
    for section, steps in enumerate(_sections(program)):
        for place in range(len(steps)):
            program = _with_fewer_items(program, section, place, breaks)
            program = _with_less_of_a_fault(program, section, place, breaks)
    return _in_a_usual_setting(_with_fewer_turns(program, breaks), breaks)


def _in_a_usual_setting(program: Program, breaks: Callable[[Program], bool]) -> Program:
    """Leave out what is unusual about where and when it is done, and does not matter."""
    clients = tuple(replace(client, clock=0.0, time_zone="") for client in program.clients)
    for usual in (
        {"pool": 0},
        {"fresh_store": program.looks_into_store},
        {"expiry": 0},
        {"clients": clients},
        {"spaces": tuple(replace(each, shared_user=False) for each in program.spaces)},
        {"spaces": tuple(replace(each, shared_session=False) for each in program.spaces)},
    ):
        changes: dict[str, Any] = usual
        candidate = replace(program, **changes)
        if candidate.setting != program.setting and breaks(candidate):
            program = candidate
    return program


def _with_forms_alone(program: Program, breaks: Callable[[Program], bool]) -> Program:
    """Begin with the last operation that can do without those before it, if that is enough."""
    for place in reversed(range(len(program.steps))):
        step = program.steps[place]
        form = step.operation.alone_form()
        if form is not None:
            steps = (replace(step, operation=form), *program.steps[place + 1 :])
            candidate = replace(program, steps=steps)
            if breaks(candidate):
                return candidate
    return program


def _without_branches(program: Program, breaks: Callable[[Program], bool]) -> Program:
    """Leave out branches, half of them at first, and then the clients who do nothing any more."""
    size = len(program.branches) // 2
    while size:
        for start in range(len(program.branches) - size, -1, -size):
            candidate = program
            for section in range(start + size, start, -1):
                candidate = _with_section(candidate, section, ())
            if len(candidate) and breaks(candidate):
                program = candidate
        size //= 2
    candidate = program
    for number in reversed(range(len(program.clients))):
        candidate = _without_client(candidate, number) or candidate
    return candidate if candidate != program and breaks(candidate) else program


def _sections(program: Program) -> list[tuple[Step, ...]]:
    """Return the lists of steps that a program has: what is done first, and its branches."""
    return [program.steps, *program.branches]


def _with_section(program: Program, section: int, steps: tuple[Step, ...]) -> Program:
    """Replace one list of steps; a branch without steps is left out, and its turns are too."""
    if section == 0:
        return replace(program, steps=steps)
    number = section - 1
    if steps:
        branches = list(program.branches)
        branches[number] = steps
        return replace(program, branches=tuple(branches))
    return replace(
        program,
        branches=program.branches[:number] + program.branches[number + 1 :],
        schedule=tuple(turn - (turn > number) for turn in program.schedule if turn != number),
    )


def _without_client(program: Program, number: int) -> Program | None:
    """Leave out a client that does nothing, and its space if nobody else is in it.

    Such a client looks at the state at the end, so that it may matter all the same.
    """
    if len(program.clients) == 1 or any(step.client == number for step in program.all_steps):
        return None

    def renumbered(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(replace(step, client=step.client - (step.client > number)) for step in steps)

    clients = program.clients[:number] + program.clients[number + 1 :]
    used = sorted({client.space for client in clients})
    return replace(
        program,
        steps=renumbered(program.steps),
        branches=tuple(map(renumbered, program.branches)),
        spaces=tuple(program.spaces[space] for space in used),
        clients=tuple(replace(client, space=used.index(client.space)) for client in clients),
    )


def _without_chunks(
    program: Program, size: int, breaks: Callable[[Program], bool]
) -> tuple[Program, bool]:
    """Leave out chunks of so many steps, the last ones first, which most often do not matter."""
    smaller = False
    for section in reversed(range(len(_sections(program)))):
        for start in range(len(_sections(program)[section]) - size, -1, -size):
            steps = _sections(program)[section]
            candidate = _with_section(program, section, steps[:start] + steps[start + size :])
            if len(candidate) and _is_sound(candidate) and breaks(candidate):
                program, smaller = candidate, True
    return program, smaller


def _with_fewer_items(
    program: Program, section: int, place: int, breaks: Callable[[Program], bool]
) -> Program:
    """Leave out items of a step's lists: halves at first, which matters where there are many."""
    operation: Any = _sections(program)[section][place].operation
    for field in dataclasses.fields(operation):
        items = getattr(operation, field.name)
        # An empty list, such as one of ids, may be quite another case.
        size = len(items) // 2 if isinstance(items, tuple) else 0
        while size:
            smaller = False
            for start in range(len(items) - size, -1, -size):
                fewer = items[:start] + items[start + size :]
                step = _sections(program)[section][place]
                changed = replace(step.operation, **{field.name: fewer})
                candidate = _with_step(program, section, place, replace(step, operation=changed))
                if fewer and breaks(candidate):
                    program, items, smaller = candidate, fewer, True
            size = size if smaller and size == 1 else size // 2
    return program


def _with_step(program: Program, section: int, place: int, step: Step) -> Program:
    steps = list(_sections(program)[section])
    steps[place] = step
    return _with_section(program, section, tuple(steps))


def _with_less_of_a_fault(
    program: Program, section: int, place: int, breaks: Callable[[Program], bool]
) -> Program:
    step = _sections(program)[section][place]
    if step.fault is None:
        return program
    without = _with_step(program, section, place, replace(step, fault=None))
    if breaks(without):
        return without
    for fault in smaller_faults(step.fault):
        candidate = _with_step(program, section, place, replace(step, fault=fault))
        if breaks(candidate):
            return candidate
    return program


def _with_fewer_turns(program: Program, breaks: Callable[[Program], bool]) -> Program:
    size = len(program.schedule)
    while size:
        for start in range(len(program.schedule) - size, -1, -size):
            turns = program.schedule[:start] + program.schedule[start + size :]
            candidate = replace(program, schedule=turns)
            if breaks(candidate):
                program = candidate
        size = min(size // 2, len(program.schedule))
    return program


def _is_sound(program: Program) -> bool:
    """Tell whether every memory that was done with is opened again before it is used."""
    ended = set()
    for step in program.steps:
        if isinstance(step.operation, Reopen):
            ended.discard(step.client)
        elif step.client in ended:
            return False
        elif step.operation.ends:
            ended.add(step.client)
    # Of several clients, each is asked for its state at the end.
    return not ended or len(program.clients) == 1
