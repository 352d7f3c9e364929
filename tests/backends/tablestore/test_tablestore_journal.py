"""What the emulator as a process does when its journal cannot be written."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from memcert_backends.servers import KillableServer
from memcert_backends.tablestore import TablestoreMemory
from memcert_backends.tablestore.host import JOURNAL, READY
from memcert_backends.tablestore.journal import Journal
from memcert_backends.tablestore.process import killable_tablestore
from memcert_backends.tablestore.sdk import ots
from memcert_backends.tablestore.url import TablestoreURL
from memcert_reference import Msg

A = ("/PutRow", b"the first")
B = ("/DeleteRow", b"")


def test_what_was_appended_is_there_in_order(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    assert Journal(path).kept == []
    journal = Journal(path)
    journal.append(*A)
    journal.append(*B)
    assert Journal(path).kept == [A, B]


@pytest.mark.parametrize("cut", range(1, 16 + len(A[0]) + len(A[1])))
def test_what_is_not_whole_at_the_end_is_no_request_and_in_nobodys_way(
    tmp_path: Path, cut: int
) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.append(*B)
    journal.append(*A)
    os.truncate(path, path.stat().st_size - cut)
    journal = Journal(path)
    assert journal.kept == [B]
    journal.append(*A)
    assert Journal(path).kept == [B, A]


class _OnABrokenDisk(Journal):
    """Takes so many bytes and then no more, and cannot be cut back either."""

    taken: int
    is_broken = True

    def _write(self, entry: bytes) -> None:
        if self.is_broken:
            super()._write(entry[: self.taken])
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super()._write(entry)

    def _cut(self) -> None:
        if self.is_broken:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super()._cut()


@pytest.mark.parametrize("taken", [0, 1, 20])
def test_what_cannot_be_taken_back_at_once_is_taken_back_later(tmp_path: Path, taken: int) -> None:
    path = tmp_path / "journal"
    Journal(path).append(*A)
    journal = _OnABrokenDisk(path)
    journal.taken, journal.is_broken = taken, False
    journal.append(*A)
    journal.is_broken = True
    for _ in range(2):
        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            journal.append(*B)
    assert Journal(path).kept == [A, A]
    journal.is_broken = False
    journal.append(*B)
    assert Journal(path).kept == [A, A, B]


@contextmanager
def _full(folder: Path, more: int) -> Iterator[None]:
    """Have the files of the emulator grow by some bytes and no more: as on a disk that is full."""
    if not sys.platform.startswith("linux"):
        pytest.skip("NOT TESTED: the limits of another process are set on Linux only")
    import resource

    process = json.loads((folder / READY).read_text("utf-8"))["process"]
    size = (folder / JOURNAL).stat().st_size
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size + more, hard))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (hard, hard))


def _memory(killable: KillableServer) -> TablestoreMemory:
    place = TablestoreURL.parse(killable.server.url)
    return TablestoreMemory(**place.client_options, **place.memory_options, seconds_to_answer=1)


def _folder(killable: KillableServer) -> Path:
    processes: Any = killable._processes  # type: ignore[attr-defined]  # The only way to it.
    return Path(processes[0]._program.folder)


@pytest.mark.parametrize("more", [0, 1, 50])
def test_a_full_disk_and_then_a_restart(more: int) -> None:
    async def main(killable: KillableServer) -> None:
        folder = _folder(killable)
        async with _memory(killable) as memory:
            await memory.add(Msg("a", "text", "user", id="before"))
            with _full(folder, more):
                for _ in range(2):
                    with pytest.raises(ots.OTSServiceError, match="OTSServerUnavailable") as caught:
                        await memory.add(Msg("a", "text" * 100, "user", id="refused"))
                    assert "The journal of the emulator cannot be written" in str(caught.value)
                # What is there can be read.
                assert [it.id for it in await memory.get_memory()] == ["before"]
            await memory.add(Msg("a", "text", "user", id="after"))
        killable.kill()
        killable.restart()
        async with _memory(killable) as memory:
            assert [it.id for it in await memory.get_memory()] == ["before", "after"]
            await memory.add(Msg("a", "text", "user", id="later"))
        killable.kill()
        killable.restart()
        async with _memory(killable) as memory:
            assert [it.id for it in await memory.get_memory()] == ["before", "after", "later"]

    with killable_tablestore() as killable:
        asyncio.run(main(killable))
