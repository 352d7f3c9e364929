"""Telling "your factory is wrong" from "your backend is wrong", before any rule is checked."""

from __future__ import annotations

import uuid
from contextlib import AsyncExitStack
from dataclasses import asdict, replace
from time import perf_counter
from typing import Any

from memcert.engine.capabilities import Capabilities
from memcert.engine.clients.handle import ERRORS, BadFactory, LocalHandle, opened, outcome_of
from memcert.engine.clients.loop_watch import LoopBlocked, at_most
from memcert.engine.part import OptionalPart
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.outcome import Outcome
from memcert.engine.running.runner import Runner
from memcert_backends.backend import Space
from memcert_backends.servers.contents import can_be_looked_into

_OF_FACTORY = ("opening the memory", "closing the memory")

SECONDS = 4.0
"""How long an operation may take here, in seconds.

The rules have more patience, but with a memory that takes longer for the first thing it is asked.
"""


def preflight(runner: Runner) -> Capabilities:
    """Open memories as the rules will, and find out what the backend can do.

    Args:
        runner: the backend under judgement; it is granted what it can do.

    Raises:
        BadFactory: the factory does not do what a factory must; one line that says what to do.
    """
    try:
        try:
            capabilities = runner.run(_inspect(runner))
        except LoopBlocked as error:
            if error.operation in _OF_FACTORY:
                raise BadFactory(
                    f"{runner.subject.backend.name!r} cannot be used at all: {error.operation} did"
                    f" not end: {error}"
                ) from None
            # The rules say what is wrong with its operations.
            runner.be_impatient(SECONDS)
            capabilities = runner.run(_inspect(runner, operations=False))
    except BadFactory:
        raise
    except ERRORS as error:
        raise BadFactory(
            f"the factory of {runner.subject.backend.name!r} raises"
            f" {type(error).__name__}: {error} (after its yield)"
        ) from error
    runner.grant(capabilities)
    return capabilities


async def _inspect(runner: Runner, *, operations: bool = True) -> Capabilities:
    subject = runner.subject
    backend, contract = subject.backend, subject.contract
    name = backend.name
    one, other = (_new_space(runner) for _ in range(2))
    write, look = contract.probe
    async with AsyncExitStack() as stack:
        memory = await _open(stack, runner, one)
        missing = [method for method in contract.methods if not hasattr(memory, method)]
        if missing:
            raise BadFactory(
                f"the factory of {name!r} yields something of type"
                f" {type(memory).__name__} that is no memory: it has no {missing[0]!r}"
            )
        started = perf_counter()
        after = await _shown(memory, write, look) if operations else None
        if perf_counter() - started > SECONDS:
            runner.be_impatient(SECONDS)
        stranger = await _open(stack, runner, other)
        if stranger is memory:
            raise BadFactory(
                f"the factory of {name!r} yields the same memory for every space: make a new one"
                " with the user_id and session_id of the space"
            )
        if after and await _shown(stranger, look) == after:
            raise BadFactory(
                f"the factory of {name!r} leaks one space into another: a memory for a new space"
                " is not empty; pass space.user_id and space.session_id on"
            )
        known = Capabilities(
            durable=backend.durable,
            fresh_store=subject.server is not None and subject.server.fresh is not None,
            other_process=bool(backend.specification) and not backend.process_local,
            network=subject.environment.has_network,
            crash=subject.environment.can_crash,
            pool=backend.pool is not None and subject.server is not None,
            time_limit=backend.time_limit,
            expiry=backend.expiry,
            file=subject.environment.is_file,
            process_local=backend.process_local,
            contents=subject.server is not None and can_be_looked_into(subject.server.store),
        )
        if not operations:
            return contract.capabilities(**asdict(known))
        # One that does nothing right is not asked for more; the rules are.
        parts = contract.parts if after is not None else ()
        left_out = {part.name: False for part in parts if await _is_left_out(memory, part)}
        try:
            with at_most(SECONDS, "finding out what the memory can do"):
                detected = contract.detect(memory, backend, known)
            return replace(detected, **left_out)
        except ValueError as error:
            raise BadFactory(f"{name!r} {error}") from error


async def _open(stack: AsyncExitStack, runner: Runner, space: Space) -> Any:
    try:
        return await stack.enter_async_context(opened(runner.subject.backend, space))
    except BadFactory:
        raise
    except ERRORS as error:
        backend = runner.subject.backend
        hint = ""
        if isinstance(error, ModuleNotFoundError) and backend.extra is not None:
            hint = f"; it needs an extra: pip install 'memcert[{backend.extra}]'"
        raise BadFactory(
            f"the factory of {backend.name!r} raises {type(error).__name__}: {error}{hint}"
        ) from error


async def _shown(memory: Any, *operations: Operation) -> object:
    """Do some operations and return what the last one shows; None if one of them fails.

    What fails there is a memory that is wrong, which the rules say.
    """
    value: object = None
    for operation in operations:
        outcome = await _outcome(memory, operation)
        if outcome.error is not None:
            return None
        value = outcome.value
    return value


async def _is_left_out(memory: Any, part: OptionalPart) -> bool:
    """Tell whether a memory leaves a part of the contract out, and says so."""
    if not all(hasattr(memory, kind) for kind in part.kinds):
        return True
    for operation in part.tried:
        outcome = await _outcome(memory, operation)
        if isinstance(outcome.error, NotImplementedError):
            return True
    return False


async def _outcome(memory: Any, operation: Operation) -> Outcome:
    with at_most(SECONDS, "; ".join(operation.source("memory"))):
        return await outcome_of(LocalHandle(memory, {}), operation, SECONDS)


def _new_space(runner: Runner) -> Space:
    return Space(uuid.uuid4().hex, uuid.uuid4().hex, runner.subject.server)
