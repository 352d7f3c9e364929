"""What is said of a program that does not start."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcert_backends.servers import ServerUnavailable
from memcert_backends.servers.server_process import ServerProgram, logged, running


@pytest.mark.parametrize(
    ("script", "has_log", "said"),
    [
        ("exit 3", False, "it wrote no log (exit status 3)"),
        ("kill -9 $$", False, "it wrote no log (killed by signal 9)"),
        ("echo 'bad luck' >&2; echo; exit 3", True, "bad luck (exit status 3)"),
        ("echo 'all is well'; kill -9 $$", True, "all is well (killed by signal 9)"),
        ("kill -9 $$", True, "it wrote no log (killed by signal 9)"),
    ],
)
def test_says_why_a_program_does_not_start(
    script: str, has_log: bool, said: str, tmp_path: Path
) -> None:
    command = ["/bin/sh", "-c", script]
    program = ServerProgram(
        store="store",
        path="the program",
        folder=str(tmp_path),
        command=lambda _: logged(command) if has_log else command,
        ready=lambda *_: False,
    )
    with pytest.raises(ServerUnavailable) as caught, running(program):
        pass
    assert str(caught.value) == f"store: the program does not start: {said}"
