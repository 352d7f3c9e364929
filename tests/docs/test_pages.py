"""What the pages show can be done: commands, options, deviations, and what a certificate says."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from memcert.command_line import main
from memcert.engine.verdicts.certificate import FORMAT, Certificate, CertifiedCause
from memcert.engine.verdicts.deviation import read_deviations
from memcert.engine.verdicts.verdict import Finding
from memcert.short_term import CONTRACT

DOCS = Path(__file__).parents[2] / "docs"

WRITTEN = {"rules", "reports", "_build"}
"""Folders of what is written when the site is built."""

PAGES = sorted(path for path in DOCS.rglob("*.md") if not WRITTEN & {*path.relative_to(DOCS).parts})


def commands_of(path: Path) -> list[list[str]]:
    lines = re.findall(r"^\s*(?:\$|- run:) (memcert .+)$", path.read_text("utf-8"), re.MULTILINE)
    return [line.split() for line in lines]


def test_there_are_commands() -> None:
    assert any(map(commands_of, PAGES))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(DOCS)))
def test_commands_and_their_options_are_there(path: Path) -> None:
    for _, name, *arguments in commands_of(path):
        command = main.commands[name]
        options = {
            option
            for parameter in command.params
            if isinstance(parameter, click.Option)
            for option in parameter.opts
        }
        said = {each for each in arguments if each.startswith("--")}
        assert said <= options, (name, said - options)


def test_the_file_of_deviations_is_read(tmp_path: Path) -> None:
    page = (DOCS / "how-to" / "deviations.md").read_text("utf-8")
    (block,) = re.findall(r"caption: deviations\.toml\n\n(.*?)```", page, re.DOTALL)
    (tmp_path / "deviations.toml").write_text(re.sub(r"(?m)^ +", "", block), "utf-8")
    program = CONTRACT.corpus.programs("DEL-02")[0]
    (tmp_path / "deviations-DEL-02.json").write_text(program.to_text(), "utf-8")
    (deviation,) = read_deviations(tmp_path / "deviations.toml", CONTRACT)
    assert deviation.rule == "DEL-02"
    assert deviation.program == program


def test_the_words_of_a_certificate_are_explained() -> None:
    page = (DOCS / "reference" / "certificate.md").read_text("utf-8")
    found, said = page.split("## The certificate")
    rows = re.compile(r"^\| `([a-z ]+)` \|", re.MULTILINE)
    assert rows.findall(found) == [finding.value for finding in Finding]
    assert rows.findall(said) == [field.name for field in fields(Certificate)]
    assert f"the number of the form: {FORMAT} " in said
    assert all(f"`{field.name}`" in said for field in fields(CertifiedCause))


def test_the_parts_that_may_be_left_out_are_listed() -> None:
    page = (DOCS / "explanation" / "levels.md").read_text("utf-8")
    section = page.partition("## Parts that may be left out\n")[2].partition("\n## ")[0]
    words = {each for part in CONTRACT.parts for each in (part.words, part.group) if each}
    assert {*re.findall(r"\| without (.+) \|", section)} == words
    kinds = {kind for part in CONTRACT.parts for kind in part.kinds}
    assert {*re.findall(r"`(\w+)`", section.partition("|---")[2])} - {"add", "get_memory"} == kinds
