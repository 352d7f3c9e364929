"""``memcert certify``: exit status, report files, and what is kept for the next time."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import Result

from memcert.short_term import CONTRACT

Memcert = Callable[..., Result]
Command = Callable[..., subprocess.CompletedProcess[str]]

CONTROL = {"\x1b", "\r", "\b", "\x9b"}


def finding(folder: Path, rule: str) -> str:
    certificate = json.loads((folder / "certificate.json").read_text(encoding="utf-8"))
    found: dict[str, str] = {each["rule"]: each["finding"] for each in certificate["verdicts"]}
    return found[rule]


@pytest.mark.usefixtures("few_rules")
def test_a_good_one_reaches_its_level(memcert: Memcert, folder: Path) -> None:
    result = memcert(
        "certify", "memories.py:Good", "--effort", "standard", "--report-dir", "out/deep"
    )
    assert result.exit_code == 0, result.output
    assert "memories.py:Good: level core, strict (ephemeral by design" in result.stdout
    assert result.stderr == ""
    # Nothing failed, so nothing is kept.
    assert not list((folder / ".memcert").rglob("*.json"))
    assert f"of {len(CONTRACT.corpus)} programs replayed, SHA-256 {CONTRACT.corpus.digest}" in (
        result.stdout
    )
    assert memcert("verify", "out/deep/certificate.json").exit_code == 0


@pytest.mark.usefixtures("few_rules")
def test_a_broken_one_does_not(memcert: Memcert, folder: Path) -> None:
    result = memcert("certify", "memories.py:Broken", "--effort", "standard", "--report-dir", "out")
    assert result.exit_code == 1, result.output
    assert "no level" in result.stdout
    assert "level core was not reached" in result.stdout
    assert "print(await memory.delete(" in result.stdout
    assert finding(folder / "out", "DEL-02") == "failed"
    assert memcert("verify", "out/certificate.json").exit_code == 0


@pytest.mark.usefixtures("few_rules")
def test_a_lossy_one_reaches_core_and_not_durable(memcert: Memcert) -> None:
    asked = ("certify", "memories.py:Lossy", "--effort", "standard", "--level")
    assert memcert(*asked, "core").exit_code == 0
    result = memcert(*asked, "durable")
    assert result.exit_code == 1
    assert "memories.py:Lossy: level core, strict" in result.stdout
    assert "level durable was not reached" in result.stdout


@pytest.mark.usefixtures("few_rules")
def test_one_whose_data_are_of_one_process_is_asked_for_core(memcert: Memcert) -> None:
    asked = ("certify", "memories.py:process_local", "--effort", "standard")
    result = memcert(*asked)
    assert result.exit_code == 0, result.output
    core = (
        "process-local: level core, strict (its data are process-local: no other process opens it)"
    )
    assert core in result.stdout
    result = memcert(*asked, "--level", "durable", "--report-dir", "out")
    assert result.exit_code == 1
    assert core in result.stdout
    assert "failed" not in result.stdout
    assert "DUR-01" not in result.stdout
    assert "it declares its data process-local: DUR-05\n" in result.stdout
    assert "level durable was not reached" in result.stdout
    assert memcert("verify", "out/certificate.json").exit_code == 0


@pytest.mark.usefixtures("few_rules")
def test_strictness_is_asked_for_apart(memcert: Memcert) -> None:
    asked = ("certify", "--backend", "memories.py:Careless", "--effort", "standard")
    result = memcert(*asked)
    assert result.exit_code == 0, result.output
    assert "level core, 1 strict rule failed" in result.stdout
    assert memcert(*asked, "--strict").exit_code == 1


@pytest.mark.usefixtures("few_rules")
def test_the_reports_say_the_same(memcert: Memcert, folder: Path) -> None:
    memcert("certify", "memories.py:Broken", "--effort", "standard", "--report-dir", "out")
    assert {path.name for path in (folder / "out").iterdir()} == {
        "certificate.json",
        "junit.xml",
        "summary.md",
    }
    certificate = json.loads((folder / "out" / "certificate.json").read_text(encoding="utf-8"))
    suite = ElementTree.parse(folder / "out" / "junit.xml").getroot()
    cases = {case.attrib["classname"]: case for case in suite.iter("testcase")}
    assert list(cases) == [each["rule"] for each in certificate["verdicts"]]
    failed = {rule for rule, case in cases.items() if case.find("failure") is not None}
    assert failed == {each["rule"] for each in certificate["verdicts"] if each["counterexample"]}
    assert "DEL-02" in failed
    summary = (folder / "out" / "summary.md").read_text(encoding="utf-8")
    assert summary.startswith("## ❌ memories.py:Broken: no level")
    assert "### DEL-02: wrong" in summary


def test_what_failed_is_kept_replayed_and_run_first_the_next_time(
    memcert: Memcert, folder: Path
) -> None:
    asked = ("certify", "memories.py:Broken", "--rule", "DEL-02", "--effort", "standard")
    assert memcert(*asked, "--report-dir", "one").exit_code == 1
    (kept,) = (folder / ".memcert").rglob("DEL-02-*.json")
    assert memcert("replay", str(kept), "--backend", "memories.py:Broken").exit_code == 1
    assert memcert("replay", str(kept), "--backend", "reference").exit_code == 0

    assert memcert(*asked, "--report-dir", "two").exit_code == 1
    again = json.loads((folder / "two" / "certificate.json").read_text(encoding="utf-8"))
    (found,) = [each for each in again["verdicts"] if each["rule"] == "DEL-02"]
    assert found["programs"] == 1
    assert found["counterexample"]["program"] == json.loads(kept.read_text(encoding="utf-8"))


def test_what_is_put_right_is_forgotten(memcert: Memcert, folder: Path) -> None:
    asked = ("--rule", "DEL-02", "--effort", "standard", "--counterexamples", "kept")
    assert memcert("certify", "memories.py:Broken", *asked).exit_code == 1
    (kept,) = (folder / "kept").rglob("DEL-02-*.json")
    assert not (folder / ".memcert" / kept.parent.name).exists()
    # The same name, another class: the bug was put right.
    text = (folder / "memories.py").read_text().replace("return len(msg_ids)", "return count")
    text = text.replace(
        "        await super().delete(msg_ids)\n", "        count = await super().delete(msg_ids)\n"
    )
    (folder / "other").mkdir()
    (folder / "other" / "memories.py").write_text(text)
    kept.parent.rename(kept.parent.with_name("other_memories.py_Broken"))
    assert memcert("certify", "other/memories.py:Broken", *asked).exit_code == 0
    assert not list((folder / "kept").rglob("*.json"))


def test_a_deviation_is_read_and_judged(memcert: Memcert, folder: Path) -> None:
    asked = ("--rule", "DEL-02", "--effort", "standard", "--deviations", "known.toml")
    program = {"format": 1, "steps": [{"operation": "delete", "ids": ["unknown"]}]}
    (folder / "program.json").write_text(json.dumps(program))
    (folder / "known.toml").write_text(
        '[[deviation]]\nrule = "DEL-02"\nreason = "because"\nlink = "x"\n'
        'expires = 9999-12-31\nprogram = "program.json"\n'
    )
    result = memcert("certify", "memories.py:Broken", *asked)
    assert result.exit_code == 1
    assert "deviates DEL-02" in result.stdout
    result = memcert("certify", "memories.py:Good", *asked)
    assert result.exit_code == 1
    assert "no longer fails" in result.stdout


RULES = ("--rule", "DEL-02", "--rule", "MIX-01", "--rule", "ADD-02")


def test_only_what_failed_the_last_time(memcert: Memcert, folder: Path) -> None:
    asked = ("--effort", "quick", "--report-dir", "out")
    result = memcert("certify", "memories.py:Broken", *asked, "--failed")
    assert (result.exit_code, result.stdout) == (2, "")
    said = "no rule of memories.py:Broken failed the last time: leave --failed out"
    assert result.stderr == f"Error: {said}\n"
    assert memcert("certify", "memories.py:Broken", *asked, *RULES).exit_code == 1
    assert {rule: finding(folder / "out", rule) for rule in ("DEL-02", "MIX-01")} == {
        "DEL-02": "failed",
        "MIX-01": "hidden",
    }
    result = memcert("certify", "memories.py:Broken", *asked, "--failed")
    assert result.exit_code == 1
    assert "memories.py:Broken: only DEL-02 checked" in result.stdout
    # Of those that are asked for, only those that failed.
    result = memcert("certify", "memories.py:Broken", *asked, "--failed", "--rule", "ADD-02")
    assert (result.exit_code, result.stderr) == (2, f"Error: {said}\n")


@pytest.mark.parametrize("option", ["-x", "--fail-fast"])
def test_a_run_may_end_with_the_first_cause(memcert: Memcert, folder: Path, option: str) -> None:
    asked = ("--effort", "quick", "--report-dir", "out", option, "--jobs", "1")
    result = memcert("certify", "memories.py:Broken", *asked, *RULES)
    assert result.exit_code == 1
    found = {rule: finding(folder / "out", rule) for rule in ("ADD-02", "DEL-02", "MIX-01")}
    assert result.stdout.count(" failed: ") == 1
    assert memcert("verify", "out/certificate.json").exit_code == 0
    certificate = json.loads((folder / "out" / "certificate.json").read_text(encoding="utf-8"))
    assert len(certificate["causes"]) == 1
    reasons = {each["rule"]: each["reason"] for each in certificate["verdicts"]}
    left = [rule for rule, each in found.items() if each == "not run"]
    assert left
    assert {reasons[rule] for rule in left} == {"the run ended with the first cause"}
    # Without anything wrong it goes on to the end.
    assert memcert("certify", "memories.py:Good", *asked, *RULES).exit_code == 0


def test_in_a_process_of_its_own_without_a_terminal(command: Command, folder: Path) -> None:
    asked = ("certify", "memories.py:Broken", "--effort", "standard", "--rule")
    done = command(*asked, "DEL-02", "--report-dir", "out")
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    assert not CONTROL & set(done.stdout)
    assert done.stdout.startswith("memcert: certifying memories.py:Broken, 1 rule\n")
    assert "\nDEL-02 failed: delete returns" in done.stdout
    assert "\n1 cause, what hurts most first:\n  DEL-02 [wrong] delete returns" in done.stdout
    assert finding(folder / "out", "DEL-02") == "failed"
    done = command(*asked, "ADD-01", "--rule", "DEL-01")
    assert done.returncode == 0, done.stderr
    assert not CONTROL & set(done.stdout)


def test_a_console_that_knows_ascii_only_loses_no_verdict(command: Command) -> None:
    done = command(
        "certify",
        "memories.py:Broken",
        "--effort",
        "standard",
        "--rule",
        "DEL-02",
        PYTHONIOENCODING="ascii",
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_the_same_seed_gives_the_same_certificate(command: Command, folder: Path) -> None:
    certificates = []
    for number in range(2):
        done = command(
            "certify", "memories.py:Broken", "--effort", "standard", "--seed", "3",
            "--rule", "ADD-01", "--rule", "DEL-01", "--rule", "DEL-02",
            "--counterexamples", f"kept{number}", "--report-dir", f"out{number}",
        )  # fmt: skip
        assert done.returncode == 1, done.stderr
        path = folder / f"out{number}" / "certificate.json"
        certificate = json.loads(path.read_text(encoding="utf-8"))
        for each in certificate["verdicts"]:
            del each["seconds"]
        certificates.append(certificate["verdicts"])
    assert certificates[0] == certificates[1]
