"""Running one saved program again, from a script or from the command line."""

from __future__ import annotations

from time import perf_counter

from memcert.contracts import contract_of
from memcert.engine.judging.divergence import Divergence
from memcert.engine.programs.program import Program
from memcert.engine.programs.reading import parse_program
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.resolver import resolve
from memcert_backends.backend import Backend

TIMES = 30
"""How often a program is run that fails by chance."""

SECONDS = 30.0
"""After how many seconds it is not run once more."""


def replay(text: str, backend: str, server: str | None = None) -> str:
    """Run a program against a backend and say in one line what came of it.

    Args:
        text: the program's JSON text.
        backend: the backend, by any of its names.
        server: how its store is started.

    Raises:
        MalformedProgram: the text is no program.
        BadFactory: the backend's factory is wrong.
        ServerUnavailable: the store cannot be had in this way.
    """
    found = resolve(backend)
    program = parse_program(text, contract_of(found.contract).operations)
    divergence = run_again(program, found, server)
    if divergence is None:
        return "the backend does what the contract says"
    return (
        f"step {divergence.step + 1}: {divergence.operation}"
        f" {divergence.observed}; expected: {divergence.expected}"
    )


def run_again(program: Program, backend: Backend, server: str | None) -> Divergence | None:
    """Run a program against a backend and return where it differed from the model, if it did.

    What goes wrong in a program where operations meet, or faults befall them, does so by chance: it
    is run until it does, some times.

    Args:
        program: what is done.
        backend: the backend.
        server: how its store is started.

    Raises:
        BadFactory: the backend's factory is wrong.
        ServerUnavailable: the store cannot be had in this way.
    """
    with Runner(contract_of(backend.contract), backend, server) as runner:
        preflight(runner)
        until = perf_counter() + SECONDS
        for _ in range(TIMES if program.is_concurrent else 1):
            divergence = runner.execute(program).divergence
            if divergence is not None or perf_counter() > until:
                break
        return divergence
