"""The pages of the rules: every rule of every contract, with its mutants and a counterexample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from memcert.engine.corpus.corpus import Corpus
from memcert.repository import rule_pages
from memcert.repository.rule_pages import Example, examples, pages, write_pages
from memcert.short_term import CONTRACT

RULES = ("DEL-01", "DEL-02", "EXP-01")

FEW = replace(CONTRACT, rules=[CONTRACT.by_id[rule] for rule in RULES])


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Example]:
    folder = tmp_path_factory.mktemp("corpus")
    for each in CONTRACT.corpus.entries:
        if each.rule in RULES:
            (folder / each.file_name).write_text(each.program.to_text(), "utf-8")
    return examples(replace(FEW, corpus=Corpus(folder, CONTRACT.operations)))


def test_each_rule_has_the_shortest_program_of_its_corpus(shown: Mapping[str, Example]) -> None:
    assert set(shown) == set(RULES)
    for rule, example in shown.items():
        lengths = [len(each.program) for each in CONTRACT.corpus.entries if each.rule == rule]
        assert len(example.entry.program) == min(lengths)
        assert example.divergence is not None


def test_a_page_says_what_is_known_of_a_rule(shown: Mapping[str, Example]) -> None:
    found = pages(FEW, shown)
    assert list(found) == ["index.md", "del.md", "exp.md"]
    page = found["del.md"]
    assert page.startswith("# Deleting\n")
    assert "(rule-short-term-DEL-02)=\n## DEL-02\n" in page
    assert CONTRACT.by_id["DEL-02"].text in page
    assert "- Level: core.\n- Broken, it means: an answer or the state is wrong (wrong).\n" in page
    assert "    - `mutant:counts-requests`: delete returns how many ids it was given.\n" in page
    assert "        # expected: returned 0\n        # observed: returned 1\n" in page
    assert "- Level: none: an extension.\n" in found["exp.md"]
    assert "- Needs a backend that can do: `export`.\n" in found["exp.md"]
    assert CONTRACT.digest not in found["index.md"]
    assert FEW.digest in found["index.md"]


def test_a_counterexample_that_was_not_seen_is_shown_as_such(shown: Mapping[str, Example]) -> None:
    page = pages(FEW, {"DEL-02": replace(shown["DEL-02"], divergence=None)})["del.md"]
    assert "(it was not seen to fail where this page was built)" in page
    assert "await memory.delete(['unknown'])" in page
    assert "expected:" not in page


def test_what_is_no_page_any_more_goes_and_what_is_stays(
    shown: Mapping[str, Example], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_pages, "examples", lambda _: shown)
    write_pages(tmp_path, [FEW])
    page, old = tmp_path / "short-term" / "del.md", tmp_path / "short-term" / "old.md"
    written = page.stat().st_mtime_ns
    old.write_text("old")
    write_pages(tmp_path, [FEW])
    assert page.stat().st_mtime_ns == written
    assert not old.exists()
    assert "short-term/index" in (tmp_path / "index.md").read_text("utf-8")
