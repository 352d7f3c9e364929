"""``pytest --memcert-backend``: the rules as tests of an author's own suite."""

from __future__ import annotations

import re

import pytest

from memcert.engine.rule import Level
from memcert.short_term import CONTRACT

pytest_plugins = ["pytester"]

MEMORIES = """\
from memcert import backend
from memcert_reference import InMemoryMemory


class Good(InMemoryMemory):
    pass


class Broken(InMemoryMemory):
    async def delete(self, msg_ids):
        await super().delete(msg_ids)
        return len(msg_ids)


class Shared(InMemoryMemory):
    entries = {}

    def __init__(self, space):
        super().__init__()
        self._entries = self.entries.setdefault((space.user_id, space.session_id), {})


@backend("process-local", process_local=True)
async def process_local(space):
    yield Shared(space)


async def twice(space):
    yield InMemoryMemory()
    yield InMemoryMemory()
"""

OWN_TEST = """\
def test_of_my_own():
    assert True
"""

QUICK = ("-p", "no:cacheprovider", "--memcert-effort", "quick")


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A suite with one test of its own, beside a few memories."""
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    pytester.makepyfile(memories=MEMORIES, test_own=OWN_TEST)
    return pytester


def run(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return suite.runpytest_subprocess(*QUICK, *arguments, timeout=300)


def test_nothing_happens_where_no_backend_is_named(suite: pytest.Pytester) -> None:
    result = run(suite)
    result.assert_outcomes(passed=1)
    assert "memcert" not in result.stdout.str().replace("plugins:", "").partition("test_own")[2]


def test_there_is_an_item_per_rule(suite: pytest.Pytester) -> None:
    result = run(suite, "--collect-only", "-q", "--memcert-backend", "reference")
    rules = re.findall(r"memcert\[reference-([A-Z]+-\d\d)\]", result.stdout.str())
    assert rules == [rule.id for rule in CONTRACT.rules if rule.level in (None, Level.CORE)]
    assert "test_own.py::test_of_my_own" in result.stdout.str()
    result = run(
        suite, "--collect-only", "-q", "--memcert-backend", "sqlite", "--memcert-level", "durable"
    )
    assert "memcert[sqlite-DUR-01]" in result.stdout.str()


def test_a_good_one_passes_beside_the_authors_own_tests(suite: pytest.Pytester) -> None:
    result = run(
        suite, "-v", "-k", "own or DEL-0", "--memcert-backend", "memories.py:Good",
        "--memcert-backend", "reference",
    )  # fmt: skip
    rules = sum(rule.id.startswith("DEL-0") for rule in CONTRACT.rules)
    result.assert_outcomes(passed=1 + 2 * rules, deselected=result.parseoutcomes()["deselected"])
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*memcert[[]memories.py:Good-DEL-02]*PASSED*"])


def test_a_broken_rule_is_reported_with_what_shows_it(suite: pytest.Pytester) -> None:
    result = run(suite, "-k", "own or DEL-02", "--memcert-backend", "memories.py:Broken")
    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["failed"]) == (1, 1)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "DEL-02: delete returns how many messages went*",
            "  await memory.delete(*",
            "  expected: returned 0",
            "  observed: returned 1",
            "*async with open_memories(*memories.py:Broken*",
            "FAILED *memcert[[]memories.py:Broken-DEL-02]*",
        ]
    )
    # The kit's own frames are of no use to the author.
    assert "Traceback" not in result.stdout.str()
    assert "pytest_items.py" not in result.stdout.str()
    assert list(suite.path.glob(".memcert/*/DEL-02-*.json"))


def test_in_several_processes(suite: pytest.Pytester) -> None:
    result = run(suite, "-n", "2", "-k", "own or DEL-0", "--memcert-backend", "memories.py:Broken")
    outcomes = result.parseoutcomes()
    rules = sum(rule.id.startswith("DEL-0") for rule in CONTRACT.rules)
    assert outcomes["passed"] + outcomes["failed"] == 1 + rules
    result.stdout.fnmatch_lines(["FAILED *memcert[[]memories.py:Broken-DEL-02]*"])
    assert result.ret == 1


def test_what_a_backend_cannot_do_is_skipped(suite: pytest.Pytester) -> None:
    result = run(
        suite, "-k", "CRASH-01", "-rs", "--memcert-backend", "sqlite",
        "--memcert-level", "resilient",
    )  # fmt: skip
    assert result.parseoutcomes()["skipped"] == 1
    result.stdout.fnmatch_lines(["*not applicable: the store is a file*"])


def test_rules_on_other_processes_are_skipped_where_data_are_of_one(suite: pytest.Pytester) -> None:
    result = run(suite, "-k", "DUR-05", "-rs", "--memcert-backend", "memories.py:process_local")
    assert result.parseoutcomes()["skipped"] == 1
    result.stdout.fnmatch_lines(["*unsupported: the backend is not open to another process*"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--memcert-backend", "rediss"), "there is no backend 'rediss': did you mean redis"),
        (
            ("--memcert-backend", "reference", "--memcert-level", "durable"),
            "reference is ephemeral by design, so that it cannot show level durable",
        ),
        (
            ("--memcert-backend", "redis", "--memcert-level", "resilient"),
            "this store of redis cannot show level resilient",
        ),
        (
            ("--memcert-backend", "reference", "--memcert-server", "redis://127.0.0.1:1"),
            "reference has no store that memcert starts, so that it is told of no server",
        ),
        (("--memcert-backend", "memories.py:Goood"), "has no 'Goood': did you mean Good?"),
        (("--memcert-backend", "reference", "--memcert-level", "high"), "invalid choice: 'high'"),
    ],
)
def test_a_wrong_question_is_a_usage_error(
    suite: pytest.Pytester, arguments: tuple[str, ...], said: str
) -> None:
    result = run(suite, *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    errors = [line for line in result.stderr.lines if said in line]
    assert len(errors) == 1
    assert "Traceback" not in result.stderr.str() + result.stdout.str()


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_bad_factory_ends_the_run_in_one_line(suite: pytest.Pytester, processes: str) -> None:
    result = run(suite, "-n", processes, "-k", "DEL-0", "--memcert-backend", "memories.py:twice")
    text = result.stdout.str() + result.stderr.str()
    # Where several processes run the tests, each ends for itself.
    assert result.ret in ({2} if processes == "0" else {1, 2})
    assert "yields twice: it must yield one memory" in text
    assert "Traceback" not in text


def test_two_backends_that_call_themselves_the_same_are_two(suite: pytest.Pytester) -> None:
    for name, kind in (("one", "Good"), ("two", "Broken")):
        suite.makepyfile(
            **{
                name: f"""\
                from memcert import backend
                import memories

                @backend("mine")
                async def mine(space):
                    yield memories.{kind}()
                """
            }
        )
    result = run(
        suite, "-k", "DEL-02", "--memcert-backend", "one:mine", "--memcert-backend", "two:mine"
    )
    outcomes = result.parseoutcomes()
    assert (outcomes.get("passed"), outcomes.get("failed")) == (1, 1)
