"""The reports that are made from a certificate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from memcert.engine.search.effort import Effort
from memcert.engine.verdicts.certificate_json import certificate_json, read_certificate
from memcert.engine.verdicts.success import standing_of, succeeded
from memcert.engine.verdicts.verdict import Finding
from memcert.reports.files import readable_json, write_reports
from memcert.reports.junit import junit
from memcert.reports.markdown import markdown
from memcert.reports.summary import (
    cause_line,
    corpus_line,
    counts_line,
    headline,
    notes,
    store_line,
)
from memcert_reference.json_text import load_json

UNPRINTABLE = "bell \x07 nul \x00 last \ufffe"


def verdict(rule: str, finding: str, **fields: Any) -> dict[str, Any]:
    return {
        "rule": rule,
        "text": f"The sentence of {rule} | with a bar.",
        "level": "core",
        "consequence": "wrong",
        "finding": finding,
        "programs": 8,
        "replayed": 2,
        "drawn": 3,
        "cells": 4,
        "cells_in_all": 4,
        "operations": 80,
        "faults": 0,
        "seconds": 0.5,
        "reason": "",
        "part": "",
        "counterexample": None,
    } | fields


def example(observed: str, steps: int = 1) -> dict[str, Any]:
    return {
        "program": {"format": 1, "steps": [{"operation": "size"}] * steps},
        "step": 0,
        "operation": "await memory.size()",
        "expected": "returned 0",
        "observed": observed,
        "hang": False,
        "refused": [],
        "client": 0,
        "look": False,
    }


def cause(
    rule: str,
    consequence: str,
    fails: list[str],
    hides: list[str],
    counterexample: dict[str, Any],
    deviation: str = "",
) -> dict[str, Any]:
    return {
        "rule": rule,
        "consequence": consequence,
        "fails": fails,
        "hides": hides,
        "deviation": deviation,
        "counterexample": counterexample,
    }


def capabilities(*, durable: bool = True, file: bool = False) -> dict[str, bool]:
    names = ("durable", "fresh_store", "other_process", "network", "crash", "pool", "file")
    return dict.fromkeys(names, False) | {"durable": durable, "file": file}


DATA: dict[str, Any] = {
    "format": 3,
    "kit": {"name": "memcert", "version": "0.1.0"},
    "contract": {"name": "short-term memory", "version": "1.0", "digest": "0" * 64},
    "corpus": {"digest": "a" * 64, "programs": 175, "replayed": 12},
    "backend": {
        "name": "tiny",
        "specification": "tiny.py:Tiny",
        "capabilities": capabilities(file=True),
    },
    "store": {"store": "folder", "how": "embedded", "version": "folder"},
    "drivers": {},
    "platform": {
        "python": "3.11.7",
        "implementation": "CPython",
        "system": "Linux",
        "release": "6",
        "machine": "x86_64",
    },
    "run": {
        "date": "2026-01-01T00:00:00+00:00",
        "seed": 0,
        "effort": "standard",
        "time_limit": 3600.0,
        "rules": [],
        "seconds": 2.0,
        "programs": 40,
        "drawn": 30,
        "long_programs": 20,
        "cells": 5,
        "cells_in_all": 7,
        "operations": 400,
        "faults": 0,
        "observations": 800,
        "backend_seconds": 0.5,
    },
    "level": {"asked": "durable", "reached": None, "strict_failed": 0, "strict_unknown": 0},
    "verdicts": [
        verdict("A-01", "passed"),
        verdict("B-01", "failed", counterexample=example(UNPRINTABLE, 3)),
        verdict("B-02", "failed", counterexample=example("short")),
        verdict("C-01", "failed", consequence="leak", counterexample=example("returned 1", 9)),
        verdict("D-01", "deviates", reason=UNPRINTABLE, counterexample=example("x")),
        verdict("E-01", "unsupported", level="durable", reason="not durable"),
        verdict("F-01", "not run", level=None, programs=0, reason="not asked for"),
        verdict("G-01", "hidden", reason="behind C-01"),
    ],
    "causes": [
        cause("C-01", "leak", ["C-01"], ["G-01"], example("returned 1", 9)),
        cause("B-02", "wrong", ["B-01", "B-02"], [], example("short")),
        cause("B-01", "wrong", ["B-01"], [], example(UNPRINTABLE, 3)),
        cause("D-01", "wrong", ["D-01"], [], example("x"), UNPRINTABLE),
    ],
    "complaints": ["the deviation from D-01 expired on 2026-01-01"],
    "digest": "0" * 64,
}

CERTIFICATE = read_certificate(DATA)


def test_junit_has_a_case_per_rule_with_the_rule_as_class_name() -> None:
    suite = ElementTree.fromstring(junit(CERTIFICATE))
    cases = list(suite.iter("testcase"))
    assert [case.attrib["classname"] for case in cases] == [
        *(each.rule for each in CERTIFICATE.verdicts),
        "deviations",
    ]
    found = {
        case.attrib["classname"]: [(each.tag, each.attrib.get("type")) for each in case]
        for case in cases
    }
    assert found == {
        "A-01": [],
        "B-01": [("failure", "wrong")],
        "B-02": [("failure", "wrong")],
        "C-01": [("failure", "leak")],
        "D-01": [("skipped", None)],
        "E-01": [("skipped", None)],
        "F-01": [("skipped", None)],
        "G-01": [("skipped", None)],
        "deviations": [("failure", "deviation")],
    }
    counts = {key: suite.attrib[key] for key in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "9", "failures": "4", "errors": "0", "skipped": "4"}
    assert suite.attrib["timestamp"] == "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize("place", ["name", "text", "complaint"])
def test_junit_is_valid_whatever_it_holds(place: str) -> None:
    certificate = CERTIFICATE
    if place == "name":
        backend = replace(certificate.backend, name=UNPRINTABLE)
        certificate = replace(certificate, backend=backend)
    elif place == "text":
        first, second, *rest = certificate.verdicts
        assert second.counterexample is not None
        odd = replace(second.counterexample, expected="\x00\x1f]]></failure>&\ud7ff")
        second = replace(second, counterexample=odd)
        certificate = replace(certificate, verdicts=(first, second, *rest))
    else:
        certificate = replace(certificate, complaints=('<&">',))
    ElementTree.fromstring(junit(certificate))


def test_the_lines_of_every_report() -> None:
    assert headline(CERTIFICATE) == "tiny: no level, strict"
    assert counts_line(CERTIFICATE) == (
        "1 passed, 3 failed, 1 hidden, 1 deviates, 1 unsupported, 1 not run"
    )
    assert store_line(CERTIFICATE) == "folder, embedded"
    assert corpus_line(CERTIFICATE) == f"12 of 175 programs replayed, SHA-256 {'a' * 64}"
    assert store_line(replace(CERTIFICATE, store=None)) == "none that memcert started"
    backend = replace(CERTIFICATE.backend, capabilities=capabilities(durable=False))
    ephemeral = replace(CERTIFICATE, backend=backend)
    assert headline(ephemeral).endswith("(ephemeral by design: certified at core)")
    process_local = capabilities() | {"process_local": True}
    backend = replace(CERTIFICATE.backend, capabilities=process_local)
    in_one_process = replace(CERTIFICATE, backend=backend)
    assert headline(in_one_process).endswith(
        "(its data are process-local: no other process opens it)"
    )
    alone = replace(CERTIFICATE, run=replace(CERTIFICATE.run, rules=("A-01",)))
    assert headline(alone) == "tiny: only A-01 checked"


def test_a_store_that_cannot_show_the_next_level_says_so() -> None:
    unsupported = ["1 rule unsupported, since not durable: E-01"]
    assert notes(CERTIFICATE) == unsupported
    backend = replace(CERTIFICATE.backend, capabilities=capabilities(file=False))
    embedded = replace(CERTIFICATE, backend=backend)
    (line,) = set(notes(embedded)) - set(unsupported)
    assert "cannot show level resilient" in line
    assert f"- {line}\n" in markdown(embedded)
    assert notes(replace(embedded, store=None)) == unsupported


def test_a_cause_says_what_it_does_to_other_rules() -> None:
    leak, wrong, alone, known = CERTIFICATE.causes
    assert cause_line(leak, CERTIFICATE).endswith(" (hides 1 rule)")
    assert cause_line(wrong, CERTIFICATE).endswith(" (fails B-01 too)")
    assert not cause_line(alone, CERTIFICATE).endswith(")")
    assert " (known: " in cause_line(known, CERTIFICATE)
    assert "\nIt hides 1 rule.\n" in markdown(CERTIFICATE)
    verdicts = [replace(each, finding=Finding.UNSTABLE) for each in CERTIFICATE.verdicts]
    unstable = replace(CERTIFICATE, verdicts=tuple(verdicts))
    assert "unstable: it did not fail again" in cause_line(alone, unstable)


def test_what_is_kept_so_far_is_enough_for_quick_effort_alone() -> None:
    verdict = replace(CERTIFICATE.verdicts[0], finding=Finding.KEPT_SO_FAR)
    for effort in Effort:
        run = replace(CERTIFICATE.run, rules=("A-01",), effort=effort)
        asked = replace(CERTIFICATE, run=run, verdicts=(verdict,), complaints=())
        assert succeeded(asked) is (effort is Effort.QUICK)
        assert standing_of(asked.verdicts).level is None
        assert counts_line(asked) == "1 kept so far"
        (case,) = ElementTree.fromstring(junit(asked)).iter("testcase")
        assert [each.tag for each in case] == ["skipped"]
        assert ElementTree.fromstring(junit(asked)).attrib["skipped"] == "1"


def test_rules_that_do_not_apply_are_counted() -> None:
    verdict = replace(CERTIFICATE.verdicts[0], finding=Finding.NOT_APPLICABLE)
    (line,) = notes(replace(CERTIFICATE, verdicts=(verdict, verdict)))
    assert line.startswith("2 rules do not apply")


def test_markdown_shows_the_worst_first_and_every_rule_that_was_run() -> None:
    text = markdown(CERTIFICATE)
    assert text.startswith("## ❌ tiny: no level, strict\n")
    assert f"- corpus: {corpus_line(CERTIFICATE)}\n" in text
    assert "**the deviation from D-01 expired on 2026-01-01**" in text
    places = [text.index(f"### {rule}: ") for rule in ("C-01", "B-02", "B-01", "D-01")]
    assert places == sorted(places)
    table = [line for line in text.splitlines() if line.startswith("| ") and "-01" in line]
    rules = ["A-01", "B-01", "C-01", "D-01", "E-01", "G-01"]
    assert [line.split()[1] for line in table] == rules
    # A bar in a text must not make a column.
    assert all(line.replace("\\|", "").count("|") == 9 for line in table)


def test_a_file_has_a_line_per_verdict_and_cause_and_comes_back() -> None:
    text = readable_json(CERTIFICATE)
    assert load_json(text) == certificate_json(CERTIFICATE) == DATA
    lines = text.splitlines()
    entries = len(CERTIFICATE.verdicts) + len(CERTIFICATE.causes)
    assert sum('"rule":' in line for line in lines) == entries
    nothing = replace(CERTIFICATE, causes=())
    assert load_json(readable_json(nothing)) == certificate_json(nothing)


def test_the_files_are_written_whole(tmp_path: Any) -> None:
    folder = tmp_path / "deep" / "er"
    for _ in range(2):
        write_reports(folder, CERTIFICATE)
        assert sorted(path.name for path in folder.iterdir()) == [
            "certificate.json",
            "junit.xml",
            "summary.md",
        ]
    assert load_json((folder / "certificate.json").read_bytes()) == DATA
    assert (folder / "summary.md").stat().st_mode & 0o444 == 0o444
