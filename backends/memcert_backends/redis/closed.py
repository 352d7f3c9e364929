"""What CPython raises when something is written to a connection that has been closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis


@contextmanager
def closed_is_an_error_of_redis() -> Iterator[None]:
    """Raise redis-py's own error where CPython 3.12 and 3.13, before a fix, raise another one.

    https://github.com/python/cpython/issues/136234

    Raises:
        ConnectionError: of redis-py: the connection was closed.
    """
    try:
        yield
    except AttributeError as error:
        if error.name != "_add_writer":
            raise
        raise redis.ConnectionError("the connection was closed") from error
