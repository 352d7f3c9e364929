"""Real backends that keep the contract, and how the store of each is started.

``from memcert_backends import RedisMemory, AsyncSQLAlchemyMemory``: the drivers are imported when
a memory is asked for, and are extras of memcert.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from memcert_backends.backend import Backend, Space, backend

if TYPE_CHECKING:
    from memcert_backends.redis import RedisMemory
    from memcert_backends.sql import AsyncSQLAlchemyMemory

_HOMES = {
    "AsyncSQLAlchemyMemory": ("memcert_backends.sql", "sqlalchemy"),
    "RedisMemory": ("memcert_backends.redis", "redis"),
}

__all__ = ["AsyncSQLAlchemyMemory", "Backend", "RedisMemory", "Space", "backend"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, extra = _HOMES[name]
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        raise ImportError(
            f"{name} needs the extra {extra!r}: pip install 'memcert[{extra}]' ({error})"
        ) from error
