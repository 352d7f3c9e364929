"""A running store, and the ways to start one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal

How = Literal["embedded", "process", "container"]
"""How a store is started; the fourth way is the URL of a running one."""

WAYS = ("embedded", "process", "container", "url")
"""How a store can be had."""


@dataclass(frozen=True)
class Server:
    """A running store.

    Args:
        url: where clients connect.
        store: which store it is, such as ``redis``.
        how: how it was started: one of `How`, or ``url``.
        version: what runs there, for the certificate.
        fresh: starts another one like it that nothing was ever stored in; None where that
            cannot be had.
    """

    url: str
    store: str
    how: str
    version: str
    fresh: Callable[[], AbstractContextManager[Server]] | None = field(
        default=None, compare=False, repr=False
    )


class ServerUnavailable(Exception):
    """A store cannot be started, or reached, in the way that was asked for; one line why."""
