"""What a memory is made with, checked."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from memcert_backends.tablestore.sdk import OPTIONS, new_client, ots
from memcert_reference.values import plain_text

_TABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_SEARCHING = ("text_field", "embedding_field", "vector_dimension")


def checked_table_name(value: object) -> str:
    """Return a table's name.

    Args:
        value: what the caller gave.

    Raises:
        TypeError: it is not a string.
        ValueError: Tablestore does not admit it.
    """
    name = plain_text(value, "table_name")
    if not _TABLE_NAME.fullmatch(name):
        raise ValueError(
            "table_name must be 1 to 255 ASCII letters, digits and underscores, not a digit first,"
            f" not {name!r}"
        )
    return name


def check_options(options: dict[str, Any]) -> None:
    """Refuse what a memory does not take.

    Args:
        options: what the caller gave beside the memory's own arguments.

    Raises:
        TypeError: it takes one of them not; one line says why.
    """
    for name in options:
        if name in _SEARCHING:
            raise TypeError(f"TablestoreMemory uses no search index, so it takes no {name!r}")
        if name not in OPTIONS:
            known = ", ".join(sorted(OPTIONS))
            raise TypeError(f"TablestoreMemory takes no {name!r}; of the client's: {known}")


def check_lent(client: object, given: dict[str, Any]) -> None:
    """Refuse a client that is none, or that is given beside what makes another one.

    Args:
        client: what the caller lends.
        given: what a client would be made with, None for what was not given.

    Raises:
        TypeError: it is none, or not alone.
    """
    beside = [name for name, value in given.items() if value is not None]
    if beside:
        raise TypeError(f"a client is given, and {', '.join(beside)} as well")
    if not isinstance(client, ots.AsyncOTSClient):
        raise TypeError(f"client must be a tablestore.AsyncOTSClient, not {type(client).__name__}")


def own_client(given: dict[str, Any], seconds: float) -> Any:
    """Return a client of a memory's own.

    Args:
        given: what it is made with, None for what was not given.
        seconds: how long it waits for an answer.

    Raises:
        TypeError: something is missing, or of the wrong type.
        ValueError: something is empty, or the end point is no URL.
    """
    needed = ["end_point", "instance_name"]
    if given.get("credentials_provider") is None:
        needed += ["access_key_id", "access_key_secret"]
    missing = [name for name in needed if given[name] is None]
    if missing:
        raise TypeError(f"TablestoreMemory needs {', '.join(missing)}, or a client")
    for name in (*needed, "sts_token"):
        if given[name] is not None and not plain_text(given[name], name):
            raise ValueError(f"{name} must not be empty")
    if urlsplit(given["end_point"]).scheme not in {"http", "https"}:
        raise ValueError("end_point must be a URL that starts with http:// or https://")
    return new_client(**given, timeout=seconds)
