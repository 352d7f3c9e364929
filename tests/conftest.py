"""What tests of any package use."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let interrupts come, here and in new processes: a shell's background jobs ignore them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Return a function that installs a package into a folder, with nothing from the network."""

    def install(package: Path) -> Path:
        target = tmp_path_factory.mktemp("site")
        done = subprocess.run(
            [
                sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                "--no-index", "--no-deps", "--no-build-isolation", "--target", str(target),
                str(package),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{done.stderr}\nhatchling and pip must be installed"
        return target

    return install
