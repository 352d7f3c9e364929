"""The certificate as Markdown, for the summary page of a CI job."""

from __future__ import annotations

from memcert.engine.output.foreign_text import markdown as escaped
from memcert.engine.output.foreign_text import markdown_block
from memcert.engine.rule import Level
from memcert.engine.verdicts.certificate import Certificate
from memcert.engine.verdicts.success import succeeded
from memcert.engine.verdicts.verdict import Finding
from memcert.reports.summary import (
    cause_does,
    cells_line,
    corpus_line,
    cost_line,
    counts_line,
    divergence_lines,
    headline,
    notes,
    rule_text,
    run_line,
    store_line,
)


def markdown(certificate: Certificate, expected: Level | None = None) -> str:
    """Return the report as Markdown text.

    Args:
        certificate: the certificate.
        expected: the level that nothing but known deviations may keep the backend from, if there
            are any.
    """
    mark = "✅" if succeeded(certificate, expected) else "❌"
    contract, kit = certificate.contract, certificate.kit
    lines = [
        f"## {mark} {escaped(headline(certificate))}",
        "",
        f"- asked: level {certificate.level.asked.value}; rules: {counts_line(certificate)}",
        f"- store: {escaped(store_line(certificate))}",
        f"- cells: {cells_line(certificate)}",
        f"- run: {run_line(certificate)}; {cost_line(certificate)}",
        f"- corpus: {escaped(corpus_line(certificate))}",
        f"- kit {kit.version}, contract {contract.name} {contract.version},"
        f" Python {certificate.platform.python}, {certificate.run.date}",
        "",
    ]
    lines[-1:-1] = [f"- {escaped(note)}" for note in notes(certificate)]
    lines += [f"- **{escaped(complaint)}**" for complaint in certificate.complaints]
    for cause in certificate.causes:
        does = cause_does(cause, certificate)
        lines += [
            f"### {cause.rule}: {cause.consequence.value}",
            "",
            f"{escaped(rule_text(cause.rule, certificate))} ({cause.consequence.meaning})",
            *(["", escaped(f"It {does}.")] if does else []),
            "",
            *markdown_block(divergence_lines(cause.counterexample.divergence)),
            "",
        ]
    lines += [
        "| rule | finding | level | if broken | cells | programs | random | |",
        "|---|---|---|---|--:|--:|--:|---|",
    ]
    for verdict in certificate.verdicts:
        if verdict.finding is Finding.NOT_RUN:
            continue
        level = verdict.level.value if verdict.level else "extension"
        lines.append(
            f"| {verdict.rule} | {verdict.finding.value} | {level} |"
            f" {verdict.consequence.value} | {verdict.cells} of {verdict.cells_in_all} |"
            f" {verdict.programs} | {verdict.drawn} | {escaped(verdict.text)} |"
        )
    return "\n".join([*lines, ""])
