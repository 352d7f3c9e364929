"""A backend that blocks the event loop, or leaves threads running, in an author's own suite."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

MEMORIES = """\
import threading
import time

from memcert_reference import InMemoryMemory


class Sleeps(InMemoryMemory):
    async def clear(self):
        time.sleep(600)


class LeavesThreads(InMemoryMemory):
    def __init__(self):
        super().__init__()
        # They end with the tests, after all has been said.
        threading.Thread(target=threading.main_thread().join).start()
"""

LESS_TIME = """\
from memcert.short_term import operations

operations.Clear.seconds = 0.5
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    pytester.makeconftest(LESS_TIME)
    pytester.makepyfile(memories=MEMORIES, test_own="def test_of_my_own():\n    assert True\n")
    return pytester


def run(suite: pytest.Pytester, name: str, *arguments: str) -> pytest.RunResult:
    options = ("-p", "no:cacheprovider", "--memcert-effort", "quick")
    backend = ("--memcert-backend", f"memories.py:{name}")
    return suite.runpytest_subprocess(*options, *backend, *arguments, timeout=300)


@pytest.mark.parametrize("processes", ["0", "1"])
def test_a_rule_fails_where_the_loop_is_blocked_and_the_rest_is_checked(
    suite: pytest.Pytester, processes: str
) -> None:
    result = run(suite, "Sleeps", "-n", processes, "-k", "own or CLR-01 or ADD-01")
    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["failed"]) == (2, 1)
    result.stdout.fnmatch_lines(
        ["CLR-01: clear removes*", "*observed: did not end: it blocked the event loop for longer*"]
    )


def test_it_is_said_that_threads_were_left(suite: pytest.Pytester) -> None:
    result = run(suite, "LeavesThreads", "-k", "CLR-01")
    result.assert_outcomes(passed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.re_match_lines(
        [r"memcert: the backend left \d+ threads running, and Python waits for threads .*"]
    )
    assert result.ret == 0
