"""Ctrl-C ends a run: one line, an exit status of its own, and nothing is left running."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("interruptible")

LINE = "Error: interrupted\n"

MODULE = [sys.executable, "-m", "memcert"]
# What the installed script does, whose interpreter may be another one.
SCRIPT = [sys.executable, "-c", "import sys; from memcert.__main__ import main; sys.exit(main())"]
COMMANDS = {"module": MODULE, "script": SCRIPT}


def _start(
    folder: Path, *command: str, environment: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder), **(environment or {})},
        # A process group of its own, as a terminal gives it.
        start_new_session=True,
    )


def _press_ctrl_c(run: subprocess.Popen[str]) -> None:
    os.killpg(run.pid, signal.SIGINT)


@pytest.mark.parametrize(
    "options", [("sqlite",), ("redis",), ("redis", "--server", "process")], ids=" ".join
)
@pytest.mark.parametrize("seconds", [0.2, 1.0])
def test_it_says_so_and_leaves_nothing(
    options: tuple[str, ...], seconds: float, tmp_path: Path
) -> None:
    if "process" in options and shutil.which("redis-server") is None:
        pytest.skip("NOT TESTED: redis-server is not on PATH")
    with _start(tmp_path, *MODULE, "certify", *options) as run:
        assert run.stdout is not None
        assert run.stdout.readline().startswith(f"memcert: certifying {options[0]}")
        time.sleep(seconds)
        _press_ctrl_c(run)
        _, complaints = run.communicate(timeout=120)
    assert (run.returncode, complaints) == (130, LINE)
    left = {file.name for file in tmp_path.iterdir()}
    assert left <= {".memcert"}
    processes = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, check=False)
    assert processes.stdout == b""


def _children(process: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, check=False)
    return [int(number) for number in found.stdout.split()]


def test_the_processes_of_a_run_say_nothing(tmp_path: Path) -> None:
    rules = ("--rule", "KILL-01", "--rule", "CON-03", "--effort", "quick")
    with _start(tmp_path, *MODULE, "certify", "sqlite", *rules) as run:
        deadline = time.monotonic() + 120
        # One that other processes come from, and one that has a memory open.
        while not (workers := [one for each in _children(run.pid) for one in _children(each)]):
            assert time.monotonic() < deadline
            assert run.poll() is None
        _press_ctrl_c(run)
        _, complaints = run.communicate(timeout=120)
    assert (run.returncode, complaints) == (130, LINE)
    while any(Path("/proc", str(worker)).exists() for worker in workers):
        assert time.monotonic() < deadline
        time.sleep(0.01)


PRESSES = """\
import os
import signal
import sys
import weakref


class Thing:
    pass


class PressesCtrlC:
    # What is raised here would be raised where the module is imported; what is raised in the
    # callback of a weak reference would be printed and dropped.
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            thing = Thing()
            reference = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
            del thing
            signal.raise_signal(signal.SIGINT)


sys.meta_path.insert(0, PressesCtrlC())
"""

IMPORTED = ["memcert.command_line", "memcert.engine.verdicts.certificate", "hypothesis"]


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("module", [*IMPORTED, "memcert.interruption"])
def test_while_it_is_imported(command: list[str], module: str, tmp_path: Path) -> None:
    text = PRESSES.format(module=module)
    if module == "memcert.interruption":
        # Before it is there, an interrupt is an exception.
        text = text.replace("lambda _: signal.raise_signal(signal.SIGINT)", "lambda _: None")
    (tmp_path / "sitecustomize.py").write_text(text)
    environment = {"PYTHONPATH": str(tmp_path)}
    with _start(tmp_path, *command, "backends", environment=environment) as run:
        said = run.communicate(timeout=120)
    assert (run.returncode, *said) == (130, "", LINE)


def test_while_a_driver_is_imported(tmp_path: Path) -> None:
    pytest.importorskip("aiosqlite")
    (tmp_path / "sitecustomize.py").write_text(PRESSES.format(module="sqlalchemy"))
    for arguments in (
        ("certify", "sqlite"),
        ("backends",),
        ("copy", "--from", "sqlite:///a", "--to", "sqlite:///b", "--user", "u", "--session", "s"),
    ):
        (tmp_path / "a").write_bytes(b"")
        environment = {"PYTHONPATH": str(tmp_path)}
        with _start(tmp_path, *MODULE, *arguments, environment=environment) as run:
            _, complaints = run.communicate(timeout=120)
        assert (run.returncode, complaints) == (130, LINE), arguments


AT_THE_END = """\
import atexit
import signal

atexit.register(signal.raise_signal, signal.SIGINT)
"""


def test_at_the_end_what_was_found_is_still_said(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(AT_THE_END)
    environment = {"PYTHONPATH": str(tmp_path)}
    with _start(tmp_path, *MODULE, "explain", "DEL-01", environment=environment) as run:
        said, complaints = run.communicate(timeout=120)
    assert said.startswith("DEL-01 ")
    assert (run.returncode, complaints) == (130, LINE)


def test_where_the_parent_has_it_ignored_it_stays_so(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(PRESSES.format(module="hypothesis"))
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        run = _start(
            tmp_path, *MODULE, "explain", "DEL-01", environment={"PYTHONPATH": str(tmp_path)}
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with run:
        assert run.communicate(timeout=120)[1] == ""
    assert run.returncode == 0


def test_the_emulator_is_ended_by_it_as_it_is_meant_to_be(tmp_path: Path) -> None:
    pytest.importorskip("tablestore")
    with _start(tmp_path, *MODULE, "emulator", "tablestore", "--port", "0") as run:
        assert run.stdout is not None
        assert run.stdout.readline().startswith("end point: ")
        _press_ctrl_c(run)
        _, complaints = run.communicate(timeout=120)
    assert (run.returncode, complaints) == (0, "")


def test_the_installed_command_is_the_one_that_is_tried_here() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["scripts"]["memcert"] == "memcert.__main__:main"
