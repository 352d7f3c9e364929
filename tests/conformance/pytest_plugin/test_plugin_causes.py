"""One fault in an author's own suite: the rules that it hides are no failures of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ONE_FAULT = Path(__file__).parents[2] / "outsiders" / "insert_or_replace.py"


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A suite beside a memory that takes a message again whose id is there, and is right else."""
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    shutil.copy(ONE_FAULT, pytester.path)
    return pytester


def run(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    options = ("-p", "no:cacheprovider", "--memcert-effort", "quick", "-rsf")
    backend = ("--memcert-backend", "insert_or_replace.py:memory")
    return suite.runpytest_subprocess(*options, *backend, *arguments, timeout=300)


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_rule_that_is_hidden_is_skipped(suite: pytest.Pytester, processes: str) -> None:
    # The first of them comes upon what another one is about, which is still to come.
    result = run(suite, "-n", processes, "-k", "ADD-01 or ADD-03 or ADD-06")
    outcomes = result.parseoutcomes()
    assert (outcomes["failed"], outcomes["skipped"]) == (1, 2)
    result.stdout.fnmatch_lines(["SKIPPED [[]2] *: hidden behind ADD-03"])
    result.stdout.fnmatch_lines(["FAILED *memcert[[]insert-or-replace-ADD-03]*"])
    assert result.ret == 1


def test_it_fails_where_its_cause_is_not_asked_for(suite: pytest.Pytester) -> None:
    result = run(suite, "-k", "ADD-01")
    outcomes = result.parseoutcomes()
    assert (outcomes["failed"], outcomes.get("skipped")) == (1, None)
    assert result.ret == 1


def test_a_cause_that_did_not_fail_after_all_fails_the_session(suite: pytest.Pytester) -> None:
    suite.makeconftest(
        """\
        import pytest


        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_setup(item):
            if item.name.endswith("ADD-03]"):
                pytest.skip("left out")
        """
    )
    result = run(suite, "-k", "ADD-01 or ADD-03")
    assert result.parseoutcomes()["skipped"] == 2
    result.stdout.fnmatch_lines(["memcert: ADD-01 is hidden behind ADD-03, which did not fail"])
    assert result.ret == 1
