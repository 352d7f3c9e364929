"""Telling "your factory is wrong" from "your backend is wrong", before any rule is checked."""

from __future__ import annotations

import uuid
from contextlib import AsyncExitStack
from typing import Any

from memcert.engine.capabilities import Capabilities
from memcert.engine.clients.handle import ERRORS, BadFactory, LocalHandle, opened, outcome_of
from memcert.engine.clients.loop_watch import LoopBlocked, at_most
from memcert.engine.programs.operation import Operation
from memcert.engine.running.runner import Runner
from memcert_backends.backend import Space
from memcert_backends.servers.contents import can_be_looked_into


def preflight(runner: Runner) -> Capabilities:
    """Open memories as the rules will, and find out what the backend can do.

    Args:
        runner: the backend under judgement; it is granted what it can do.

    Raises:
        BadFactory: the factory does not do what a factory must; one line that says what to do.
    """
    try:
        capabilities = runner.run(_inspect(runner))
    except BadFactory:
        raise
    except LoopBlocked as error:
        raise BadFactory(
            f"{runner.subject.backend.name!r} cannot be used at all: {error.operation} did not"
            f" end: {error}"
        ) from None
    except ERRORS as error:
        raise BadFactory(
            f"the factory of {runner.subject.backend.name!r} raises"
            f" {type(error).__name__}: {error} (after its yield)"
        ) from error
    runner.grant(capabilities)
    return capabilities


async def _inspect(runner: Runner) -> Capabilities:
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
        await _done(memory, write, name)
        after = await _done(memory, look, name)
        stranger = await _open(stack, runner, other)
        if stranger is memory:
            raise BadFactory(
                f"the factory of {name!r} yields the same memory for every space: make a new one"
                " with the user_id and session_id of the space"
            )
        if after and await _done(stranger, look, name) == after:
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
        try:
            return contract.detect(memory, backend, known)
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


async def _done(memory: Any, operation: Operation, name: str) -> object:
    with at_most(operation.seconds, "; ".join(operation.source("memory"))):
        outcome = await outcome_of(LocalHandle(memory, {}), operation)
    if outcome.error is not None:
        raise BadFactory(
            f"the memory of {name!r} cannot be used at all:"
            f" {'; '.join(operation.source('memory'))} {outcome}"
        ) from outcome.error
    return outcome.value


def _new_space(runner: Runner) -> Space:
    return Space(uuid.uuid4().hex, uuid.uuid4().hex, runner.subject.server)
