"""The command line, run in this process or in another one, in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from memcert.command_line import main
from memcert.short_term import CONTRACT

MEMORIES = '''\
"""Memories for the command line's tests."""

from memcert import backend
from memcert_reference import InMemoryMemory


class Good(InMemoryMemory):
    pass


class Broken(InMemoryMemory):
    async def delete(self, msg_ids):
        await super().delete(msg_ids)
        return len(msg_ids)


class Careless(InMemoryMemory):
    async def delete(self, msg_ids):
        return await super().delete(list(msg_ids) if isinstance(msg_ids, tuple) else msg_ids)


class Lossy(InMemoryMemory):
    def __init__(self, user_id, session_id):
        super().__init__()


class Shared(InMemoryMemory):
    entries = {}

    def __init__(self, space):
        super().__init__()
        self._entries = self.entries.setdefault((space.user_id, space.session_id), {})


@backend("process-local", process_local=True)
async def process_local(space):
    yield Shared(space)
'''

Memcert = Callable[..., Result]
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder but for ``memories.py``."""
    (tmp_path / "memories.py").write_text(MEMORIES)
    monkeypatch.chdir(tmp_path)
    # Naming a module puts the working folder on the path.
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


@pytest.fixture
def memcert(folder: Path) -> Memcert:
    """Run memcert in this process; an exception that nobody caught is raised."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, prog_name="memcert", catch_exceptions=False)

    return run


@pytest.fixture
def command(folder: Path) -> Command:
    """Run memcert in a process of its own."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "memcert", *arguments],
            cwd=folder,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def few_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certify by a few rules only, since a whole contract takes its time."""
    wanted = {"ADD-01", "DEL-01", "DEL-02", "ARG-03", "ARG-04", "DUR-01", "DUR-05", "EXP-01"}
    few = replace(CONTRACT, rules=[rule for rule in CONTRACT.rules if rule.id in wanted])
    for command, name in (("certify", "contract_of"), ("verify", "contract_named")):
        # The attribute of that name in the package is the command.
        module = import_module(f"memcert.command_line.{command}")
        monkeypatch.setattr(module, name, lambda _: few)
