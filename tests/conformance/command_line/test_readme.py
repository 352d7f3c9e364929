"""What README.md shows of the command line is what memcert prints."""

from __future__ import annotations

import inspect
import io
import re
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from memcert.command_line import main
from memcert.engine.verdicts.certificate_json import parse_certificate
from memcert.engine.verdicts.verdict import Finding
from memcert.reports.console import RunDisplay, show
from memcert.reports.terminal import Terminal
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert_reference import MemoryBase, Msg

Memcert = Callable[..., Result]

ROOT = Path(__file__).parents[3]

README = (ROOT / "README.md").read_text("utf-8")


def shown(command: str) -> list[list[str]]:
    """Return the lines that follow a command in README.md, in parts, between which some are."""
    (block,) = [
        each
        for each in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
        if f"$ {command}\n" in each
    ]
    said = block.partition(f"$ {command}\n")[2]
    parts = re.split(r"^\.\.\.$", said, flags=re.MULTILINE)
    return [part.strip("\n").split("\n") for part in parts if part.strip()]


def assert_in_order(parts: list[list[str]], printed: str) -> None:
    assert parts
    for part in parts:
        text = "\n".join(part) + "\n"
        before, found, printed = printed.partition(text)
        assert found, f"{text!r} is not in {before!r}"


def test_the_counterexample(memcert: Memcert) -> None:
    command = "memcert certify mutant:counts-requests"
    result = memcert(
        *command.split()[1:], "--rule", "DEL-02", "--rule", "MIX-01", "--effort", "quick"
    )
    assert result.exit_code == 1
    parts = shown(command)
    assert_in_order(parts, result.stdout)
    replay, again = [line for part in parts for line in part if "memcert replay" in line]
    words = replay.partition("replay: memcert ")[2].split()
    assert again.split() == ["memcert", *words]
    assert memcert(*words).exit_code == 1


def test_the_certification() -> None:
    certificate = parse_certificate((ROOT / "reports" / "redis-embedded.json").read_bytes())
    console = Terminal()
    console.file = io.StringIO()
    rules = sum(verdict.finding is not Finding.NOT_RUN for verdict in certificate.verdicts)
    with RunDisplay(console, rules, CONTRACT, resolve("redis"), None).shown():
        pass
    show(console, certificate)

    def form(text: str) -> str:
        return re.sub(r"[\d,.]*\d", "0", re.sub(r"\b[0-9a-f]{64}\b", "SHA", text))

    parts = shown("nox -s conformance -- --backend redis")
    formed = [form("\n".join(part)).split("\n") for part in parts]
    assert_in_order(formed, form(console.file.getvalue()))


def test_the_methods_of_a_memory() -> None:
    (block,) = re.findall(
        r"^```python\n(class MyMemory:\n.*?)^```$", README, re.DOTALL | re.MULTILINE
    )
    names = {"Msg": Msg}
    exec(f"from __future__ import annotations\n{block}", names)
    methods = {
        kind.__name__: {
            name: (inspect.iscoroutinefunction(item), str(inspect.signature(item)))
            for name, item in vars(kind).items()
            if inspect.isfunction(item) and name != "__aexit__"
        }
        for kind in (names["MyMemory"], MemoryBase)
    }
    assert methods["MyMemory"] == methods["MemoryBase"]
    optional = block.partition("# These may be left out.\n")[2]
    parts = {kind for part in CONTRACT.parts for kind in part.kinds}
    assert {*re.findall(r"def (\w+)", optional)} == parts | {"export_state", "import_state"}


def test_every_command_is_listed() -> None:
    listed = set(re.findall(r"^\| `memcert ([a-z]+)", README, re.MULTILINE))
    assert listed == set(main.commands)
