"""A memory in Redis, its backend, and how a Redis is started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memcert_backends.extras import Home, imported

if TYPE_CHECKING:
    from memcert_backends.redis.memory import RedisMemory

__all__ = ["RedisMemory"]

_HOMES = {"RedisMemory": Home("memcert_backends.redis.memory", "redis")}


def __getattr__(name: str) -> Any:
    return imported(name, _HOMES, __name__)
