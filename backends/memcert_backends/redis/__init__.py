"""A memory in Redis."""

from memcert_backends.redis.memory import RedisMemory

__all__ = ["RedisMemory"]
