"""What the how-to pages show can be done: commands, options, the file of deviations."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from memcert.command_line import main
from memcert.engine.verdicts.deviation import read_deviations
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
    (tmp_path / "delete-count.json").write_text(program.to_text(), "utf-8")
    (deviation,) = read_deviations(tmp_path / "deviations.toml", CONTRACT)
    assert deviation.rule == "DEL-02"
    assert deviation.program == program
