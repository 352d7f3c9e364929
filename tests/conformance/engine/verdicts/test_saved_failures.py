"""Programs that failed, kept for the next time."""

from __future__ import annotations

from pathlib import Path

from memcert.engine.programs.program import Program, Step
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.short_term import CONTRACT
from memcert.short_term.operations import Clear, Size

LONG = Program((Step(Size()), Step(Clear())))
SHORT = Program((Step(Clear()),))


def test_they_come_back_the_shortest_first(tmp_path: Path) -> None:
    corpus = SavedFailures(tmp_path, "a/b:C", CONTRACT)
    for program in (LONG, SHORT, SHORT):
        corpus.keep("X-01", program)
    corpus.keep("X-02", LONG)
    again = SavedFailures(tmp_path, "a/b:C", CONTRACT)
    assert again.programs("X-01") == [SHORT, LONG]
    assert again.programs("X-02") == [LONG]
    assert again.programs("X-0") == []
    assert SavedFailures(tmp_path, "other", CONTRACT).programs("X-01") == []
    # The name of a backend never leads out of the folder.
    assert again.folder is not None
    assert again.folder.parent == tmp_path


def test_a_rule_that_is_kept_loses_its_own_only(tmp_path: Path) -> None:
    corpus = SavedFailures(tmp_path, "tiny", CONTRACT)
    corpus.keep("X-01", SHORT)
    corpus.keep("X-02", SHORT)
    corpus.forget("X-01")
    assert corpus.programs("X-01") == []
    assert corpus.programs("X-02") == [SHORT]


def test_one_that_cannot_be_read_any_more_is_passed_over(tmp_path: Path) -> None:
    corpus = SavedFailures(tmp_path, "tiny", CONTRACT)
    path = corpus.keep("X-01", SHORT)
    assert path is not None
    path.with_name("X-01-other.json").write_text('{"format": 1, "steps": [{"operation": "no"}]}')
    path.with_name("X-01-empty.json").write_text("")
    assert corpus.programs("X-01") == [SHORT]


def test_without_a_folder_nothing_is_kept() -> None:
    corpus = SavedFailures(None, "tiny", CONTRACT)
    assert corpus.keep("X-01", SHORT) is None
    assert corpus.programs("X-01") == []
    corpus.forget("X-01")


def test_what_cannot_be_kept_is_one_line_and_nothing_is_raised(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    corpus = SavedFailures(tmp_path / "file", "tiny", CONTRACT)
    assert corpus.programs("X-01") == []
    assert corpus.keep("X-01", SHORT) is None
    (complaint,) = corpus.complaints
    assert complaint.startswith("the program that breaks X-01 is not kept: ")
    assert "\n" not in complaint
    assert corpus.kept == {}
