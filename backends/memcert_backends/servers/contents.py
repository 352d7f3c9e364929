"""What a running store holds: which of its keys, rows or files have a text in them."""

from __future__ import annotations

from importlib import import_module

from memcert_backends.catalogue import STORES
from memcert_backends.servers.server import Server


def can_be_looked_into(store: str) -> bool:
    """Tell whether memcert knows how to look through all that a store holds.

    Args:
        store: one of `memcert_backends.catalogue.STORES`.
    """
    return bool(STORES[store].contents)


def places_of(server: Server, text: str) -> list[str]:
    """Return where a store holds a text: a line for each key, table or file.

    What counts is what the store gives to who asks it: what a server has freed, and not yet
    overwritten, in its files or its journal is not looked at. It waits for the server, so that an
    event loop calls it in a thread.

    Args:
        server: the running store, of a kind that `can_be_looked_into`.
        text: ASCII letters, digits and hyphens, which are the same in every encoding and in JSON.
    """
    module, _, name = STORES[server.store].contents.partition(":")
    found: list[str] = getattr(import_module(module), name)(server.url, text)
    return found
