"""How an emulator is started and ended, and what it is made of."""

from __future__ import annotations

import ast
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import tablestore_emulator as package
from tablestore_emulator import EmulatorUnavailable, emulator
from tablestore_emulator.__main__ import main, parsed

FOLDER = Path(package.__file__).parent


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("in_thread", [False, True])
def test_it_lives_as_long_as_its_context(store_of: Any, in_thread: bool) -> None:
    with emulator(in_thread=in_thread) as running:
        store = store_of(running)
        store.table()
        assert store.client.list_table() == ("t",)
        store.client.connection.pool.clear()
    assert running.process_id is None or not _is_alive(running.process_id)
    port = int(running.end_point.rpartition(":")[2])
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.1", port)) != 0


def test_its_process_ends_with_the_one_that_started_it() -> None:
    script = (
        "import os, sys\n"
        "from tablestore_emulator import emulator\n"
        "context = emulator()\n"
        "running = context.__enter__()\n"
        "print(running.process_id, flush=True)\n"
        "os._exit(1)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True
    )
    process = int(ended.stdout)
    deadline = time.monotonic() + 20
    while _is_alive(process):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("in_thread", [False, True])
def test_a_port_that_is_taken(in_thread: bool) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with (
            pytest.raises(EmulatorUnavailable, match=f"(?s)127.0.0.1.*{port}"),
            emulator(port=port, in_thread=in_thread),
        ):
            raise AssertionError


def test_the_program_says_where_it_is_and_ends_when_told() -> None:
    command = [sys.executable, "-m", package.__name__, "--port", "0", "--seed", "3", "--lag", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(6)]
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert lines[0].startswith("end point: http://127.0.0.1:")
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "control port",
        "control token",
        "instance name",
        "access key id",
        "access key secret",
    ]


def test_what_the_program_is_asked_for() -> None:
    asked = parsed(["--port", "1234", "--lag", "manual", "--no-transactions", "--key-id", "me"])
    assert (asked.port, str(asked.settings.lag), asked.settings.access_key_id) == (
        1234,
        "manual",
        "me",
    )
    assert not asked.settings.has_transactions
    standard = parsed([])
    assert (standard.port, str(standard.settings.lag)) == (8087, "1-3s")


def test_bad_options_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--lag", "soon"])
    assert "a lag is such as 1-3s, 20ms, 0 or manual, not 'soon'" in capsys.readouterr().err


def test_a_snapshot_that_is_none_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "state"
    path.write_text("{}")
    assert main(["--port", "0", "--snapshot", str(path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("the emulator does not start: no snapshot of the format")
    assert said.count("\n") == 1


def test_it_imports_nothing_else_of_memcert() -> None:
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                if name.startswith("memcert"):
                    assert name.startswith(package.__name__), f"{path.name} imports {name}"


def test_the_fixture(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(f"pytest_plugins = ['{package.__name__}.fixtures']\n")
    (tmp_path / "test_it.py").write_text(
        "from tablestore import OTSClient\n"
        "def test_empty(tablestore_emulator):\n"
        "    client = OTSClient(**tablestore_emulator.client_options)\n"
        "    assert client.list_table() == ()\n"
        "    assert tablestore_emulator.control.state()['lag'] == 'manual'\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ended = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert "1 passed" in ended.stdout, ended.stdout
