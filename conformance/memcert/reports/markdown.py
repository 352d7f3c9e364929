"""The certificate as Markdown, for the summary page of a CI job."""

from __future__ import annotations

from memcert.engine.output.foreign_text import markdown as escaped
from memcert.engine.output.foreign_text import markdown_block
from memcert.engine.rule import Consequence
from memcert.engine.verdicts.certificate import Certificate, succeeded
from memcert.engine.verdicts.verdict import Finding
from memcert.reports.summary import (
    broken,
    corpus_line,
    cost_line,
    counterexample_lines,
    counts_line,
    headline,
    notes,
    run_line,
    store_line,
)


def markdown(certificate: Certificate) -> str:
    """Return the report as Markdown text.

    Args:
        certificate: the certificate.
    """
    mark = "✅" if succeeded(certificate) else "❌"
    contract, kit = certificate["contract"], certificate["kit"]
    lines = [
        f"## {mark} {escaped(headline(certificate))}",
        "",
        f"- asked: level {certificate['level']['asked']}; rules: {counts_line(certificate)}",
        f"- store: {escaped(store_line(certificate))}",
        f"- run: {run_line(certificate)}; {cost_line(certificate)}",
        f"- common corpus: {escaped(corpus_line(certificate))}",
        f"- kit {kit['version']}, contract {contract['name']} {contract['version']},"
        f" Python {certificate['platform']['python']}, {certificate['run']['date']}",
        "",
    ]
    lines[-1:-1] = [f"- {escaped(note)}" for note in notes(certificate)]
    lines += [f"- **{escaped(complaint)}**" for complaint in certificate["complaints"]]
    for verdict in broken(certificate):
        consequence = Consequence(verdict["consequence"])
        lines += [
            f"### {verdict['rule']} {verdict['finding']}: {consequence.value}",
            "",
            f"{escaped(verdict['text'])} ({consequence.meaning})",
            "",
            *markdown_block(counterexample_lines(verdict)),
            "",
        ]
    lines += ["| rule | finding | level | if broken | programs | |", "|---|---|---|---|--:|---|"]
    for verdict in certificate["verdicts"]:
        if verdict["finding"] == Finding.NOT_RUN.value:
            continue
        text = escaped(verdict["text"])
        lines.append(
            f"| {verdict['rule']} | {verdict['finding']} | {verdict['level'] or 'extension'} |"
            f" {verdict['consequence']} | {verdict['programs']} | {text} |"
        )
    return "\n".join([*lines, ""])
