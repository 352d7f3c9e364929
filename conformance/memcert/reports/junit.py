"""The certificate as JUnit XML, which CI systems show: the rule id is the class name."""

from __future__ import annotations

from xml.etree import ElementTree

from memcert.engine.certificate import Certificate
from memcert.engine.verdict import Finding
from memcert.reports.summary import counterexample_lines, counts


def junit(certificate: Certificate) -> str:
    """Return the report as XML text.

    Args:
        certificate: the certificate.
    """
    number = counts(certificate)
    skipped = number[Finding.UNSUPPORTED] + number[Finding.NOT_RUN] + number[Finding.DEVIATES]
    run, verdicts = certificate["run"], certificate["verdicts"]
    suite = ElementTree.Element(
        "testsuite",
        name=_printable(f"memcert {certificate['backend']['name']}"),
        tests=str(len(verdicts) + len(certificate["complaints"])),
        failures=str(number[Finding.FAILED] + len(certificate["complaints"])),
        errors="0",
        skipped=str(skipped),
        time=str(run["seconds"]),
        timestamp=run["date"],
    )
    for verdict in verdicts:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=verdict["rule"],
            name=verdict["text"],
            time=str(verdict["seconds"]),
        )
        if verdict["finding"] == Finding.FAILED.value:
            failure = ElementTree.SubElement(
                case, "failure", type=verdict["consequence"], message=verdict["text"]
            )
            failure.text = _printable("\n".join(counterexample_lines(verdict)))
        elif verdict["finding"] != Finding.PASSED.value:
            ElementTree.SubElement(
                case, "skipped", message=_printable(f"{verdict['finding']}: {verdict['reason']}")
            )
    for complaint in certificate["complaints"]:
        case = ElementTree.SubElement(suite, "testcase", classname="deviations", name=complaint)
        ElementTree.SubElement(case, "failure", type="deviation", message=complaint)
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=False) + "\n"


def _printable(text: str) -> str:
    """Return text that XML 1.0 can hold: https://www.w3.org/TR/xml/#charsets."""
    return "".join(
        character if character in "\t\n" or _allowed(ord(character)) else f"\\x{ord(character):02x}"
        for character in text
    )


def _allowed(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
