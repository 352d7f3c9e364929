"""The certificates in reports/: each holds by the rules that it was made with.

There may be newer rules: a job writes them anew on a schedule and before a release.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from memcert.engine.contract import Contract
from memcert.engine.verdicts.certificate import Certificate
from memcert.engine.verdicts.certificate_json import (
    certificate_json,
    digest_of,
    parse_certificate,
)
from memcert.engine.verdicts.verification import faults
from memcert.reports.files import readable_json
from memcert.short_term import CONTRACT
from memcert_reference.json_text import load_json

FOLDER = Path(__file__).parents[3] / "reports"

OTHERS = {FOLDER / "measurements.json", FOLDER / "mutation.json"}

CERTIFICATES = sorted(set(FOLDER.glob("*.json")) - OTHERS)


def test_there_are_some() -> None:
    assert len(CERTIFICATES) >= 9


def named_by(certificate: Certificate) -> Contract:
    """Return the contract as it was when a certificate was made; its digest is of those rules."""
    rules = [
        replace(
            CONTRACT.by_id[verdict.rule],
            text=verdict.text,
            level=verdict.level,
            consequence=verdict.consequence,
        )
        for verdict in certificate.verdicts
    ]
    return replace(CONTRACT, version=certificate.contract.version, rules=rules)


@pytest.mark.parametrize("path", CERTIFICATES, ids=lambda path: path.stem)
def test_it_holds_by_the_contract_that_it_names(path: Path) -> None:
    certificate = parse_certificate(path.read_bytes())
    assert certificate.contract.name == CONTRACT.name
    assert faults(certificate, named_by(certificate)) == []
    assert path.with_suffix(".md").exists()


@pytest.mark.parametrize("path", CERTIFICATES, ids=lambda path: path.stem)
def test_it_is_read_and_written_back_as_it_was(path: Path) -> None:
    text = path.read_bytes()
    certificate = parse_certificate(text)
    assert certificate_json(certificate) == load_json(text)
    assert certificate.digest == digest_of(certificate_json(certificate))
    assert readable_json(certificate).encode() == text
