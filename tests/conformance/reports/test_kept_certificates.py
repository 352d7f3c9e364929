"""The certificates in reports/: they hold, and are of this kit's contract and common corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcert.engine.verdicts.certificate import faults, other_corpus
from memcert.short_term import CONTRACT
from memcert_reference.json_text import load_json

FOLDER = Path(__file__).parents[3] / "reports"

CERTIFICATES = sorted(set(FOLDER.glob("*.json")) - {FOLDER / "measurements.json"})


def test_there_are_some() -> None:
    assert len(CERTIFICATES) >= 9


@pytest.mark.parametrize("path", CERTIFICATES, ids=lambda path: path.stem)
def test_it_holds_and_is_of_this_kit(path: Path) -> None:
    certificate = load_json(path.read_bytes())
    # If it is not: nox -s reports
    assert faults(certificate, CONTRACT) == []
    assert other_corpus(certificate, CONTRACT) is None
    assert path.with_suffix(".md").exists()
