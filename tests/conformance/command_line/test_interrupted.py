"""Ctrl-C ends a run: one line, an exit status of its own, and nothing is left running."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("interruptible")


def _certify(folder: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "memcert", "certify", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder)},
    )


@pytest.mark.parametrize(
    "options", [("sqlite",), ("redis",), ("redis", "--server", "process")], ids=" ".join
)
@pytest.mark.parametrize("seconds", [0.2, 1.0])
def test_it_says_so_and_leaves_nothing(
    options: tuple[str, ...], seconds: float, tmp_path: Path
) -> None:
    if "process" in options and shutil.which("redis-server") is None:
        pytest.skip("NOT TESTED: redis-server is not on PATH")
    with _certify(tmp_path, *options) as run:
        assert run.stdout is not None
        assert run.stdout.readline().startswith(f"memcert: certifying {options[0]}")
        time.sleep(seconds)
        run.send_signal(signal.SIGINT)
        _, complaints = run.communicate(timeout=60)
    assert (run.returncode, complaints) == (130, "Error: interrupted\n")
    left = {file.name for file in tmp_path.iterdir()}
    assert left <= {".memcert"}
    processes = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, check=False)
    assert processes.stdout == b""
