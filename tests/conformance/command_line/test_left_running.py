"""The process ends, whatever a backend leaves running or does to the event loop."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

MEMORIES = """\
import asyncio
import atexit
import concurrent.futures
import ctypes
import multiprocessing
import os
import subprocess
import sys
import threading
import time

from memcert import backend
from memcert_backends.sql.sqlite.factory import sqlite
from memcert_reference import InMemoryMemory

LONG = 600


class Good(InMemoryMemory):
    def __init__(self):
        super().__init__()
        # Nobody has to shut one down that has nothing to do.
        with concurrent.futures.ThreadPoolExecutor() as self.ended:
            self.ended.submit(int)
        self.idle = concurrent.futures.ThreadPoolExecutor()
        self.idle.submit(int).result()


class LeavesThreads(InMemoryMemory):
    def __init__(self):
        super().__init__()
        threading.Thread(target=time.sleep, args=(LONG,)).start()


class LeavesAnExecutor(InMemoryMemory):
    async def clear(self):
        asyncio.get_running_loop().run_in_executor(None, time.sleep, LONG)
        await super().clear()


class LeavesProcesses(InMemoryMemory):
    def __init__(self):
        super().__init__()
        subprocess.Popen(["sleep", str(LONG)])


class LeavesAnExitHandler(InMemoryMemory):
    def __init__(self):
        super().__init__()
        atexit.register(time.sleep, LONG)


class LeavesATask(InMemoryMemory):
    async def clear(self):
        async def stubborn():
            while True:
                try:
                    await asyncio.sleep(LONG)
                except asyncio.CancelledError:
                    pass

        self.task = asyncio.create_task(stubborn())
        await super().clear()


class Sleeps(InMemoryMemory):
    async def clear(self):
        print("blocked", flush=True)
        time.sleep(LONG)


class SleepsAndCatches(InMemoryMemory):
    async def clear(self):
        print("blocked", flush=True)
        try:
            time.sleep(LONG)
        except Exception:
            time.sleep(LONG)


class SleepsInATask(InMemoryMemory):
    async def clear(self):
        async def sleeps():
            time.sleep(LONG)

        await asyncio.create_task(sleeps())


class IsBusy(InMemoryMemory):
    async def clear(self):
        print("blocked", flush=True)
        while True:
            pass


class WaitsInC(InMemoryMemory):
    async def clear(self):
        print("blocked", flush=True)
        sleep = ctypes.CDLL(None).sleep
        while True:
            try:
                sleep(LONG)
            except BaseException:
                pass


class SleepsAtFirst(InMemoryMemory):
    def __init__(self):
        super().__init__()
        print("blocked", flush=True)
        time.sleep(LONG)


def nth(place):
    opened = 0

    def is_that_one():
        nonlocal opened
        opened += 1
        return opened == place

    return is_that_one


# The first two are opened before any rule is checked.
third_opened, third_closed = nth(3), nth(3)


async def sleeps_in_opening(space):
    if third_opened():
        time.sleep(LONG)
    yield InMemoryMemory()


@backend("sqlite")
async def blocks_elsewhere(space):
    if "serving" in sys.argv[0]:
        print(os.getpid(), flush=True)
        time.sleep(LONG)
    async for memory in sqlite.open(space):
        yield memory


@backend("sqlite")
async def leaves_processes_elsewhere(space):
    if "serving" in sys.argv[0]:
        subprocess.Popen(["sleep", str(LONG)])
        multiprocessing.get_context("fork").Process(target=time.sleep, args=(LONG,)).start()
    async for memory in sqlite.open(space):
        yield memory


async def sleeps_in_closing(space):
    yield InMemoryMemory()
    if third_closed():
        time.sleep(LONG)
"""

PROGRAM = '''\
"""memcert, which waits for less."""

import sys

from memcert import __main__, ending
from memcert.engine.clients import handle
from memcert.engine.running import clients, runner, sequential_run, time_limits
from memcert.short_term import operations

sequential_run.SECONDS_TO_OPEN = handle.SECONDS_TO_OPEN = clients.SECONDS_TO_OPEN = 0.5
time_limits.SOON_SECONDS = time_limits.CLOSE_SECONDS = 0.5
operations.Clear.seconds = runner.SECONDS_TO_END = 0.5
ending.SECONDS_FOR_THREADS = ending.SECONDS_FOR_HANDLERS = 0.5
__main__.main()
'''

Start = Callable[..., "subprocess.Popen[str]"]

pytestmark = pytest.mark.usefixtures("interruptible")


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start to certify one of these memories, in a process of its own with pipes."""
    (tmp_path / "memories.py").write_text(MEMORIES)
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)

    def started(name: str, *options: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(program), "certify", f"memories.py:{name}", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        )

    return started


