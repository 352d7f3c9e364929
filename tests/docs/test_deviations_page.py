"""The page on deviations is followed to the letter, and what it says of exit statuses holds."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from memcert.command_line import main
from memcert.short_term import CONTRACT

pytest_plugins = ["pytester"]

DOCS = Path(__file__).parents[2] / "docs"

PAGE = (DOCS / "how-to" / "deviations.md").read_text("utf-8")

CERTIFY, IN_PYTEST = PAGE.split("\n## In your own test suite\n")

MEMORY = """\
from memcert_reference import InMemoryMemory


class Memory(InMemoryMemory):
    async def delete(self, msg_ids):
        await super().delete(msg_ids)
        return len(msg_ids)
"""
"""A memory with the mistake that the page is about."""

MENDED = "from memcert_reference import InMemoryMemory as Memory\n"

FORGETFUL = f"{MEMORY}\n    async def size(self):\n        return 0\n"
"""The same memory with another mistake beside."""

CERTIFIED = ("certify", "memory.py:Memory", "--jobs", "1")
EXPECTED = (*CERTIFIED, "--deviations", "deviations.toml", "--expect", "core")


@pytest.mark.thorough
def test_it_is_followed(steps: Any, tmp_path: Path) -> None:
    tutorial = steps((DOCS / "tutorial.md").read_text("utf-8").partition("\n## Mend it\n")[0])
    for step in tutorial:
        # What the page begins with: the tutorial's memory, with the mistake that is made there.
        if getattr(step, "line", "").startswith("memcert new "):
            step.run(tmp_path)
        elif getattr(step, "caption", "").startswith("memory.py, "):
            step.make(tmp_path)
    followed = steps(CERTIFY)
    assert sum(hasattr(step, "line") for step in followed) == 3
    for step in followed:
        if hasattr(step, "line"):
            step.run(tmp_path)
        else:
            assert (tmp_path / step.caption).exists()
            step.make(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which what failed is declared; from then on the contract has two rules."""
    folder = tmp_path_factory.mktemp("declared")
    (folder / "memory.py").write_text(MEMORY, "utf-8")
    two = replace(CONTRACT, rules=[CONTRACT.by_id[each] for each in ("DEL-02", "SIZE-01")])
    with pytest.MonkeyPatch.context() as patch:
        for name in ("certify", "deviations"):
            module = import_module(f"memcert.command_line.{name}")
            patch.setattr(module, "contract_of", lambda _: two)
        patch.chdir(folder)
        assert run(*CERTIFIED).exit_code == 1
        write = ("deviations", "write", "memory.py:Memory", "deviations.toml")
        assert run(*write).exit_code == 0
        assert run(*write).exit_code == 2
        yield folder


@pytest.fixture
def folder(declared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, to work in."""
    copied = shutil.copytree(declared, tmp_path / "copied")
    monkeypatch.chdir(copied)
    return copied


def change(folder: Path, pattern: str, text: str) -> None:
    file = folder / "deviations.toml"
    changed, count = re.subn(pattern, text, file.read_text("utf-8"), flags=re.MULTILINE)
    assert count == 1
    file.write_text(changed, "utf-8")


def test_what_was_declared_fails_and_nothing_else(folder: Path) -> None:
    assert run(*EXPECTED).exit_code == 0
    assert run(*CERTIFIED, "--deviations", "deviations.toml").exit_code == 1


@pytest.mark.parametrize("part", [("--rule", "DEL-02"), ("--failed",)], ids=" ".join)
def test_it_takes_a_whole_run(folder: Path, part: tuple[str, ...]) -> None:
    assert run(*EXPECTED, *part).exit_code == 1
    assert run(*EXPECTED, "--effort", "quick").exit_code == 2


def test_something_else_fails(folder: Path) -> None:
    (folder / "memory.py").write_text(FORGETFUL, "utf-8")
    done = run(*EXPECTED)
    assert "1 failed, 1 deviates" in done.stdout
    assert done.exit_code == 1


def test_it_is_mended(folder: Path) -> None:
    (folder / "memory.py").write_text(MENDED, "utf-8")
    done = run(*EXPECTED)
    assert "the deviation from DEL-02 no longer fails: its program keeps the rule" in PAGE
    assert "the deviation from DEL-02 no longer fails: its program keeps the rule" in done.stdout
    assert done.exit_code == 1


def test_it_is_expired(folder: Path) -> None:
    change(folder, "^expires = .*$", "expires = 2020-01-31")
    done = run(*EXPECTED)
    assert "the deviation from DEL-02 expired on 2020-01-31" in PAGE
    assert "the deviation from DEL-02 expired on 2020-01-31" in done.stdout
    assert done.exit_code == 1


def test_it_was_not_used(folder: Path) -> None:
    done = run(*EXPECTED, "--rule", "SIZE-01")
    assert "the deviation from DEL-02 is not used: the rule was not checked" in PAGE
    assert "the deviation from DEL-02 is not used: the rule was not checked" in done.stdout
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\A(?s:.*)\Z", ""),
        ("^link = .*$", ""),
        ("^rule = .*$", 'rule = "DEL-99"'),
        ("^program = .*$", 'program = "none.json"'),
        (r"\A(?s:.*)\Z", r"\g<0>\g<0>"),
    ],
    ids=["nothing declared", "no link", "unknown rule", "no program", "a rule twice"],
)
def test_the_file_is_wrong(folder: Path, pattern: str, text: str) -> None:
    change(folder, pattern, text)
    done = run(*EXPECTED)
    assert done.stderr.startswith("Error: deviations.toml")
    assert done.exit_code == 2


def test_no_file(folder: Path) -> None:
    assert run(*CERTIFIED, "--expect", "core").exit_code == 2
    (folder / "deviations.toml").unlink()
    assert run(*EXPECTED).exit_code == 2


def test_in_pytest(
    folder: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    asked = (
        *("-p", "no:cacheprovider", "--memcert-backend", "memory.py:Memory"),
        *("--memcert-deviations", str(folder / "deviations.toml"), "-k", "DEL-01 or DEL-02"),
    )
    assert "--memcert-deviations deviations.toml" in IN_PYTEST
    pytester.makepyfile(memory=MEMORY)
    done = pytester.runpytest_subprocess(*asked)
    done.assert_outcomes(passed=1, xfailed=1)
    assert done.ret == 0
    pytester.makepyfile(memory=MENDED)
    done = pytester.runpytest_subprocess(*asked)
    assert done.ret == 1
