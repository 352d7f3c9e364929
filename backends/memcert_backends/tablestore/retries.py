"""Trying a request again, within a time limit."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from memcert_backends.tablestore.sdk import ots

TRANSIENT = frozenset(
    {
        "OTSFlowControl",
        "OTSInternalServerError",
        "OTSNotEnoughCapacityUnit",
        "OTSOperationConflict",
        "OTSOperationThrottled",
        "OTSPartitionUnavailable",
        "OTSRowOperationConflict",
        "OTSServerBusy",
        "OTSServerUnavailable",
        "OTSTableNotReady",
        "OTSTimeout",
    }
)
"""Codes of errors that the next try may not meet."""

TRIES_AFTER_LOST_CONNECTIONS = 3
"""How often a request is sent where connections break: a server that is gone keeps nobody."""

_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.5
_SERVER_ERROR = 500


class NoAnswer(TimeoutError):
    """The service did not answer in time; what was asked for may have happened."""


async def answered(ask: Callable[[], Awaitable[Any]], seconds: float) -> Any:
    """Ask until there is an answer, and return it.

    Whatever is asked for may be done twice: the caller sees to it that this makes no difference.

    Args:
        ask: sends the request once.
        seconds: how long it may take in all.

    Raises:
        NoAnswer: there was none in time.
        tablestore.OTSError: the service refuses it, or did so until the time was over.
        aiohttp.ClientError: the service cannot be reached.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    pause, lost, last = _FIRST_PAUSE, 0, None
    while True:
        try:
            async with asyncio.timeout_at(end):
                return await ask()
        except (aiohttp.ClientError, OSError) as error:
            # A time limit is an OSError, too: that of this loop, or the client's own.
            if isinstance(error, TimeoutError):
                if last is not None:
                    raise last from error
                raise NoAnswer(f"no answer within {seconds:g} s") from error
            lost += 1
            if lost == TRIES_AFTER_LOST_CONNECTIONS:
                raise
            last = error
        except ots.OTSError as error:
            if not is_transient(error):
                raise
            last = error
        delay = pause * random.uniform(0.5, 1.0)
        if loop.time() + delay >= end:
            raise last
        await asyncio.sleep(delay)
        pause = min(2 * pause, _LONGEST_PAUSE)


def is_transient(error: Any) -> bool:
    """Return whether the next try may go well.

    Args:
        error: what the SDK raised.
    """
    code = getattr(error, "code", None)
    if code == "OTSQuotaExhausted":
        # Of tables there may be too many, too; that does not pass.
        return "Too frequent" in str(error.message)
    return code in TRANSIENT or (error.http_status or 0) >= _SERVER_ERROR


def code_of(error: BaseException) -> str:
    """Return the code of a service's error; empty where it has none.

    Args:
        error: any error.
    """
    return str(getattr(error, "code", ""))
