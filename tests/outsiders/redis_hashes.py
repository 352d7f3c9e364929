"""Agent memory in Redis: a hash of messages by id, and a list for their order."""

import json
from abc import ABC, abstractmethod

from redis.asyncio import Redis

from memcert import backend
from memcert_reference import Msg


class MemoryBase(ABC):
    """What every memory of ours has."""

    @abstractmethod
    async def add(self, memories, marks=None): ...

    @abstractmethod
    async def delete(self, msg_ids): ...

    @abstractmethod
    async def size(self): ...

    @abstractmethod
    async def clear(self): ...

    @abstractmethod
    async def get_memory(self, mark=None, exclude_mark=None, prepend_summary=True): ...

    async def delete_by_mark(self, mark):
        raise NotImplementedError(
            f"delete_by_mark is not implemented in {self.__class__.__name__}"
        )

    async def update_messages_mark(self, new_mark, old_mark=None, msg_ids=None):
        raise NotImplementedError(
            f"update_messages_mark is not implemented in {self.__class__.__name__}"
        )

    async def update_compressed_summary(self, summary):
        self._compressed_summary = summary


class RedisHashMemory(MemoryBase):
    def __init__(self, client: Redis, user_id: str, session_id: str):
        self.client = client
        prefix = f"agent:{user_id}:{session_id}"
        self.messages_key = f"{prefix}:messages"
        self.marks_key = f"{prefix}:marks"
        self.order_key = f"{prefix}:order"
        self.summary_key = f"{prefix}:summary"
        self._compressed_summary = ""

    async def add(self, memories, marks=None):
        if memories is None:
            return
        if isinstance(memories, Msg):
            memories = [memories]
        if marks is None:
            marks = []
        elif isinstance(marks, str):
            marks = [marks]
        for msg in memories:
            if await self.client.hexists(self.messages_key, msg.id):
                continue
            await self.client.hset(self.messages_key, msg.id, json.dumps(msg.to_dict()))
            await self.client.hset(self.marks_key, msg.id, json.dumps(marks))
            await self.client.rpush(self.order_key, msg.id)

    async def delete(self, msg_ids):
        for msg_id in msg_ids:
            await self.client.lrem(self.order_key, 0, msg_id)
        await self.client.hdel(self.marks_key, *msg_ids)
        return await self.client.hdel(self.messages_key, *msg_ids)

    async def size(self):
        return await self.client.hlen(self.messages_key)

    async def clear(self):
        await self.client.delete(self.messages_key, self.marks_key, self.order_key)

    async def get_memory(self, mark=None, exclude_mark=None, prepend_summary=True):
        result = []
        if prepend_summary:
            summary = await self.client.get(self.summary_key)
            if summary:
                result.append(Msg("user", summary.decode(), "user"))
        messages = await self.client.hgetall(self.messages_key)
        all_marks = await self.client.hgetall(self.marks_key)
        for msg_id in await self.client.lrange(self.order_key, 0, -1):
            marks = json.loads(all_marks[msg_id])
            if mark is not None and mark not in marks:
                continue
            if exclude_mark is not None and exclude_mark in marks:
                continue
            result.append(Msg.from_dict(json.loads(messages[msg_id])))
        return result

    async def update_compressed_summary(self, summary):
        await super().update_compressed_summary(summary)
        await self.client.set(self.summary_key, summary)

    def state_dict(self):
        return {"_compressed_summary": self._compressed_summary}

    def load_state_dict(self, state, strict=True):
        if strict and "_compressed_summary" not in state:
            raise KeyError("_compressed_summary")
        self._compressed_summary = state.get("_compressed_summary", "")


@backend("redis-hashes", store="redis")
async def redis_hashes(space):
    async with Redis.from_url(space.server.url) as client:
        yield RedisHashMemory(client, space.user_id, space.session_id)
