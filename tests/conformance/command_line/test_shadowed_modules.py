"""A file or a folder that takes the place of an installed package is named."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]

SHADOWS = {
    "redis/__init__.py": ("redis", ""),
    "redis.py": ("redis", "raise ImportError('not that one')\n"),
    "sqlalchemy.py": ("sqlite", ""),
    "sqlalchemy/__init__.py": ("sqlite", "def (:\n"),
}


@pytest.fixture
def shadowed(request: pytest.FixtureRequest, folder: Path) -> Path:
    path = folder / request.param
    path.parent.mkdir(exist_ok=True)
    path.write_text(SHADOWS[request.param][1])
    return path.parent if path.name == "__init__.py" else path


@pytest.mark.parametrize("shadowed", SHADOWS, indirect=True, ids=str)
def test_it_is_named_and_no_extra_is(
    command: Command, folder: Path, shadowed: Path, request: pytest.FixtureRequest
) -> None:
    backend = SHADOWS[request.node.callspec.params["shadowed"]][0]
    # As whoever has the working folder on PYTHONPATH.
    done = command(
        "certify", backend, "--rule", "ADD-01", "--effort", "quick", PYTHONPATH=str(folder)
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"{shadowed} takes the place of the installed package {shadowed.stem!r}" in line
    assert "pip install" not in line
    # In the folder alone it is in nobody's way.
    done = command("certify", backend, "--rule", "ADD-01", "--effort", "quick")
    assert done.returncode == 0, done.stderr


def test_a_folder_without_python_in_it_takes_no_place(command: Command, folder: Path) -> None:
    (folder / "redis").mkdir()
    (folder / "redis" / "redis.conf").touch()
    done = command(
        "certify", "redis", "--rule", "ADD-01", "--effort", "quick", PYTHONPATH=str(folder)
    )
    assert done.returncode == 0, done.stderr


def test_a_module_of_the_folder_is_found_before_an_installed_one(
    command: Command, folder: Path
) -> None:
    # There is one of that name in the standard library.
    (folder / "this.py").write_text((folder / "memories.py").read_text())
    assert "this" in sys.stdlib_module_names
    done = command("certify", "this:Good", "--rule", "ADD-01", "--effort", "quick")
    assert done.returncode == 0, done.stderr
