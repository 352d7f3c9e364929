"""The operations as Lua scripts, which Redis runs whole, in one round trip each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, TypeAlias, cast
from weakref import WeakKeyDictionary, WeakSet

from redis.asyncio import Redis, RedisCluster
from redis.client import NEVER_DECODE
from redis.exceptions import NoPermissionError, NoScriptError, RedisClusterException

Client: TypeAlias = "Redis | RedisCluster"
"""A client of one server, or of a cluster."""

_FOLDER = files("memcert_backends.redis") / "lua"
_SHARED = "\n".join((_FOLDER / f"{name}.lua").read_text("utf-8") for name in ("space", "whole"))


class Script:
    """A script, sent by its digest once the server has it.

    The first call over a connection pool, or to a node of a cluster, sends the text, so that it is
    one round trip as well. A server that lost its scripts, by a restart or SCRIPT FLUSH, or a node
    that a slot moved to, gets the text in a second one.

    Args:
        name: the script's file in the folder ``lua``, without its suffix.
        reads: whether it changes nothing but the expiry. Where EVAL is refused to a user that may
            only read the keys, it is sent as EVAL_RO, which Redis has since 7.0.
    """

    def __init__(self, name: str, *, reads: bool = False) -> None:
        self.text = f"{_SHARED}\n{(_FOLDER / f'{name}.lua').read_text('utf-8')}".encode()
        self.digest = hashlib.sha1(self.text, usedforsecurity=False).hexdigest()
        self._reads = reads
        # Which servers have it, by their names. Pools go when their clients do, and take what is
        # known about them along.
        self._sent: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()

    async def run(
        self, client: Client, keys: Sequence[bytes], arguments: Sequence[str | bytes | int]
    ) -> Any:
        """Run the script and return its reply, strings as bytes.

        Args:
            client: where to run it.
            keys: the keys that it uses.
            arguments: its arguments; strings are sent as UTF-8, whatever the client's encoding.
        """
        pool = getattr(client, "connection_pool", client)
        sent_to = self._sent.setdefault(pool, set())
        server = _server_name(client, keys[0])
        encoded = (
            argument.encode() if isinstance(argument, str) else argument for argument in arguments
        )
        rest = (len(keys), *keys, *encoded)
        if not self._reads:
            return await self._run(client, "", server, sent_to, rest)
        suffix = "_RO" if pool in _READ_ONLY else ""
        try:
            return await self._run(client, suffix, server, sent_to, rest)
        except NoPermissionError:
            if suffix:
                raise
            reply = await self._run(client, "_RO", server, sent_to, rest)
            _READ_ONLY.add(pool)
            return reply

    async def _run(
        self,
        client: Client,
        suffix: str,
        server: str,
        sent_to: set[str],
        rest: tuple[int | bytes, ...],
    ) -> Any:
        options = {NEVER_DECODE: True}
        if server in sent_to:
            try:
                return await client.execute_command(
                    f"EVALSHA{suffix}", self.digest, *rest, **options
                )
            except NoScriptError:
                pass
        reply = await client.execute_command(f"EVAL{suffix}", self.text, *rest, **options)
        sent_to.add(server)
        return reply


_READ_ONLY: WeakSet[object] = WeakSet()
"""The pools whose user may only read."""


def _server_name(client: Client, key: bytes) -> str:
    """Return what tells the server that a key's commands go to from the client's other ones."""
    if not isinstance(client, RedisCluster):
        return ""
    try:
        node = client.get_node_from_key(cast(str, key))
    except RedisClusterException:
        # Before its first command a client knows no nodes.
        return ""
    return "" if node is None else node.name


ADD = Script("add")
DELETE = Script("delete")
DELETE_BY_MARK = Script("delete_by_mark")
SIZE = Script("size", reads=True)
CLEAR = Script("clear")
READ = Script("read", reads=True)
UPDATE_MARKS = Script("update_marks")
WRITE_SUMMARY = Script("write_summary")
EXPORT = Script("export", reads=True)
REPLACE = Script("replace")
