"""A store that is reached at other addresses than its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from memcert_backends.servers.server import Address, Server


def reachable(server: Server, address: Address | None, url_at: Callable[[Address], str]) -> Server:
    """Return a server of one node, with its address and the way to reroute it.

    Args:
        server: the server.
        address: where clients connect; None if that is not known.
        url_at: returns the URL with which they connect somewhere else.
    """
    if address is None:
        return server
    return replace(server, addresses=(address,), rerouted=partial(_rerouted, server, url_at))


def at_other_addresses(server: Server, url: str, addresses: Sequence[Address]) -> Server:
    """Return what clients see of a server that they reach at other addresses.

    Args:
        server: the server.
        url: where they connect.
        addresses: the other addresses.
    """
    # What else can be started is not behind these addresses.
    return replace(
        server, url=url, addresses=tuple(addresses), fresh=None, rerouted=None, killable=None
    )


@contextmanager
def _rerouted(
    server: Server, url_at: Callable[[Address], str], addresses: Sequence[Address]
) -> Iterator[Server]:
    if len(addresses) != 1:
        raise ValueError(f"{server.store} has one address, not {len(addresses)}")
    yield at_other_addresses(server, url_at(addresses[0]), addresses)
