"""The job: what it prints and writes, and its exit statuses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from memcert.repository.mutation import command
from memcert.repository.mutation.judgements import to_be_judged
from memcert.repository.mutation.mutation import Mutation
from memcert.repository.mutation.sources import SOURCES, Source, mutations
from memcert.repository.mutation.trials import Unfit
from memcert.repository.mutation.worker import Fate
from memcert.repository.mutation.worker import Result as Found

ONLY = "reference:arguments:other-error:*"

SMALL = replace(
    SOURCES["reference"], files=("reference/memcert_reference/arguments.py",), skipped=frozenset()
)
"""The reference, but for most of it: listing all of it takes seconds."""


class NothingTried:
    """Says of the first mutant that it survived, and of the others that a rule failed them."""

    def __init__(self, cache: Path | None, jobs: int, seconds: float) -> None:
        self.asked = (cache, jobs, seconds)

    def unchanged(self, source: Source) -> tuple[str, ...]:
        if source.name == "lua":
            raise Unfit("it does not pass")
        return ()

    def run(
        self, chosen: Iterable[Mutation], unsupported: dict[str, tuple[str, ...]]
    ) -> Iterator[tuple[Mutation, Found]]:
        for number, mutation in enumerate(chosen):
            failed = Found(Fate.FAILED, "ADD-01", "seen")
            yield mutation, failed if number else Found(Fate.SURVIVED)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "Trials", NothingTried)
    few = {"reference": SMALL, "lua": SOURCES["lua"]}
    monkeypatch.setattr(command, "SOURCES", few)


def job(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command.main, [str(folder), *arguments])


def first() -> Mutation:
    return next(each for each in mutations(SMALL) if ":other-error:" in each.id)


def judge(folder: Path, mutation: Mutation, judgement: str) -> None:
    text = to_be_judged([mutation.key]).replace('judgement = ""', f'judgement = "{judgement}"')
    text = text.replace('reason = ""', 'reason = "Because."')
    folder.joinpath("mutation_judgements.toml").write_text(text, encoding="utf-8")


def test_a_survivor_that_nobody_judged_is_status_1(tmp_path: Path) -> None:
    done = job(tmp_path, "--only", ONLY)
    assert done.exit_code == 1
    assert "reference: 4 mutants, 3 killed, 1 survivors, 0 of them equivalent, rate 75.0 %" in (
        done.output
    )
    assert f"{first().id} survived and is not judged" in done.output
    assert not (tmp_path / "mutation.md").exists()


def test_a_judged_survivor_is_status_0(tmp_path: Path) -> None:
    judge(tmp_path, first(), "equivalent")
    done = job(tmp_path, "--only", ONLY)
    assert done.exit_code == 0, done.output
    assert "1 of them equivalent, rate 100.0 %" in done.output
    judge(tmp_path, first(), "real")
    done = job(tmp_path, "--only", ONLY)
    assert done.exit_code == 0
    assert "0 of them equivalent, rate 75.0 %" in done.output


def test_a_judgement_of_a_mutant_that_is_killed_is_status_1(tmp_path: Path) -> None:
    _, second, *_ = [each for each in mutations(SMALL) if ":other-error:" in each.id]
    judge(tmp_path, second, "real")
    done = job(tmp_path, "--only", ONLY)
    assert done.exit_code == 1
    assert f"{second.id} is judged real, and is found by a rule ADD-01" in done.output


def test_the_report_has_every_survivor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "SOURCES", {"reference": SMALL})
    done = job(tmp_path)
    assert done.exit_code == 1
    text = (tmp_path / "mutation.md").read_text("utf-8")
    whole = [*mutations(SMALL)]
    killed = len(whole) - 1
    assert (
        f"| reference: the reference | {len(whole)} | {len(whole)} | {killed} | 0 | 0 | 0 | 1 |"
        in text
    )
    assert "**not judged**" in text
    assert "[[survivor]]" in text
    assert whole[0].diff[0] in text
    data = json.loads((tmp_path / "mutation.json").read_text("utf-8"))
    assert data["scores"]["all"]["not judged"] == 1
    assert [each["id"] for each in data["mutants"]] == [each.id for each in whole]


def test_the_report_of_a_sample_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "SOURCES", {"reference": SMALL})
    judge(tmp_path, next(mutations(SMALL)), "real")
    assert job(tmp_path, "--limit", "4").exit_code == 0
    text = (tmp_path / "mutation.md").read_text("utf-8")
    assert "| 4 | 3 | 0 | 0 | 0 | 1 | 0 | 1 | 0 | 75.0 % |" in text
    assert "a sample was" in text
    assert "real: Because." in text


def test_the_list_is_printed_and_nothing_is_tried(tmp_path: Path) -> None:
    done = job(tmp_path / "none", "--list", "--limit", "3")
    assert done.exit_code == 0
    # Of each source.
    assert len(done.output.splitlines()) == 6
    done = job(tmp_path / "none", "--list", "--limit", "3", "--limit", "lua=1")
    assert [line.partition(":")[0] for line in done.output.splitlines()] == [
        *["reference"] * 3,
        "lua",
    ]
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "no-such:*"], "no mutant has an id that matches 'no-such:*'"),
        (["--source", "lua", "--limit", "1"], "it does not pass"),
        (["--limit", "0"], "no mutant is left by --limit"),
        (["--limit", "-1"], "--limit '-1' must be a number, or one of reference, lua, an equals"),
        (["--limit", "perl=1"], "--limit 'perl=1' must be a number"),
        (["--source", "cobol"], "'cobol' is not one of"),
        (["--cache", "/dev/null"], "/dev/null"),
    ],
)
def test_a_wrong_question_is_one_line_and_status_2(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = job(tmp_path, *arguments)
    assert done.exit_code == 2
    assert said in done.output.splitlines()[-1]


def test_a_wrong_judgement_is_one_line_and_status_2(tmp_path: Path) -> None:
    (tmp_path / "mutation_judgements.toml").write_text("a = = b", encoding="utf-8")
    done = job(tmp_path, "--only", ONLY)
    assert done.exit_code == 2
    assert "mutation_judgements.toml" in done.output.splitlines()[-1]
