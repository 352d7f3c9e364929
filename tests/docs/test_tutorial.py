"""The tutorial is followed to the letter: what it has one write, run, and see."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from memcert_reference import MemoryBase, Msg

PAGE = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text("utf-8")

TO_CORE, TO_DURABLE = PAGE.split("\n## Keep it\n")
"""The page, in two parts: the second takes what the first has made."""

HOME = "/home/me"
"""Where the page says that its files are."""

SIGNATURES = "The signatures"
"""The caption of the only code that is not to be written anywhere."""


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
            assert not file.exists()
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


def steps(part: str) -> Iterator[Edit | Command]:
    """Yield what a part of the page has one do, in its order."""
    blocks = re.findall(
        r"^```(?:\{code-block\} python\n:caption: (.*?)\n|console)\n(.*?)^```$",
        part,
        re.DOTALL | re.MULTILINE,
    )
    for caption, text in blocks:
        if caption == SIGNATURES:
            continue
        if caption:
            yield Edit(caption, text)
            continue
        commands = [
            each.split("\n", maxsplit=1) for each in re.split(r"^\$ ", text, flags=re.M)[1:]
        ]
        for number, (line, said) in enumerate(commands):
            if line == "echo $?":
                continue
            asked = commands[number + 1 :][:1]
            status = int(asked[0][1]) if asked and asked[0][0] == "echo $?" else 0
            yield Command(line, said, status)


def formed(text: str) -> str:
    """Return text without what is another number, or another digest, with every run."""
    return re.sub(r"\d[\d,.]*\b", "0", re.sub(r"\b[0-9a-f]{64}\b", "SHA", text))


def assert_shown(said: str, printed: str) -> None:
    """Check that each part of what the page shows was printed, one after the other."""
    rest = printed
    for part in re.split(r"^\.\.\.$\n?", said, flags=re.MULTILINE):
        lines = formed(part.strip("\n"))
        before, found, rest = rest.partition(lines)
        assert found or not lines, f"{lines!r} is not in {before!r}"


def follow(part: str, folder: Path, wanted: Callable[[Command], bool] = lambda _: True) -> None:
    for step in steps(part):
        if isinstance(step, Edit):
            step.make(folder)
        elif step.line.split()[0] == "memcert" and wanted(step):
            step.run(folder)


def test_the_signatures_are_those_of_a_memory() -> None:
    names: dict[str, Any] = {"Msg": Msg}
    (code,) = re.findall(rf":caption: {SIGNATURES}\n\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    exec(f"from __future__ import annotations\n{code}", names)
    shown = {
        name: item for name, item in vars(names["MemoryBase"]).items() if inspect.isfunction(item)
    }
    known = {name: item for name, item in vars(MemoryBase).items() if inspect.isfunction(item)}
    assert list(shown) == list(known)
    for name, item in known.items():
        assert inspect.iscoroutinefunction(shown[name]) == inspect.iscoroutinefunction(item)
        if name != "__aexit__":
            assert str(inspect.signature(shown[name])) == str(inspect.signature(item)), name


def test_the_page_goes_from_new_to_a_level() -> None:
    lines = [step.line for step in steps(PAGE) if isinstance(step, Command)]
    assert lines[:2] == ["pip install memcert", "memcert new memory.py"]
    *_, core = [step for step in steps(TO_CORE) if isinstance(step, Command)]
    *_, durable = [step for step in steps(TO_DURABLE) if isinstance(step, Command)]
    for level, last in (("core", core), ("durable", durable)):
        assert f": level {level}, strict" in last.said
        assert last.status == 0


@pytest.mark.thorough
def test_it_is_followed_to_core(tmp_path: Path) -> None:
    follow(TO_CORE, tmp_path)


@pytest.mark.thorough
def test_it_is_followed_to_durable(tmp_path: Path) -> None:
    follow(TO_CORE, tmp_path, lambda command: command.line.startswith("memcert new "))
    follow(TO_DURABLE, tmp_path)
