"""The certificates in reports/: they hold, and are of this kit's contract and common corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcert.engine.verdicts.certificate_json import (
    certificate_json,
    digest_of,
    parse_certificate,
)
from memcert.engine.verdicts.verification import faults, other_corpus
from memcert.reports.files import readable_json
from memcert.short_term import CONTRACT
from memcert_reference.json_text import load_json

FOLDER = Path(__file__).parents[3] / "reports"

CERTIFICATES = sorted(set(FOLDER.glob("*.json")) - {FOLDER / "measurements.json"})


def test_there_are_some() -> None:
    assert len(CERTIFICATES) >= 9


@pytest.mark.parametrize("path", CERTIFICATES, ids=lambda path: path.stem)
def test_it_holds_and_is_of_this_kit(path: Path) -> None:
    certificate = parse_certificate(path.read_bytes())
    # If it is not: nox -s reports
    assert faults(certificate, CONTRACT) == []
    assert other_corpus(certificate, CONTRACT) is None
    assert path.with_suffix(".md").exists()


@pytest.mark.parametrize("path", CERTIFICATES, ids=lambda path: path.stem)
def test_it_is_read_and_written_back_as_it_was(path: Path) -> None:
    text = path.read_bytes()
    certificate = parse_certificate(text)
    assert certificate_json(certificate) == load_json(text)
    assert certificate.digest == digest_of(certificate_json(certificate))
    assert readable_json(certificate).encode() == text
