"""Sweeps of deaths: every change, its process or the server killed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from memcert.engine.programs.fault import (
    CrashServer,
    Fault,
    KillClient,
)
from memcert.engine.programs.fault_operation import (
    KillServer,
    ReplaceProcess,
    RestartServer,
)
from memcert.engine.programs.program import Client, Program, Step
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message
from memcert.short_term.operations import (
    Add,
    Read,
    UpdateMarks,
)
from memcert.short_term.sweeps.faults import (
    CHANGES,
    ELSEWHERE,
    FILLED,
    FORMS,
    TWO,
    swept,
)


def replaced() -> Sequence[Swept]:
    """Sweep the death of a process after every change (KILL-01)."""
    steps: list[Step] = [*FILLED]
    for number, form in enumerate(CHANGES.values()):
        steps += map(Step, form.before(number))
        steps += [Step(form.operation(number)), Step(ReplaceProcess()), Step(form.look(number))]
    return [
        Swept(
            Program(tuple(steps), clients=(Client(process=True),)),
            tuple(f"{name}, then its process is killed" for name in CHANGES),
        )
    ]


KILLED: dict[str, Callable[[int], Fault]] = {
    "killed at each of its first awaits": KillClient,
}

KILLED_IN_TIME: dict[str, Callable[[int], Fault]] = {
    "killed after 0.1 ms and more": lambda place: KillClient(2**place, timed=True),
}

DEATHS = 3
"""At how many places a process is killed: it takes a new one each time."""


def killed() -> Sequence[Swept]:
    """Sweep every change, killed (KILL-02)."""
    return [
        *swept(CHANGES, KILLED, DEATHS, endless=True, clients=ELSEWHERE),
        *swept(CHANGES, KILLED_IN_TIME, DEATHS, endless=True, long=True, clients=ELSEWHERE),
    ]


def killed_beside_others() -> Sequence[Swept]:
    """Sweep every change, killed, and what others do at once (KILL-03)."""
    found: list[Swept] = []
    for name, form in CHANGES.items():
        steps = [*FILLED]
        for place in range(DEATHS):
            steps += map(Step, form.before(place))
            steps += [
                Step(form.operation(place), 0, KillClient(place)),
                Step(Add((Message(f"o{place}"),)), 1),
                Step(UpdateMarks(f"x{place}", ids=("m0",)), 2),
                Step(Read(), 1),
            ]
        program = Program(tuple(steps), clients=(*ELSEWHERE, Client()))
        found.append(Swept(program, (f"{name}, killed, and others at once",), long=True))
    return found


def kept_by_the_server() -> Sequence[Swept]:
    """Sweep the death of the server after every change (CRASH-01)."""
    steps: list[Step] = [*FILLED]
    for number, form in enumerate(CHANGES.values()):
        steps += map(Step, form.before(number))
        steps += [
            Step(form.operation(number)),
            Step(KillServer()),
            Step(RestartServer()),
            Step(Read()),
            Step(form.look(number)),
        ]
    return [
        Swept(
            Program(tuple(steps)), tuple(f"{name}, then the server is killed" for name in CHANGES)
        )
    ]


CRASHED: dict[str, Callable[[int], Fault]] = {
    "the server killed by its first packet": lambda place: CrashServer(delivered=True),
    "the server killed by its first answer": lambda place: CrashServer(to_server=False),
}
"""A server takes seconds to start again, so that it is killed at one place in each direction."""


def crashed() -> Sequence[Swept]:
    """Sweep every change, during which the server is killed (CRASH-02)."""
    return swept(CHANGES, CRASHED, 1, endless=True, clients=TWO)


def down() -> Sequence[Swept]:
    """Sweep every operation while the server is down, and after it (CRASH-03)."""
    steps: list[Step] = [*FILLED]
    for number, form in enumerate(FORMS.values()):
        steps += map(Step, form.before(number))
        steps += [
            Step(KillServer()),
            Step(form.operation(number)),
            Step(RestartServer()),
            Step(Read()),
            Step(Read()),
        ]
    return [
        Swept(Program(tuple(steps)), tuple(f"{name}, while the server is down" for name in FORMS))
    ]
