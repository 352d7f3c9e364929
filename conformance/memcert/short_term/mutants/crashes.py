"""Mutants of the rules on processes that are killed: clients' and servers'."""

from __future__ import annotations

import asyncio
from typing import Any

from memcert.short_term.mutants.concurrency import others
from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import Marks, Memories, mutant
from memcert.short_term.mutants.networked import Networked
from memcert_reference import Msg
from memcert_reference.arguments import mark_list, message_records


@mutant("written-behind", "KILL-01")
class WrittenBehind(Kept):
    """Changes are kept in process, acknowledged, and stored when the memory is closed."""

    _loaded = False

    def _load(self) -> None:
        if not self._loaded:
            super()._load()
        self._loaded = True

    def _store(self) -> None:
        pass

    async def close(self) -> None:
        super()._store()
        await super().close()


@mutant("marks-afterwards", "KILL-02")
class MarksAfterwards(Kept):
    """Messages are stored in one transaction and their marks in the next, if it comes to that."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        messages = [Msg.from_record(record) for record in message_records(memories)]
        names = mark_list(marks)
        self._load()
        new = [each for each in messages if each.id not in self._entries]
        await super().add(new)
        # Long enough for a death at any moment.
        await others()
        await asyncio.sleep(0.005)
        await super().delete([each.id for each in new])
        await super().add(new, names)


@mutant("lock-of-the-dead", "KILL-03")
class LockOfTheDead(Kept):
    """A lock is a file that its owner removes, which a process that was killed never does."""

    async def add(self, memories: Memories, marks: Marks = None) -> None:
        lock = self._file(self._key()).with_suffix(".lock")
        lock.touch(exist_ok=False)
        try:
            await others()
            await super().add(memories, marks)
        finally:
            lock.unlink()


@mutant("nothing-on-disk", "CRASH-01", way="process")
class NothingOnDisk(Networked):
    """The server is told to keep what it stores in its memory alone."""

    _told = False

    async def _command(self, *parts: str | int) -> Any:
        if not self._told:
            await super()._command("CONFIG", "SET", "appendonly", "no")
            self._told = True
        return await super()._command(*parts)


@mutant("script-forgotten", "CRASH-03", way="process")
class ScriptForgotten(Networked):
    """Reads are a script that is sent once, and that a server which was started anew has not."""

    _digest = ""

    async def _command(self, *parts: str | int) -> Any:
        if parts[0] != "MGET":
            return await super()._command(*parts)
        if not self._digest:
            script = "return {redis.call('GET', KEYS[1])}"
            self._digest = (await super()._command("SCRIPT", "LOAD", script)).decode()
        return await super()._command("EVALSHA", self._digest, 1, *parts[1:])
