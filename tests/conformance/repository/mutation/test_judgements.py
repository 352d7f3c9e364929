"""The file of judgements: what is read, and one line for what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcert.repository.mutation.judgements import (
    MalformedJudgements,
    SurvivorKind,
    read_judgements,
    to_be_judged,
)
from memcert.repository.mutation.mutation import MutationKey

KEY = MutationKey("a/b.py", "text", 'a = "\\0"\nb = \'"""\'', "a = 1\t", 2)


def test_what_is_to_be_judged_can_be_read_when_it_is(tmp_path: Path) -> None:
    path = tmp_path / "judgements.toml"
    other = MutationKey("a/b.lua", "number", "x = 1", "x = 2", 1)
    tables = to_be_judged([KEY, other]).replace('judgement = ""', 'judgement = "real"')
    path.write_text(tables.replace('reason = ""', 'reason = "It is."'), encoding="utf-8")
    found = read_judgements(path)
    assert list(found) == [KEY, other]
    assert {each.judgement for each in found.values()} == {SurvivorKind.REAL}


def test_there_need_be_no_file(tmp_path: Path) -> None:
    assert read_judgements(tmp_path / "none.toml") == {}


GOOD = """[[survivor]]
file = "a"
operator = "b"
original = "c"
mutated = "d"
occurrence = 1
judgement = "equivalent"
reason = "It is."
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("survivor = 7", "it is a list of tables"),
        ("[other]", "it is a list of tables"),
        ("a = = b", "Invalid"),
        ("survivor = [7]", "it is no table"),
        (GOOD.replace('file = "a"\n', ""), "number 1: 'file' must be there, and a string"),
        (GOOD.replace("= 1", "= true"), "'occurrence' must be there, and a number"),
        (GOOD.replace("equivalent", "good"), "must be equivalent or real, not 'good'"),
        (GOOD.replace("It is.", " "), "its reason must not be empty"),
        (GOOD + "more = 1\n", "there is no 'more' in it"),
        (GOOD + GOOD, "number 2 is of the same mutant as one before it"),
    ],
)
def test_what_makes_no_sense_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "judgements.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MalformedJudgements) as found:
        read_judgements(path)
    assert said in str(found.value)
    assert str(path) in str(found.value)
    assert "\n" not in str(found.value)
