"""Where nothing can be written, a verdict is printed all the same."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

FAILING = ("certify", "memories.py:Broken", "--effort", "standard", "--rule", "DEL-02")
PASSING = ("certify", "memories.py:Broken", "--effort", "standard", "--rule", "ADD-01")
KEPT = '{"format": 1, "steps": [{"operation": "size"}]}'

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def obeying(folder: Path) -> Iterator[Command]:
    """Run memcert as somebody who obeys the modes of files, which root does not."""
    without: list[str] = []
    if os.getuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("NOT TESTED: root obeys no modes, and setpriv is not on PATH")
        without = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*without, sys.executable, "-m", "memcert", *arguments],
            cwd=folder,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    yield run
    folder.chmod(0o755)
    for name in (".memcert", ".memcert/memories.py_Broken"):
        if (folder / name).exists():
            (folder / name).chmod(0o755)


def test_a_failing_verdict_is_printed(obeying: Command, folder: Path) -> None:
    folder.chmod(0o555)
    done = obeying(*FAILING)
    assert (done.returncode, done.stderr) == (1, "")
    assert "\nDEL-02 failed: delete returns" in done.stdout
    assert "print(await memory.delete(" in done.stdout
    assert "the program that breaks DEL-02 is not kept: " in done.stdout
    assert "Permission denied" in done.stdout
    assert "memcert replay" not in done.stdout
    assert not (folder / ".memcert").exists()


def test_a_folder_that_cannot_be_looked_into_is_one(obeying: Command, folder: Path) -> None:
    (folder / ".memcert").mkdir(mode=0o000)
    done = obeying(*FAILING)
    assert (done.returncode, done.stderr) == (1, "")
    assert "is not kept: " in done.stdout


def test_a_passing_one_is_printed_too(obeying: Command, folder: Path) -> None:
    kept = folder / ".memcert" / "memories.py_Broken" / "ADD-01-00000000.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(KEPT)
    kept.parent.chmod(0o555)
    done = obeying(*PASSING)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{kept.relative_to(folder)} cannot be removed: Permission denied" in done.stdout
    kept.chmod(0o000)
    done = obeying(*PASSING)
    assert (done.returncode, done.stderr) == (0, "")


def test_reports_that_were_asked_for_and_cannot_be_are_known_at_once(
    obeying: Command, folder: Path
) -> None:
    folder.chmod(0o555)
    done = obeying(*FAILING, "--report-dir", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: the folder out cannot be written to: Permission denied\n"


def test_what_is_printed_to_be_replayed_can_be_pasted(folder: Path) -> None:
    odd = folder / "a 'folder' $HOME"
    odd.mkdir()
    (folder / "memories.py").rename(odd / "memories.py")
    name = f"{odd.name}/memories.py:Broken"
    run = [sys.executable, "-m", "memcert"]
    done = subprocess.run(
        [*run, "certify", name, "--rule", "DEL-02", "--counterexamples", "a b"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    # As soon as it is known, and at the end.
    first, last = [each for each in done.stdout.splitlines() if "memcert replay" in each]
    command = first.partition("replay: memcert ")[2]
    assert last.strip() == f"memcert {command}"
    again = subprocess.run(
        f"{shlex.join(run)} {command}",
        shell=True, cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert again.returncode == 1, again.stderr
    assert "the backend does not do what the contract says" in again.stdout
