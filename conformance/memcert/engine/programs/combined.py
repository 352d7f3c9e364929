"""Two programs as one."""

from __future__ import annotations

from dataclasses import replace

from memcert.engine.programs.program import Program


def one_after_the_other(first: Program, second: Program) -> Program | None:
    """Return a program that does what one does and then what another one does.

    Args:
        first: what is done first, in spaces of its own.
        second: what is done then.

    Returns:
        None where something is done at the same time, or goes wrong: when, is up to each program.
    """
    if first.is_concurrent or second.is_concurrent:
        return None
    clients, spaces = len(first.clients), len(first.spaces)
    return replace(
        second,
        steps=(
            *first.steps,
            *(replace(step, client=step.client + clients) for step in second.steps),
        ),
        spaces=(*first.spaces, *second.spaces),
        clients=(
            *first.clients,
            *(replace(client, space=client.space + spaces) for client in second.clients),
        ),
        blind_to=tuple(dict.fromkeys((*first.blind_to, *second.blind_to))),
        expiry=max(first.expiry, second.expiry),
    )
