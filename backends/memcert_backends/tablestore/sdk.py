"""The vendor's SDK, imported without its complaints, and a client that does not hang."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SECONDS_TO_ANSWER = 4.0
"""How long a request may take, with its repetitions, in seconds."""

_COMPLAINING = ("tablestore.encoder", "tablestore.decoder")
_LOGGER = "memcert.tablestore"


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out what the SDK says at import where it has no compiled parts for this Python."""
    loggers = [logging.getLogger(name) for name in _COMPLAINING]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


with _quiet():
    import tablestore

ots: Any = tablestore
"""The SDK, which has no types."""

OPTIONS = frozenset(
    {
        "credentials_provider",
        "extra_headers",
        "force_close",
        "keepalive_timeout",
        "logger_name",
        "max_connection",
        "region",
        "ssl_version",
    }
)
"""What else of ``tablestore.AsyncOTSClient`` a client may be made with."""


def new_client(
    end_point: str,
    instance_name: str,
    access_key_id: str | None = None,
    access_key_secret: str | None = None,
    sts_token: str | None = None,
    *,
    timeout: float = SECONDS_TO_ANSWER,
    **options: Any,
) -> Any:
    """Return an ``AsyncOTSClient`` for memories to share: it leaves it to them to try again.

    Args:
        end_point: the service's URL.
        instance_name: the instance.
        access_key_id: who asks; None where a credentials provider says that.
        access_key_secret: the key's secret.
        sts_token: the token of a temporary key.
        timeout: how long it waits for a connection, and for an answer, in seconds.
        options: some of `OPTIONS`.
    """
    return ots.AsyncOTSClient(
        end_point,
        access_key_id,
        access_key_secret,
        instance_name,
        sts_token=sts_token,
        socket_timeout=timeout,
        # The SDK's own policies wait for a minute, and know nothing of broken connections.
        retry_policy=ots.NoRetryPolicy(),
        **{"logger_name": _logger_name(), **options},
    )


def _logger_name() -> str:
    # A logger without a level of its own has the SDK write every request out as text, and throw
    # that away, which takes longer than the request. What it calls errors may be answers like any
    # other here, and what is an error is raised.
    logging.getLogger(_LOGGER).setLevel(logging.CRITICAL)
    return _LOGGER
