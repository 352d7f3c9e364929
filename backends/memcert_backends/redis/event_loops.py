"""A client that is lent, and whose connections are of another event loop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import ConnectionError as RedisConnectionError

# As asyncio says it: "Event loop is closed", "... is bound to a different event loop", "...
# attached to a different loop". redis-py makes some of it its own error.
_WORDS = ("event loop is closed", "different event loop", "different loop")


@contextmanager
def other_loop_explained() -> Iterator[None]:
    """Say what to do where a client is used in an event loop that it does not belong to.

    Raises:
        RuntimeError: it is.
    """
    try:
        yield
    except (RuntimeError, RedisConnectionError) as error:
        if not any(words in str(error).lower() for words in _WORDS):
            raise
        raise RuntimeError(
            f"the client was used in another event loop before ({error}): its connections belong to"
            " that one. Make a client or pool in each loop, and close it there; or give"
            " RedisMemory a host and a port: its own client works in any loop"
        ) from error
