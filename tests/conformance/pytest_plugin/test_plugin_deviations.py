"""``pytest --memcert-deviations``: the bugs that an author's own suite lives with for now."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

MEMORIES = """\
from memcert_reference import InMemoryMemory


class Good(InMemoryMemory):
    pass


class Broken(InMemoryMemory):
    async def delete(self, msg_ids):
        await super().delete(msg_ids)
        return len(msg_ids)


class BrokenElsewhere(Broken):
    async def delete(self, msg_ids):
        if msg_ids == []:
            raise RuntimeError("nothing to delete")
        return await super().delete(msg_ids)
"""

DEVIATION = """\
[[deviation]]
rule = "{rule}"
reason = "delete counts the ids asked for"
link = "https://example.com/issues/1"
expires = {expires}
program = "program.json"
"""

PROGRAM = '{"format": 1, "steps": [{"operation": "delete", "ids": ["unknown"]}]}'


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    pytester.makepyfile(memories=MEMORIES, test_own="def test_of_my_own():\n    assert True\n")
    (pytester.path / "program.json").write_text(PROGRAM)
    declare(pytester)
    return pytester


def declare(suite: pytest.Pytester, rule: str = "DEL-02", expires: str = "2999-01-31") -> None:
    (suite.path / "known.toml").write_text(DEVIATION.format(rule=rule, expires=expires))


def run(suite: pytest.Pytester, name: str, *arguments: str) -> pytest.RunResult:
    options = ("-p", "no:cacheprovider", "--memcert-effort", "quick", "-rxsf")
    backend = ("--memcert-backend", f"memories.py:{name}", "--memcert-deviations", "known.toml")
    return suite.runpytest_subprocess(*options, *backend, *arguments, timeout=300)


def assert_failed_for(result: pytest.RunResult, line: str) -> None:
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    lines = [each for each in result.stdout.lines if each.startswith("memcert: ")]
    assert lines == [f"memcert: {line}"]


@pytest.mark.parametrize("processes", ["0", "2"])
def test_what_is_declared_is_an_expected_failure(suite: pytest.Pytester, processes: str) -> None:
    result = run(suite, "Broken", "-n", processes, "-k", "own or DEL-0")
    outcomes = result.parseoutcomes()
    assert (outcomes["xfailed"], outcomes.get("failed")) == (1, None)
    result.stdout.fnmatch_lines(
        ["XFAIL *memcert[[]memories.py:Broken-DEL-02]*known deviation: delete counts the ids*"]
    )
    assert result.ret == 0


def test_what_it_hides_is_skipped(suite: pytest.Pytester) -> None:
    result = run(suite, "Broken", "-k", "DEL-02 or MIX-01")
    outcomes = result.parseoutcomes()
    assert (outcomes["xfailed"], outcomes["skipped"]) == (1, 1)
    result.stdout.fnmatch_lines(["SKIPPED *: hidden behind DEL-02"])
    assert result.ret == 0


def test_what_is_not_declared_fails(suite: pytest.Pytester) -> None:
    result = run(suite, "BrokenElsewhere", "-k", "DEL-02 or DEL-03")
    outcomes = result.parseoutcomes()
    assert (outcomes["xfailed"], outcomes["failed"]) == (1, 1)
    result.stdout.fnmatch_lines(["FAILED *memcert[[]memories.py:BrokenElsewhere-DEL-03]*"])
    assert result.ret == 1


def test_runxfail_has_it_fail(suite: pytest.Pytester) -> None:
    result = run(suite, "Broken", "--runxfail", "-k", "DEL-02")
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(["DEL-02: delete returns how many messages went*"])


@pytest.mark.parametrize("processes", ["0", "2"])
def test_one_that_is_mended_fails_the_session(suite: pytest.Pytester, processes: str) -> None:
    result = run(suite, "Good", "-n", processes, "-k", "own or DEL-02")
    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes.get("failed")) == (2, None)
    assert_failed_for(
        result, "the deviation from DEL-02 no longer fails: its program keeps the rule"
    )


def test_one_that_is_expired_fails_the_session(suite: pytest.Pytester) -> None:
    declare(suite, expires="2020-01-31")
    result = run(suite, "Broken", "-k", "own or DEL-02")
    # It is none any more.
    assert (result.parseoutcomes()["passed"], result.parseoutcomes()["failed"]) == (1, 1)
    assert_failed_for(result, "the deviation from DEL-02 expired on 2020-01-31")


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("CUT-01", "the rule is not of this level"),
        ("TTL-01", "the rule cannot be checked here"),
    ],
)
def test_one_that_is_not_used_fails_the_session(
    suite: pytest.Pytester, rule: str, why: str
) -> None:
    declare(suite, rule)
    result = run(suite, "Good", "-k", "own or TTL-01")
    assert_failed_for(result, f"the deviation from {rule} is not used: {why}")


def test_one_that_is_deselected_is_nobodys_concern(suite: pytest.Pytester) -> None:
    result = run(suite, "Good", "-k", "own or DEL-03")
    assert result.ret == 0


def test_listing_the_tests_is_no_question_of_deviations(suite: pytest.Pytester) -> None:
    declare(suite, expires="2020-01-31")
    result = run(suite, "Broken", "--collect-only", "-q")
    assert result.ret == 0
    assert "expired" not in result.stdout.str()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "known.toml: "),
        ("deviation = [", "known.toml: "),
        ("", "known.toml declares nothing"),
        (DEVIATION.format(rule="X-99", expires="2999-01-31"), "names the rule 'X-99'"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_usage_error(
    suite: pytest.Pytester, text: str | None, said: str
) -> None:
    file = suite.path / "known.toml"
    file.unlink()
    if text is not None:
        file.write_text(text)
    assert_usage_error(run(suite, "Good"), said)


def test_it_is_of_one_backend(suite: pytest.Pytester) -> None:
    result = run(suite, "Good", "--memcert-backend", "memories.py:Broken")
    assert_usage_error(result, "--memcert-deviations takes one --memcert-backend")


def assert_usage_error(result: pytest.RunResult, said: str) -> None:
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    lines = [line for line in result.stderr.lines if line]
    assert len(lines) == 1
    assert said in lines[0]
