"""``memcert replay | verify | explain | backends``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from memcert.engine.verdicts.certificate_json import digest_of
from memcert.short_term import CONTRACT

Memcert = Callable[..., Result]

PROGRAM = {
    "format": 1,
    "steps": [
        {"operation": "add", "messages": [{"id": "m0"}], "marks": ["a"]},
        {"operation": "size", "client": 1},
        {"operation": "delete", "ids": ["m0", "m0"]},
        {"operation": "clear"},
    ],
    "clients": [{"space": 0, "process": False}, {"space": 1, "process": False}],
    "spaces": [
        {"user": "u", "session": "s", "shared_session": False},
        {"user": "v", "session": "s", "shared_session": False},
    ],
}


@pytest.fixture
def program(folder: Path) -> str:
    (folder / "program.json").write_text(json.dumps(PROGRAM))
    return "program.json"


def test_replay_shows_every_step_up_to_the_one_that_differs(memcert: Memcert, program: str) -> None:
    result = memcert("replay", program, "--backend", "memories.py:Broken")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith("  1 client 0: await memory.add(")
    assert lines[1] == "  2 client 1: await memory.size()"
    assert lines[2] == "  3 client 0: await memory.delete(['m0', 'm0'])"
    assert "expected: returned 1" in result.stdout
    assert "observed: returned 2" in result.stdout
    assert "clear" not in result.stdout
    assert "the backend does not do what the contract says" in result.stdout


def test_replay_of_what_is_kept(memcert: Memcert, program: str) -> None:
    result = memcert("replay", program, "--backend", "reference", "--script")
    assert result.exit_code == 0
    assert "  4 client 0: await memory.clear()" in result.stdout
    assert "the backend does what the contract says" in result.stdout
    assert "async with open_memories('reference') as memories:" in result.stdout
    text = result.stdout[result.stdout.index("# program.json") :]
    compile(text.partition("the backend does")[0], "program.json", "exec")


@pytest.fixture
def certificate(memcert: Memcert, folder: Path) -> Path:
    asked = ("--effort", "quick", "--rule", "ADD-01", "--report-dir", "out")
    assert memcert("certify", "memories.py:Good", *asked).exit_code == 0
    return folder / "out" / "certificate.json"


def change(certificate: Path, changed: Callable[[Any], None], *, seal: bool) -> None:
    data = json.loads(certificate.read_text(encoding="utf-8"))
    changed(data)
    if seal:
        data["digest"] = digest_of(data)
    certificate.write_text(json.dumps(data), encoding="utf-8")


def test_a_good_certificate_is_verified(memcert: Memcert, certificate: Path) -> None:
    result = memcert("verify", str(certificate))
    assert result.exit_code == 0, result.output
    assert "the certificate holds: memories.py:Good: only ADD-01 checked" in result.stdout
    replayed, known = len(CONTRACT.corpus.programs("ADD-01")), len(CONTRACT.corpus)
    said = f"corpus: {replayed} of {known} programs replayed, SHA-256"
    assert f"{said} {CONTRACT.corpus.digest}\n" in result.stdout
    assert "another corpus" not in result.stdout


def test_one_of_another_corpus_holds_and_says_so(memcert: Memcert, certificate: Path) -> None:
    def other(data: Any) -> None:
        data["corpus"] |= {"digest": "0" * 64, "programs": 7}

    change(certificate, other, seal=True)
    result = memcert("verify", str(certificate))
    assert result.exit_code == 0, result.output
    assert "the certificate holds" in result.stdout
    assert f"SHA-256 {'0' * 64}\n" in result.stdout
    said = "another corpus was used: this kit's has"
    assert said in result.stdout.splitlines()[-1]


def test_how_it_is_written_plays_no_part(memcert: Memcert, certificate: Path) -> None:
    change(certificate, lambda data: None, seal=False)
    assert memcert("verify", str(certificate)).exit_code == 0


def claim(data: Any) -> None:
    data["level"]["reached"] = "core"


def hide(data: Any) -> None:
    data["verdicts"].pop()


def rename(data: Any) -> None:
    # Square brackets mean something to the console.
    data["verdicts"][0] |= {"rule": "[/red]", "finding": "passed", "programs": 0}


@pytest.mark.parametrize("changed", [claim, hide, rename])
@pytest.mark.parametrize("seal", [True, False])
def test_a_changed_one_is_not(
    memcert: Memcert, certificate: Path, changed: Callable[[Any], None], seal: bool
) -> None:
    change(certificate, changed, seal=seal)
    result = memcert("verify", str(certificate))
    assert result.exit_code == 1
    assert "the certificate holds" not in result.stdout
    assert ("its digest does not match" in result.stdout) is not seal


def test_one_that_lacks_a_part_is_none(memcert: Memcert, certificate: Path) -> None:
    def drop(data: Any) -> None:
        del data["backend"]

    change(certificate, drop, seal=True)
    result = memcert("verify", str(certificate))
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")


@pytest.mark.parametrize(
    ("there", "instead", "said"),
    [
        ('"seed":0', '"seed":0,"seed":1', "the key 'seed' is there twice in one object"),
        ('"seed":0', '"seed":NaN', "$.run.seed: nan is no number of JSON"),
        ('"seed":0', f'"seed":{"9" * 5000}', "$.run.seed: a very long integer is not of type"),
        ('"seed":0', '"seed":1e400', "$.run.seed: inf is no number of JSON"),
        ('"seed":0', '"seed":"\\ud800"', "$.run.seed: surrogates not allowed"),
        ('"format": 3', '"format": 4', "its format is 4; this kit reads 3"),
        ('"complaints": []', f'"complaints": {"[" * 900}{"]" * 900}', "it is nested too deep"),
        ('"complaints": []', '"complaints": ["\\n\\u001b[31m", 7]', "$.complaints[1]: 7 is not"),
    ],
)
def test_whatever_is_wrong_with_one_is_told_in_one_line(
    memcert: Memcert, certificate: Path, there: str, instead: str, said: str
) -> None:
    text = certificate.read_text(encoding="utf-8")
    assert text.count(there) == 1
    certificate.write_text(text.replace(there, instead), encoding="utf-8")
    result = memcert("verify", str(certificate))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: it is no")
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_name_in_brackets_is_shown_whole(memcert: Memcert, folder: Path) -> None:
    odd = folder / "[bold]" / "[x]"
    odd.mkdir(parents=True)
    (folder / "memories.py").rename(odd / "memories.py")
    name = "[bold]/[x]/memories.py:Good"
    asked = ("--effort", "quick", "--rule", "ADD-01", "--report-dir", "out")
    result = memcert("certify", name, *asked)
    assert result.exit_code == 0
    assert f"{name}: only ADD-01 checked" in result.stdout
    result = memcert("verify", "out/certificate.json")
    assert result.exit_code == 0
    assert f"{name}: only ADD-01 checked" in result.stdout


@pytest.mark.parametrize("rule", [rule.id for rule in CONTRACT.rules])
def test_every_rule_is_explained(memcert: Memcert, rule: str) -> None:
    result = memcert("explain", rule.lower())
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert f"{rule} {CONTRACT.by_id[rule].text}" in text
    assert CONTRACT.by_id[rule].consequence.meaning in text


def test_the_backends_are_listed(memcert: Memcert) -> None:
    result = memcert("backends", "--mutants")
    assert result.exit_code == 0
    for name in ("reference", "sqlite", "redis", "mutant:"):
        assert name in result.stdout


def test_the_version_and_the_help(memcert: Memcert) -> None:
    assert memcert("--version").stdout.startswith("memcert, version ")
    for arguments in (["--help"], ["-h"], ["certify", "-h"], ["verify", "--help"]):
        result = memcert(*arguments)
        assert result.exit_code == 0
        assert result.stdout.startswith("Usage: ")
    for arguments in ([], ["deviations"]):
        result = memcert(*arguments)
        assert result.output.startswith("Usage: ")
        assert "--help" in result.output
