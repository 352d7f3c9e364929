"""Pages are followed to the letter: what they have one write, run, and see."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import TypeAlias

import pytest

HOME = "/home/me"
"""Where the pages say that files are."""

BLOCK = re.compile(
    r"^(?P<indent> *)```(?:console|\{code-block\} \w+\n *:caption: (?P<caption>.*?)\n)\n"
    r"(?P<text>.*?)^(?P=indent)```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Edit:
    """Code to be written.

    Args:
        caption: a file, or a file and a method of it: ``memory.py, the method delete``.
        code: the code.
    """

    caption: str
    code: str

    def make(self, folder: Path) -> None:
        """Write the code, in the place of a method if that is said.

        Args:
            folder: where the files are.
        """
        name, _, method = self.caption.partition(", the method ")
        file = folder / name
        if not method:
            file.write_text(self.code, "utf-8")
            return
        text, count = re.subn(
            rf"^    async def {method}\(self.*?\n(?=    async def )",
            lambda _: f"{self.code}\n",
            file.read_text("utf-8"),
            flags=re.DOTALL | re.MULTILINE,
        )
        assert count == 1
        file.write_text(text, "utf-8")


@dataclass(frozen=True)
class Command:
    """A command to be run.

    Args:
        line: the command.
        said: what the page shows of what it prints.
        status: its exit status, which is 0 unless the page asks for it with ``echo $?``.
    """

    line: str
    said: str
    status: int

    def run(self, folder: Path) -> None:
        """Run it, and compare what is printed and its exit status with what the page says.

        Args:
            folder: where.
        """
        name, *arguments = self.line.split()
        assert name == "memcert"
        done = subprocess.run(
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
        assert_shown(self.said, formed(done.stdout.replace(str(folder), HOME)))
        assert done.returncode == self.status


Step: TypeAlias = Edit | Command
Steps: TypeAlias = Callable[[str], list[Step]]


def formed(text: str) -> str:
    """Return text without what is another number, or another digest, with every run."""
    return re.sub(r"\d[\d,.]*\b", "0", re.sub(r"\b[0-9a-f]{64}\b", "SHA", text))


def assert_shown(said: str, printed: str) -> None:
    """Check that each part of what the page shows was printed, one after the other."""
    rest = f"\n{printed}"
    for part in re.split(r"^\.\.\.$\n?", said, flags=re.MULTILINE):
        lines = formed(part.strip("\n"))
        if lines:
            before, found, after = rest.partition(f"\n{lines}\n")
            assert found, f"{lines!r} is not in {before!r}"
            rest = f"\n{after}"


def _steps(text: str) -> Iterator[Step]:
    for block in BLOCK.finditer(text):
        said = dedent(block["text"]) if block["indent"] else block["text"]
        if block["caption"]:
            yield Edit(block["caption"], said.removeprefix("\n"))
            continue
        sessions = re.split(r"^\$ ", said, flags=re.MULTILINE)[1:]
        commands = [session.split("\n", maxsplit=1) for session in sessions]
        for number, (line, printed) in enumerate(commands):
            if line == "echo $?":
                continue
            after = commands[number + 1 : number + 2]
            status = int(after[0][1]) if after and after[0][0] == "echo $?" else 0
            yield Command(line, printed, status)


@pytest.fixture
def steps() -> Steps:
    """Return a function that returns what a part of a page has one do, in its order."""
    return lambda text: list(_steps(text))
