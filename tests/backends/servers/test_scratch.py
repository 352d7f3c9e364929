"""Where temporary stores are."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest

from memcert_backends.servers.scratch import scratch_folder


@pytest.mark.parametrize(
    ("named", "room", "folder"),
    [("", 2**31, "/dev/shm"), ("", 2**20, None), ("/tmp", 2**31, None)],
    ids=["room", "no room", "another is named"],
)
def test_it_is_in_memory_where_there_is_room(
    named: str, room: int, folder: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", named)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=room))
    monkeypatch.setattr("os.access", lambda *_: True)
    assert scratch_folder() == folder


def test_where_there_is_no_such_folder_it_is_the_usual_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(_: str) -> None:
        raise FileNotFoundError

    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(shutil, "disk_usage", missing)
    assert scratch_folder() is None
