"""memcert certifies the memories for AgentScope as it does any other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("agentscope.memory", reason="AgentScope 1.x is not here: nox -s agentscope")

FACTORIES = Path(__file__).with_name("factories.py")


# AgentScope wrote states before it had summaries, and its users' files are loaded still.
LOADS_OLD_STATES = ("STATE-05",)


@pytest.mark.parametrize(
    ("name", "level", "broken"),
    [("redis", "durable", ()), ("sqlite", "durable", ()), ("in_memory", "core", LOADS_OLD_STATES)],
)
def test_it_reaches_its_level(
    name: str,
    level: str,
    broken: tuple[str, ...],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    # A redis-server takes less time than fakeredis.
    server = request.getfixturevalue("redis_server").url if name == "redis" else "embedded"
    done = subprocess.run(
        [
            sys.executable, "-m", "memcert", "certify",
            f"{FACTORIES}:{name}", "--server", server, "--level", level, "--strict",
            "--report-dir", str(tmp_path),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=1200,
        check=False,
    )  # fmt: skip
    certificate = json.loads((tmp_path / "certificate.json").read_text("utf-8"))
    failed = [each["rule"] for each in certificate["verdicts"] if each["finding"] == "failed"]
    assert failed == list(broken), done.stdout + done.stderr
    if not broken:
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"level {level}, strict" in done.stdout
