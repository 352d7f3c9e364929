"""Wrong input gets one clear line and exit status 2, and leaves nothing half-written."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Memcert = Callable[..., Result]
Command = Callable[..., subprocess.CompletedProcess[str]]

FILES = {
    "factories.py": """\
import asyncio

from memcert_reference import InMemoryMemory


async def nothing(space):
    if not space:
        yield InMemoryMemory()


async def twice(space):
    yield InMemoryMemory()
    yield InMemoryMemory()


async def no_memory(space):
    yield object()


async def raises(space):
    raise ConnectionError("no server\\nat all")
    yield


async def raises_at_the_end(space):
    yield InMemoryMemory()
    raise RuntimeError("already closed")


EVERYBODYS = {}


class Leaks(InMemoryMemory):
    def __init__(self, user_id, session_id):
        super().__init__()
        self._entries = EVERYBODYS


class OfOneProcess(InMemoryMemory):
    process_local = True
    spaces = {}

    def __init__(self, user_id, session_id):
        super().__init__()
        self._entries = self.spaces.setdefault((user_id, session_id), {})


class NeedsMore(InMemoryMemory):
    def __init__(self, user_id, url):
        super().__init__()


async def awaited(space):
    return InMemoryMemory()


A_NUMBER = 7
""",
    "broken_syntax.py": "def (:\n",
    "broken_import.py": "import a_module_that_is_not_there\n",
    "raises_on_import.py": 'raise RuntimeError("first line\\nsecond line")\n',
    "exits_on_import.py": "import sys\n\nsys.exit(0)\n",
    "text.txt": "not Python\n",
    "not_json.json": "{",
    "not_a_program.json": '{"format": 1, "steps": [{"operation": "fly"}]}',
    "deep.json": "[" * 100_000,
    "not_toml.toml": "deviation = [",
    "deep.toml": f"deviation = {'[' * 5000}{']' * 5000}",
    "empty.toml": "",
    "nested.json": f'{{"format": 1, "steps": {"[" * 900}{"]" * 900}}}',
    "nested_value.json": '{"format": 1, "steps": [{"operation": "add", "messages":'
    f' [{{"id": "m0", "metadata": {"[" * 100_000}{"]" * 100_000}}}]}}]}}',
    "nested_certificate.json": '{"format": 1, "digest": "", "verdicts":'
    f" {'[' * 100_000}{']' * 100_000}}}",
    "program.json": '{"format": 1, "steps": [{"operation": "delete", "ids": ["unknown"]}]}',
    "known.toml": '[[deviation]]\nrule = "DEL-02"\nreason = ""\nlink = ""\n'
    'expires = 2999-01-31\nprogram = "program.json"\n',
    "unknown_rule.toml": '[[deviation]]\nrule = "X-99"\nreason = ""\nlink = ""\n'
    'expires = 2027-01-31\nprogram = "not_a_program.json"\n',
}

KNOWN = ("--deviations", "known.toml")

CERTIFY = [
    (["rediss"], "there is no backend 'rediss': did you mean redis"),
    (["sqlit3"], "did you mean sqlite"),
    (["zzzzzz"], "there is no backend 'zzzzzz': there are "),
    (["mutant:zzzzzz"], "there is no backend 'mutant:zzzzzz'"),
    ([""], "name a backend"),
    (["   "], "'   ' is no name: a backend of your own is named"),
    ([":"], "':' names no module and no file"),
    ([":x"], "':x' names no module and no file"),
    (["factories.py:"], "does not say what in it: write factories.py:NAME"),
    (["factories:"], "does not say what in it: write factories:NAME"),
    (["factories.py"], "factories.py is a file: say what in it, factories.py:NAME"),
    (["no_such_file.py"], "there is no file no_such_file.py"),
    (["factories.py:a b"], "'a b' in 'factories.py:a b' is no name in Python"),
    (["factories.py:Leaks..x"], "is no name in Python"),
    (["./factories:Leaks"], "it is neither the name of a module, such as package.module, nor"),
    (["no_such_module:Memory"], "no_such_module cannot be imported: ModuleNotFoundError"),
    (["no_such_file.py:Memory"], "there is no file no_such_file.py"),
    (["text.txt:Memory"], "cannot be imported"),
    (["broken_syntax.py:Memory"], "cannot be imported: SyntaxError"),
    (["broken_import.py:Memory"], "No module named 'a_module_that_is_not_there'"),
    (["broken_import:Memory"], "No module named 'a_module_that_is_not_there'"),
    (["raises_on_import.py:Memory"], "RuntimeError: first line second line"),
    (["exits_on_import.py:Memory"], "cannot be imported"),
    (["factories.py:notning"], "has no 'notning': did you mean nothing?"),
    (["factories.py:Leaks.inner"], "has no"),
    (["factories.py:A_NUMBER"], "factories.py:A_NUMBER is of type int: a backend is"),
    (["factories.py:awaited"], "is of type function: a backend is an async generator function"),
    (["factories.py:NeedsMore"], "needs 'url': write a factory"),
    (["factories.py:nothing"], "yields nothing: it must yield one memory"),
    (["factories.py:twice"], "yields twice: it must yield one memory"),
    (
        ["factories.py:no_memory"],
        "yields something of type object that is no memory: it has no 'add'",
    ),
    (["factories.py:raises"], "raises ConnectionError: no server at all"),
    (["factories.py:raises_at_the_end"], "raises RuntimeError: already closed"),
    (["factories.py:Leaks"], "leaks one space into another"),
    ([], "name a backend"),
    (["reference", "--backend", "sqlite"], "name one backend"),
    (["reference", "--backend", "reference"], "name one backend"),
    (["reference", "--rule", "ADD-99"], "there is no rule 'ADD-99'"),
    (["reference", "--rule", "add-01", "--rule", "X"], "there is no rule"),
    (["reference", "--level", "durable"], "reference is ephemeral by design"),
    (["reference", "--level", "resilient"], "so that it cannot show level resilient: core is"),
    (["factories.py:Leaks", "--level", "resilient"], "its factory names no store="),
    (["redis", "--level", "resilient"], "this store of redis cannot show level resilient"),
    (["redis", "--level", "resilient", "--server", "redis://h"], "--server process"),
    (["sqlite", "--rule", "CRASH-02"], "CRASH-02 cannot be checked here: the store is a file"),
    (["redis", "--rule", "CRASH-02"], "CRASH-02 cannot be checked here: the backend is not on a"),
    (["reference", "--rule", "DUR-01"], "DUR-01 cannot be checked here: the backend is not dur"),
    (["factories.py:OfOneProcess", "--rule", "DUR-05"], "it declares its data process-local"),
    (["factories.py:OfOneProcess", "--level", "resilient"], "its factory names no store="),
    (["reference", "--rule", "ADD-01", "--level", "core"], "leave out --level core, or --rule"),
    (["reference", "--counterexamples", "text.txt"], "text.txt is no folder"),
    (["reference", "--counterexamples", "text.txt/a/b"], "text.txt is no folder"),
    (["reference", "--level", "perfect"], "'perfect' is not one of 'core', 'durable'"),
    (["reference", "--level", "scalable"], "'scalable' is not one of"),
    (["reference", "--time-limit", "-1"], "-1.0 is not in the range"),
    (["reference", "--rule", "ADD-01", "--time-limit", "nan"], "--time-limit"),
    (["reference", "--time-limit", "-1"], "(see memcert certify --help)"),
    (["reference", "--jobs", "0"], "0 is not in the range x>=1"),
    (["reference", "--effort", "fast"], "'fast' is not one of 'quick', 'standard', 'thorough'"),
    (["reference", "--seed", "x"], "'x' is not a valid integer"),
    (["reference", "--no-such-option"], "No such option"),
    (["reference", "another"], "unexpected extra argument"),
    (["sqlite", "--server", "teapot"], "'teapot'"),
    (
        ["reference", "--server", "redis://u:secret@h"],
        "reference has no store that memcert starts, so that it is told of no server: leave out"
        " --server redis://u:***@h",
    ),
    (["factories.py:Leaks", "--server", "redis://h"], "factories.py:Leaks has no store that"),
    (["redis", "--server", "redis://127.0.0.1:1/0"], "redis://127.0.0.1:1/0 cannot be used"),
    (["reference", "--expect", "core"], "--expect takes --deviations"),
    (
        ["sqlite", *KNOWN, "--expect", "core", "--effort", "quick"],
        "--effort quick shows no level: leave out --expect core, or --effort quick",
    ),
    (
        ["sqlite", *KNOWN, "--expect", "durable", "--level", "core"],
        "--level core does not show level durable: leave out --level core",
    ),
    (["reference", *KNOWN, "--expect", "durable"], "so that it cannot show level durable: core is"),
    (["redis", *KNOWN, "--expect", "resilient"], "this store of redis cannot show level resilient"),
    (["factories.py:Leaks", *KNOWN, "--expect", "resilient"], "its factory names no store="),
    (["reference", "--deviations", "none.toml"], "none.toml: "),
    (["reference", "--deviations", "not_toml.toml"], "not_toml.toml: "),
    (["reference", "--deviations", "empty.toml"], "empty.toml declares nothing"),
    (["reference", "--deviations", "deep.toml"], "deep.toml cannot be read: it is nested too deep"),
    (["reference", "--deviations", "unknown_rule.toml"], "names the rule 'X-99'"),
]


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).write_text(text)


def assert_one_line(status: int, stderr: str, said: str) -> None:
    assert status == 2
    lines = stderr.splitlines()
    assert len(lines) == 1, stderr
    assert lines[0].startswith("Error: ")
    assert said in lines[0]


@pytest.mark.parametrize(
    ("arguments", "said"), CERTIFY, ids=[" ".join(arguments) for arguments, _ in CERTIFY]
)
def test_certify(memcert: Memcert, folder: Path, arguments: list[str], said: str) -> None:
    before = {path.name for path in folder.iterdir()}
    result = memcert("certify", *arguments, "--report-dir", "out")
    assert_one_line(result.exit_code, result.stderr, said)
    assert result.stdout == ""
    assert not list(folder.glob("out/*"))
    assert {path.name for path in folder.iterdir()} - before <= {"out", "__pycache__"}


@pytest.mark.parametrize("place", ["text.txt", "text.txt/below", "/dev/null/below"])
def test_a_report_folder_that_cannot_be_written(memcert: Memcert, place: str) -> None:
    result = memcert("certify", "memories.py:Good", "--effort", "quick", "--report-dir", place)
    assert_one_line(result.exit_code, result.stderr, "cannot be written")
    # It is known before any rule is checked.
    assert "certifying" not in result.stdout


def test_what_is_known_at_once_starts_no_server(
    memcert: Memcert, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memcert.engine.running.runner.start", None)
    for arguments in (
        ("redis", "--level", "resilient"),
        ("redis", "--level", "resilient", "--server", "embedded"),
        ("redis", "--rule", "ADD-01", "--level", "durable"),
        ("redis", "--counterexamples", "text.txt"),
        ("redis", "--deviations", "empty.toml"),
        ("redis", "--report-dir", "text.txt"),
    ):
        result = memcert("certify", *arguments)
        assert_one_line(result.exit_code, result.stderr, "")
        assert result.stdout == ""


def test_what_is_said_of_levels_is_so() -> None:
    from memcert.engine.running.environment import Environment
    from memcert_backends.servers import can_be_lost, start, why_not

    for store in ("folder", "sqlite", "redis", "tablestore"):
        for way in ("embedded", "process"):
            if why_not(store, way) is None:
                with start(store, way) as server:
                    environment = Environment(server)
                    found = environment.is_file or environment.can_crash
                assert found == can_be_lost(store, way), (store, way)


REPLAY = [
    (["none.json", "--backend", "reference"], "none.json cannot be read"),
    ([".", "--backend", "reference"], "cannot be read"),
    (["text.txt", "--backend", "reference"], "text.txt is no program: it is not JSON"),
    (["not_json.json", "--backend", "reference"], "not_json.json is no program: it is not JSON"),
    (["deep.json", "--backend", "reference"], "deep.json is no program: it is not JSON"),
    (
        ["not_a_program.json", "--backend", "reference"],
        "not_a_program.json is no program: step 0: there is no operation 'fly'",
    ),
    (["nested.json", "--backend", "reference"], "a step is a JSON object"),
    (["nested_value.json", "--backend", "reference"], "it is nested too deep"),
    (
        ["program.json", "--backend", "reference", "--server", "redis://h"],
        "reference has no store that memcert starts",
    ),
    (["not_json.json"], "Missing option '--backend'"),
    (["not_json.json", "--backend", "rediss"], ""),
]


@pytest.mark.parametrize(("arguments", "said"), REPLAY, ids=str)
def test_replay(memcert: Memcert, arguments: list[str], said: str) -> None:
    result = memcert("replay", *arguments)
    assert_one_line(result.exit_code, result.stderr, said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["verify", "none.json"], "none.json cannot be read"),
        (["verify", "not_json.json"], "is not JSON"),
        (["verify", "deep.json"], "is not JSON"),
        (["verify", "nested_certificate.json"], "it is nested too deep"),
        (["verify", "not_a_program.json"], "it is not a certificate of this format"),
        (["explain", "ADD-99"], "there is no rule 'ADD-99': did you mean ADD-0"),
        (["explain", "zzz"], "there is no rule 'zzz'; reference/CONTRACT.md lists them"),
        (["certify", "reference", "--rule"], "Option '--rule' requires an argument (see memcert"),
        (["explain"], "Missing argument 'RULE' (see memcert explain --help)"),
        (["certifi"], "No such command 'certifi'"),
        (["certifi"], "(see memcert --help)"),
        (["--no-such-option"], "No such option '--no-such-option' (see memcert --help)"),
        (
            ["deviations", "write"],
            "Missing argument 'BACKEND' (see memcert deviations write --help",
        ),
        (["deviations", "rite"], "(see memcert deviations --help)"),
        (["replay"], "Missing argument 'FILE' (see memcert replay --help)"),
        (["backends", "another"], "(see memcert backends --help)"),
        (["verify"], "(see memcert verify --help)"),
        (["new"], "(see memcert new --help)"),
        (["copy"], "(see memcert copy --help)"),
        (["schema"], "Choose from: sqlite, postgresql, mariadb, mysql (see memcert schema --help)"),
        (["schema", "--no-such-option"], "(see memcert schema --help)"),
        (["migrate", "--no-such-option"], "(see memcert migrate --help)"),
        (["emulator", "--no-such-option"], "(see memcert emulator --help)"),
        (
            ["emulator", "tablestore", "--no-such-option"],
            "unrecognized arguments: --no-such-option (see memcert emulator tablestore --help)",
        ),
    ],
    ids=str,
)
def test_the_other_commands(memcert: Memcert, arguments: list[str], said: str) -> None:
    result = memcert(*arguments)
    assert_one_line(result.exit_code, result.stderr, said)


WITHOUT_DRIVERS = """\
import sys


