"""The report's files in a folder."""

from __future__ import annotations

from pathlib import Path

from memcert.engine.output.files import write_text
from memcert.engine.rule import Level
from memcert.engine.verdicts.certificate import Certificate
from memcert.engine.verdicts.certificate_json import certificate_json
from memcert.reports.junit import junit
from memcert.reports.markdown import markdown
from memcert_reference.json_text import dump_json


def write_reports(folder: Path, certificate: Certificate, expected: Level | None = None) -> None:
    """Write the certificate, the JUnit XML and the Markdown summary.

    Args:
        folder: where; it is made.
        certificate: what they are made from.
        expected: the level that nothing but known deviations may keep the backend from, if there
            are any.

    Raises:
        Unwritable: one of them cannot be written.
    """
    write_text(folder / "certificate.json", readable_json(certificate))
    write_text(folder / "junit.xml", junit(certificate))
    write_text(folder / "summary.md", markdown(certificate, expected))


def readable_json(certificate: Certificate) -> str:
    """Return a certificate as JSON text with a line per verdict, and per cause.

    Args:
        certificate: the certificate.
    """
    lines = []
    for key, value in certificate_json(certificate).items():
        if key in ("verdicts", "causes") and value:
            rows = ",\n    ".join(map(dump_json, value))
            lines.append(f'  "{key}": [\n    {rows}\n  ]')
        else:
            lines.append(f'  "{key}": {dump_json(value)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"
