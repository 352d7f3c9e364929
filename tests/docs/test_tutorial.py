"""The tutorial is followed to the letter, from an empty folder to a level."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from memcert_reference import MemoryBase, Msg

PAGE = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text("utf-8")

TO_CORE, TO_DURABLE = PAGE.split("\n## Keep it\n")
"""The page, in two parts: the second takes what the first has made."""

INSTALL = "pip install memcert"
SIGNATURES = "The signatures"
"""The caption of the only code that is not to be written anywhere."""


def is_command(step: Any) -> bool:
    return hasattr(step, "line")


def is_edit(step: Any) -> bool:
    return hasattr(step, "code") and step.caption != SIGNATURES


def test_the_signatures_are_those_of_a_memory(steps: Any) -> None:
    (code,) = [step.code for step in steps(PAGE) if getattr(step, "caption", "") == SIGNATURES]
    names: dict[str, Any] = {"Msg": Msg}
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


def test_the_page_goes_from_new_to_a_level(steps: Any) -> None:
    to_core, to_durable = (
        [step for step in steps(part) if is_command(step)] for part in (TO_CORE, TO_DURABLE)
    )
    assert [step.line for step in to_core[:2]] == [INSTALL, "memcert new memory.py"]
    assert re.search(r"^memory\.py:Memory: level core, strict\b", to_core[-1].said, re.MULTILINE)
    assert re.search(r"^file-memory: level durable, strict$", to_durable[-1].said, re.MULTILINE)
    assert to_core[-1].status == to_durable[-1].status == 0


@pytest.mark.thorough
def test_it_is_followed_to_core(steps: Any, tmp_path: Path) -> None:
    for step in steps(TO_CORE):
        if is_edit(step):
            step.make(tmp_path)
        elif is_command(step) and step.line != INSTALL:
            step.run(tmp_path)


@pytest.mark.thorough
def test_it_is_followed_to_durable(steps: Any, tmp_path: Path) -> None:
    for step in steps(TO_CORE):
        if is_edit(step):
            step.make(tmp_path)
        elif is_command(step) and step.line.startswith("memcert new "):
            step.run(tmp_path)
    for step in steps(TO_DURABLE):
        if is_edit(step):
            step.make(tmp_path)
        elif is_command(step):
            step.run(tmp_path)
