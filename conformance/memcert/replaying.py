"""Running one saved program again, from a script or from the command line."""

from __future__ import annotations

from memcert.contracts import contract_of
from memcert.engine.judging.divergence import Divergence
from memcert.engine.programs.program import Program
from memcert.engine.programs.reading import parse_program
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.resolver import resolve
from memcert_backends.backend import Backend


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
        return runner.execute(program).divergence
