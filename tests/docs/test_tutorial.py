"""The tutorial's code and commands are run, and print what the page shows."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from memcert_reference import MemoryBase, Msg

PAGE = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text("utf-8")

CODE = dict(
    re.findall(r"^```\{code-block\} python\n:caption: (.*?)\n\n(.*?)^```$", PAGE, re.DOTALL | re.M)
)
"""The page's blocks of code, by their captions."""

SESSIONS = [
    (command, said)
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    for command, said in [block.removeprefix("$ ").split("\n", maxsplit=1)]
]
"""The page's commands, each with what it prints."""

HOME = "/home/me"
"""Where the page says that its files are."""


def formed(text: str) -> str:
    """Return text without what is another number, or another digest, with every run."""
    return re.sub(r"\d[\d,.]*\b", "0", re.sub(r"\b[0-9a-f]{64}\b", "SHA", text))


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    name, *arguments = command.split()
    assert name == "memcert"
    return subprocess.run(
        [sys.executable, "-P", "-m", name, *arguments],
        cwd=folder,
        env=os.environ | {"COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )


def assert_shown(said: str, printed: str) -> None:
    """Check that each part of what the page shows was printed, one after the other."""
    rest = printed
    for part in re.split(r"^\.\.\.$\n?", said, flags=re.MULTILINE):
        lines = formed(part.strip("\n"))
        before, found, rest = rest.partition(lines)
        assert found or not lines, f"{lines!r} is not in {before!r}"


def test_the_signatures_are_those_of_a_memory() -> None:
    names: dict[str, Any] = {"Msg": Msg}
    exec(f"from __future__ import annotations\n{CODE['The signatures']}", names)
    shown = {
        name: item for name, item in vars(names["MemoryBase"]).items() if inspect.isfunction(item)
    }
    known = {name: item for name, item in vars(MemoryBase).items() if inspect.isfunction(item)}
    assert list(shown) == list(known)
    for name, item in known.items():
        assert inspect.iscoroutinefunction(shown[name]) == inspect.iscoroutinefunction(item)
        if name != "__aexit__":
            assert str(inspect.signature(shown[name])) == str(inspect.signature(item)), name


def with_the_fix(notes: str) -> str:
    """Return the first memory with the method that the page replaces."""
    text, count = re.subn(
        r"^    async def delete\(self.*?\n(?=    async def )",
        lambda _: f"{CODE['notes.py, the method delete']}\n",
        notes,
        flags=re.DOTALL | re.MULTILINE,
    )
    assert count == 1
    return text


def assert_printed(folder: Path, command: str, said: str, status: int) -> None:
    done = run(folder, command)
    assert_shown(said, formed(done.stdout.replace(str(folder), HOME)))
    assert done.returncode == status


def test_every_command_of_the_page_is_run_here() -> None:
    assert SESSIONS[0] == ("pip install memcert", "")
    assert [command.split()[1] for command, _ in SESSIONS[1:]] == [
        *("certify", "replay", "certify"),
        "certify",
    ]


@pytest.mark.thorough
def test_the_mistake_is_found_and_the_fix_passes(tmp_path: Path) -> None:
    notes = tmp_path / "notes.py"
    notes.write_text(CODE["notes.py"], "utf-8")
    assert_printed(tmp_path, *SESSIONS[1], status=1)
    notes.write_text(with_the_fix(CODE["notes.py"]), "utf-8")
    assert_printed(tmp_path, *SESSIONS[2], status=0)
    assert_printed(tmp_path, *SESSIONS[3], status=0)


@pytest.mark.thorough
def test_the_memory_in_a_file_is_durable(tmp_path: Path) -> None:
    (tmp_path / "notes.py").write_text(with_the_fix(CODE["notes.py"]), "utf-8")
    (tmp_path / "file_notes.py").write_text(CODE["file_notes.py"], "utf-8")
    assert_printed(tmp_path, *SESSIONS[4], status=0)
