"""A program in words: who does what, what is done at the same time, and which faults happen."""

from __future__ import annotations

from typing import NamedTuple

from memcert.engine.programs.fault_operation import FaultOperation, by
from memcert.engine.programs.program import Client, Program, Step


class DescribedStep(NamedTuple):
    """A line of a story."""

    step_number: int | None
    """The number of the step that it tells of, counted through the branches; None for none."""
    text: str


def story(program: Program) -> list[DescribedStep]:
    """Return a program as lines.

    Args:
        program: what is done.
    """
    lines = [
        DescribedStep(None, f"client {number} is in another process, {_clock(client)}")
        for number, client in enumerate(program.clients)
        if client.has_own_clock
    ]
    lines += [
        DescribedStep(step_number, _told(program, step))
        for step_number, step in enumerate(program.steps)
    ]
    step_number = len(program.steps)
    for number, branch in enumerate(program.branches):
        lines.append(DescribedStep(None, f"at the same time, branch {number}:"))
        for step in branch:
            lines.append(DescribedStep(step_number, f"  {_told(program, step)}"))
            step_number += 1
    if program.schedule:
        turns = " ".join(map(str, program.schedule))
        lines.append(DescribedStep(None, f"whose turn it is, await by await: {turns}"))
    if program.pool:
        lines.append(DescribedStep(None, f"on a pool of {program.pool}"))
    return lines


def _clock(client: Client) -> str:
    clock = f"its clock is {by(client.clock, 'ahead', 'behind')}" if client.clock else ""
    zone = f"its time zone is {client.time_zone}" if client.time_zone else ""
    return ", ".join(filter(None, (clock, zone)))


def _told(program: Program, step: Step) -> str:
    who = f"client {step.client}: " if len(program.clients) > 1 else ""
    if isinstance(step.operation, FaultOperation) and not step.operation.of_client:
        who = ""
    source = "; ".join(step.operation.source("memory"))
    return who + source + (f"  # {step.fault}" if step.fault is not None else "")
