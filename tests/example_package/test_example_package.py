"""A package of someone else, installed, and certified in every way to name its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULE = HERE / "example_memory" / "__init__.py"

Memcert = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def site(installed: Callable[[Path], Path]) -> Path:
    """The folder that the package is installed in."""
    return installed(HERE)


@pytest.fixture
def memcert(site: Path, tmp_path: Path) -> Memcert:
    """Run memcert where the package is installed, in an empty folder."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        kept = tmp_path / "kept"
        kept.mkdir(exist_ok=True)
        return subprocess.run(
            [sys.executable, "-m", "memcert", *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(site), "EXAMPLE_MEMORY_FOLDER": str(kept)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


RULES = ("ADD-01", "MARK-01", "DUR-01", "DUR-05", "ISO-02")

# What takes a store that the kit can start anew, which a factory can have and a class cannot.
ON_A_STORE = (*RULES, "DUR-07")


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("example", ON_A_STORE),
        ("example_memory:example", ON_A_STORE),
        ("example_memory:MyMemory", RULES),
        (f"{MODULE}:example", ON_A_STORE),
        (f"{MODULE}:MyMemory", RULES),
    ],
    ids=["entry point", "module factory", "module class", "file factory", "file class"],
)
def test_it_is_certified_by_any_of_its_names(
    memcert: Memcert, tmp_path: Path, name: str, rules: tuple[str, ...]
) -> None:
    done = memcert(
        "certify", name, "--effort", "standard", "--report-dir", "out",
        *(word for rule in rules for word in ("--rule", rule)),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    text = (tmp_path / "out" / "certificate.json").read_text(encoding="utf-8")
    found = {each["rule"]: each for each in json.loads(text)["verdicts"]}
    # Another process finds it by the same name, and the session in its file.
    assert {rule: found[rule]["finding"] for rule in rules} == dict.fromkeys(rules, "passed")
    # The class chose its folder itself; the factory took the one that the kit gave.
    assert bool(list((tmp_path / "kept").glob("*.json"))) is (rules is RULES)


def test_it_is_listed(memcert: Memcert) -> None:
    done = memcert("backends")
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["example", "durable:", "embedded"] in [line[:3] for line in lines]


def test_its_name_is_suggested(memcert: Memcert) -> None:
    done = memcert("certify", "exampel")
    assert done.returncode == 2
    assert "did you mean example?" in done.stderr