class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"redis", "fakeredis", "lupa", "sqlalchemy", "aiosqlite"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Missing())
"""


@pytest.mark.parametrize("name", ["redis", "sqlite"])
def test_a_missing_extra_is_named(command: Command, folder: Path, name: str) -> None:
    (folder / "sitecustomize.py").write_text(WITHOUT_DRIVERS)
    done = command("certify", name, "--report-dir", "out", PYTHONPATH=str(folder))
    assert_one_line(done.returncode, done.stderr, "pip install 'memcert[embedded]'")
    assert len(done.stderr.splitlines()) == 1
    assert not list(folder.glob("out/*"))


def test_the_list_of_backends_names_missing_extras(command: Command, folder: Path) -> None:
    (folder / "sitecustomize.py").write_text(WITHOUT_DRIVERS)
    done = command("backends", PYTHONPATH=str(folder))
    assert done.returncode == 0, done.stderr
    # A narrow console breaks the line, but loses none of it.
    text = " ".join(done.stdout.split())
    assert text.count("memcert[embedded]") == 2
    assert "reference core (ephemeral by design)" in text


WITHOUT_TABLESTORE = WITHOUT_DRIVERS.replace(
    '{"redis", "fakeredis", "lupa", "sqlalchemy", "aiosqlite"}',
    '{"aiohttp", "google", "tablestore", "urllib3"}',
)


def test_the_help_of_the_emulator_needs_no_extra(command: Command, folder: Path) -> None:
    assert WITHOUT_TABLESTORE != WITHOUT_DRIVERS
    (folder / "sitecustomize.py").write_text(WITHOUT_TABLESTORE)
    done = command("emulator", "tablestore", "--help", PYTHONPATH=str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: memcert emulator tablestore [-h] [--port PORT]")
    done = command("emulator", "tablestore", "--port", "0", PYTHONPATH=str(folder))
    assert_one_line(done.returncode, done.stderr, "pip install 'memcert[tablestore]'")


def test_an_emulator_that_cannot_start(command: Command) -> None:
    pytest.importorskip("tablestore")
    done = command("emulator", "tablestore", "--port", "99999")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_in_a_process_of_its_own(command: Command) -> None:
    for name, said in (
        ("factories.py:twice", "yields twice"),
        ("exits_on_import.py:Memory", "cannot be imported"),
        ("broken_import:Memory", "cannot be imported"),
    ):
        done = command("certify", name)
        assert_one_line(done.returncode, done.stderr, said)
        assert len(done.stderr.splitlines()) == 1