def _end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Return the exit status, and what was printed, once both pipes have ended as well."""
    with process:
        try:
            printed, complaints = process.communicate(timeout=120)
        finally:
            process.kill()
        return process.returncode, printed, complaints


KEPT = {"memories.py", "program.py", "__pycache__", ".memcert"}

RULE = ("--rule", "CLR-01", "--effort", "quick")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("LeavesThreads", r"memcert: the backend left \d+ threads running\n"),
        ("LeavesAnExecutor", r"memcert: the backend left \d+ threads running\n"),
        (
            "LeavesProcesses",
            r"memcert: the backend left \d+ processes running, which were ended\n",
        ),
        ("LeavesAnExitHandler", "memcert: the backend left an exit handler that does not end\n"),
    ],
)
def test_what_is_left_running_keeps_nobody(name: str, complaint: str, start: Start) -> None:
    status, printed, complaints = _end(start(name, *RULE))
    assert status == 0
    assert "CLR-01" in printed
    assert re.fullmatch(complaint, complaints), complaints


def test_one_that_leaves_nothing_is_not_accused(start: Start, tmp_path: Path) -> None:
    _be_patient(tmp_path)
    assert _end(start("Good", *RULE))[::2] == (0, "")


def _be_patient(folder: Path) -> None:
    program = folder / "program.py"
    program.write_text(program.read_text().replace("= 0.5", "= 600.0"))


def test_what_is_left_in_another_process_keeps_nobody(start: Start, tmp_path: Path) -> None:
    _be_patient(tmp_path)
    status, printed, complaints = _end(start("leaves_processes_elsewhere", "--rule", "DUR-05"))
    assert (status, complaints) == (0, "")
    assert "DUR-05" in printed


def test_other_processes_end_with_one_that_is_killed(start: Start, tmp_path: Path) -> None:
    _be_patient(tmp_path)
    with start("blocks_elsewhere", "--rule", "DUR-05") as run:
        assert run.stderr is not None
        # What a backend prints there is for the console.
        other = int(run.stderr.readline())
        run.kill()
    deadline = time.monotonic() + 60
    while Path("/proc", str(other)).exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_task_that_does_not_end_keeps_nobody(start: Start) -> None:
    status, printed, _ = _end(start("LeavesATask", *RULE))
    assert status == 0
    assert "CLR-01" in printed


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("SleepsAndCatches", "await memory.clear()"),
        ("SleepsInATask", "await memory.clear()"),
        ("IsBusy", "await memory.clear()"),
        ("sleeps_in_opening", "opening the memory"),
        ("sleeps_in_closing", "closing the memory"),
    ],
)
def test_one_that_blocks_the_loop_fails_its_rule_and_the_next_is_checked(
    name: str, operation: str, start: Start, tmp_path: Path
) -> None:
    # The one with the larger sweep comes first.
    rules = ("--rule", "CLR-01", "--rule", "CLR-02")
    report = ("--effort", "quick", "--report-dir", "report")
    status, printed, complaints = _end(start(name, *rules, *report))
    assert (status, complaints) == (1, "")
    assert operation in printed
    assert "the run ended there" not in printed
    assert "0 not run" not in printed
    assert "blocked the event loop for longer than 0.5 s" in printed
    assert {file.name for file in (tmp_path / "report").iterdir()} == {
        "certificate.json",
        "junit.xml",
        "summary.md",
    }


def test_one_that_nothing_can_stop_ends_the_process(start: Start) -> None:
    status, _, complaints = _end(start("WaitsInC", *RULE))
    assert (status, complaints) == (
        1,
        "memcert: await memory.clear() of CLR-01 blocks the event loop and cannot be stopped:"
        " the run ends here\n",
    )


def test_one_that_blocks_before_any_rule_cannot_be_used(start: Start) -> None:
    status, _, complaints = _end(start("SleepsAtFirst", *RULE))
    assert (status, complaints) == (
        2,
        "Error: 'memories.py:SleepsAtFirst' cannot be used at all: opening the memory did not end:"
        " it blocked the event loop for longer than 0.5 s\n",
    )


@pytest.mark.parametrize("name", ["Sleeps", "WaitsInC", "SleepsAtFirst"])
def test_an_interrupt_ends_one_that_blocks_the_loop(
    name: str, start: Start, tmp_path: Path
) -> None:
    # Nothing else ends it.
    _be_patient(tmp_path)
    run = start(name, *RULE)
    assert run.stdout is not None
    while run.stdout.readline() not in ("blocked\n", ""):
        continue
    run.send_signal(signal.SIGINT)
    status, _, complaints = _end(run)
    assert (status, complaints) == (130, "Error: interrupted\n")


@pytest.mark.parametrize("name", ["LeavesThreads", "WaitsInC"])
def test_servers_and_folders_go_all_the_same(name: str, start: Start, tmp_path: Path) -> None:
    if shutil.which("redis-server") is None:
        pytest.skip("NOT TESTED: redis-server is not on PATH")
    factory = f"""

@backend("redis", durable=False)
async def on_a_server(space):
    yield {name}()
"""
    with (tmp_path / "memories.py").open("a") as file:
        file.write(factory)
    process = start("on_a_server", "--server", "process", *RULE)
    status, _, _ = _end(process)
    assert status == (1 if name == "WaitsInC" else 0)
    deadline = time.monotonic() + 60
    while {file.name for file in tmp_path.iterdir()} - KEPT or _processes(tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _processes(folder: Path) -> bytes:
    found = subprocess.run(["pgrep", "-f", str(folder)], capture_output=True, check=False)
    return found.stdout


BROKEN_KIT = """
import threading
import time

from memcert import ending


def main():
    threading.Thread(target=time.sleep, args=(600,)).start()
    raise KeyError("of the kit's own")


ending.run(main)
"""


def test_so_it_does_where_the_kit_itself_is_wrong() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BROKEN_KIT], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert 'KeyError: "of the kit\'s own"\n' in done.stderr
    assert done.stderr.endswith("memcert: the backend left 1 thread running\n")
