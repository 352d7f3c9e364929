"""The certificate as JUnit XML, which CI systems show: the rule id is the class name."""

from __future__ import annotations

from xml.etree import ElementTree

from memcert.engine.output.foreign_text import one_line, xml
from memcert.engine.verdicts.certificate import Certificate
from memcert.engine.verdicts.verdict import Finding
from memcert.reports.summary import counts, divergence_lines

_FAILURES = (Finding.FAILED, Finding.UNSTABLE)
"""What a job must not pass over."""


def junit(certificate: Certificate) -> str:
    """Return the report as XML text.

    Args:
        certificate: the certificate.
    """
    number = counts(certificate)
    run, verdicts = certificate.run, certificate.verdicts
    failed = sum(number[each] for each in _FAILURES)
    suite = ElementTree.Element(
        "testsuite",
        name=_in_one_line(f"memcert {certificate.backend.name}"),
        tests=str(len(verdicts) + len(certificate.complaints)),
        failures=str(failed + len(certificate.complaints)),
        errors="0",
        skipped=str(len(verdicts) - failed - number[Finding.PASSED]),
        time=str(run.seconds),
        timestamp=run.date,
    )
    for verdict in verdicts:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=verdict.rule,
            name=_in_one_line(verdict.text),
            time=str(verdict.seconds),
        )
        if verdict.finding in _FAILURES and verdict.counterexample is not None:
            unstable = verdict.finding is Finding.UNSTABLE
            failure = ElementTree.SubElement(
                case,
                "failure",
                type=verdict.finding.value if unstable else verdict.consequence.value,
                message=_in_one_line(verdict.reason if unstable else verdict.text),
            )
            failure.text = xml("\n".join(divergence_lines(verdict.counterexample.divergence)))
        elif verdict.finding is not Finding.PASSED:
            ElementTree.SubElement(
                case, "skipped", message=_in_one_line(f"{verdict.finding.value}: {verdict.reason}")
            )
    for complaint in certificate.complaints:
        message = _in_one_line(complaint)
        case = ElementTree.SubElement(suite, "testcase", classname="deviations", name=message)
        ElementTree.SubElement(case, "failure", type="deviation", message=message)
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=False) + "\n"


def _in_one_line(text: str) -> str:
    return xml(one_line(text))
