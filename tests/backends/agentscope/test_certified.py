"""memcert certifies the memories for AgentScope as it does any other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("agentscope.memory", reason="AgentScope 1.x is not here: nox -s agentscope")

FACTORIES = Path(__file__).with_name("factories.py")


@pytest.mark.parametrize(
    ("name", "level"), [("redis", "durable"), ("sqlite", "durable"), ("in_memory", "core")]
)
def test_it_reaches_its_level(
    name: str, level: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    # A redis-server takes less time than fakeredis.
    server = request.getfixturevalue("redis_server").url if name == "redis" else "embedded"
    done = subprocess.run(
        [
            sys.executable, "-m", "memcert", "certify",
            f"{FACTORIES}:{name}", "--server", server, "--level", level, "--strict",
            "--effort", "quick",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"level {level}, strict" in done.stdout
