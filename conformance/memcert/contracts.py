"""The contracts that there are, by id: a row each, and those of installed packages.

A contract that comes with memcert is in a package of its own here; any other is an entry point in
the group ``memcert.contracts``, which leads to its `Contract`. Each is imported when it is asked
for.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from memcert.engine.contract import Contract

GROUP = "memcert.contracts"
"""The entry points of installed packages that name contracts."""

BUILT_IN = {
    "short-term": "memcert.short_term:CONTRACT",
}
"""The contracts that come with memcert, as ``module:name``."""


class UnknownContract(Exception):
    """There is no such contract; one line that says so."""


def ids() -> list[str]:
    """Return the ids of the built-in contracts and of those of installed packages."""
    return [*BUILT_IN, *sorted({point.name for point in entry_points(group=GROUP)} - {*BUILT_IN})]


@cache
def contract_of(contract_id: str) -> Contract:
    """Return a contract.

    Args:
        contract_id: its id.

    Raises:
        UnknownContract: there is none, or it cannot be imported; one line says why.
    """
    place = BUILT_IN.get(contract_id)
    if place is None:
        points = [point for point in entry_points(group=GROUP) if point.name == contract_id]
        if not points:
            near = difflib.get_close_matches(contract_id, ids(), n=1)
            hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(ids())}"
            raise UnknownContract(f"there is no contract {contract_id!r}: {hint}")
        place = points[0].value
    module, _, name = place.partition(":")
    try:
        found = getattr(import_module(module), name)
    except Exception as error:
        raise UnknownContract(
            f"the contract {contract_id!r} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(found, Contract):
        raise UnknownContract(f"{place} is of type {type(found).__name__}, and no Contract")
    return found


def contracts() -> Iterator[Contract]:
    """Give every contract, memcert's own first; each is imported when its turn comes.

    Raises:
        UnknownContract: one cannot be imported; one line says why.
    """
    yield from map(contract_of, ids())


def contract_named(name: str) -> Contract | None:
    """Return the contract of a certificate; None if it is not known here.

    Args:
        name: its name, as the certificate has it.
    """
    return next((each for each in contracts() if each.name == name), None)
