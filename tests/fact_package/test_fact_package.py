"""A contract of someone else, installed, goes through whatever there is for memcert's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

HERE = Path(__file__).parent

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def site(installed: Callable[[Path], Path]) -> Path:
    """The folder that the package is installed in."""
    return installed(HERE)


@pytest.fixture
def python(site: Path, tmp_path: Path) -> Run:
    """Run Python where the package is installed, in an empty folder."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(site)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def memcert(python: Run) -> Run:
    """Run memcert there."""
    return lambda *arguments: python("-m", "memcert", *arguments)


@pytest.mark.parametrize(
    ("name", "level"), [("facts-in-memory", "core"), ("facts-in-a-file", "durable")]
)
def test_its_backends_are_certified(memcert: Run, tmp_path: Path, name: str, level: str) -> None:
    done = memcert("certify", name, "--report-dir", "out", "--effort", "quick")
    assert done.returncode == 0, done.stdout + done.stderr
    certificate = json.loads((tmp_path / "out" / "certificate.json").read_text(encoding="utf-8"))
    assert certificate["contract"]["name"] == "memory of facts"
    assert certificate["level"]["reached"] == level
    assert [each["rule"] for each in certificate["verdicts"]] == [
        "RECORD-01",
        "RETRIEVE-01",
        "KEPT-01",
    ]
    schema = memcert_schema()
    jsonschema.validate(certificate, schema)
    assert (tmp_path / "out" / "junit.xml").is_file()
    assert "memory of facts" in (tmp_path / "out" / "summary.md").read_text(encoding="utf-8")
    verified = memcert("verify", "out/certificate.json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "the certificate holds" in verified.stdout


def memcert_schema() -> object:
    from importlib.resources import files

    return json.loads(
        files("memcert.engine.verdicts").joinpath("certificate.schema.json").read_text()
    )


@pytest.mark.parametrize(
    ("mutant", "rules"),
    [("forgetful", {"RECORD-01", "KEPT-01"}), ("unlimited", {"RETRIEVE-01"})],
)
def test_its_mutants_are_found_replayed_and_printed(
    memcert: Run, python: Run, tmp_path: Path, mutant: str, rules: set[str]
) -> None:
    done = memcert("certify", f"mutant:{mutant}", "--report-dir", "out", "--effort", "quick")
    assert done.returncode == 1, done.stdout + done.stderr
    text = (tmp_path / "out" / "certificate.json").read_text(encoding="utf-8")
    found = {each["rule"] for each in json.loads(text)["verdicts"] if each["finding"] == "failed"}
    assert rules <= found
    for rule in rules:
        (program,) = (tmp_path / ".memcert").rglob(f"{rule}-*.json")
        again = memcert("replay", str(program), "--backend", f"mutant:{mutant}", "--script")
        assert again.returncode == 1, again.stdout + again.stderr
        script = again.stdout[again.stdout.index("import asyncio") :]
        script = script[: script.index("asyncio.run(main())") + len("asyncio.run(main())")]
        (tmp_path / "shown.py").write_text(script, encoding="utf-8")
        shown = python("shown.py")
        assert shown.returncode == 0, script + shown.stderr
        observed = script.partition("# observed: returned ")[2].partition("\n")[0]
        assert shown.stdout.strip() == observed
        good = "facts-in-a-file" if "KEPT-01" in rules else "facts-in-memory"
        passes = memcert("replay", str(program), "--backend", good)
        assert passes.returncode == 0, passes.stdout + passes.stderr


def test_its_rules_are_explained_and_its_backends_listed(memcert: Run) -> None:
    done = memcert("explain", "RETRIEVE-01")
    assert done.returncode == 0, done.stderr
    assert "the newest facts with the word" in done.stdout
    assert "finds mutant:unlimited" in done.stdout
    done = memcert("backends", "--mutants")
    assert done.returncode == 0, done.stderr
    assert "facts-in-a-file durable: embedded" in done.stdout
    assert "mutant:forgetful" in done.stdout
    done = memcert("certify", "facts-in-memory", "--rule", "ADD-01")
    assert done.returncode == 2
    assert "there is no rule 'ADD-01'; facts/rules.py lists them" in done.stderr


def test_the_plugin_has_an_item_for_each_of_its_rules(python: Run, tmp_path: Path) -> None:
    done = python(
        "-m", "pytest", "-q", "--memcert-backend", "facts-in-a-file", "--memcert-backend",
        "mutant:unlimited", "--memcert-backend", "reference", "--memcert-effort", "quick", "-k",
        "facts or RETRIEVE or SIZE-01",
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert "FAILED ::memcert[mutant:unlimited-RETRIEVE-01]" in done.stdout, lines
    assert "1 failed, 4 passed" in done.stdout


def test_its_matrix_says_that_every_rule_is_failed(python: Run) -> None:
    done = python(
        "-c",
        "from memcert.contracts import contract_of\n"
        "from memcert.repository.matrix import judge_mutants\n"
        "from memcert.resolver import mutants_of\n"
        "contract = contract_of('facts')\n"
        "matrix = judge_mutants(contract, mutants_of(contract))\n"
        "print(matrix.complaints)",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[]\n"


def test_its_rules_have_pages(python: Run, tmp_path: Path) -> None:
    done = python(
        "-c",
        "from pathlib import Path\n"
        "from memcert.contracts import contract_of\n"
        "from memcert.repository.rule_pages import write_pages\n"
        "write_pages(Path('rules'), [contract_of('facts')])",
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "rules" / "facts" / "retrieve.md").read_text(encoding="utf-8")
    assert "## RETRIEVE-01" in page
    assert "mutant:unlimited" in page
    assert "# observed: returned " in page
