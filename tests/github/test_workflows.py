"""What the workflows use of others is pinned: a tag can be moved, a commit cannot."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

WORKFLOWS = sorted((Path(__file__).parents[2] / ".github" / "workflows").glob("*.yml"))


def test_there_are_workflows() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "release.yml", "reports.yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_named_by_their_commits(path: Path) -> None:
    used = re.findall(r"^\s*(?:- )?uses: (.+)$", path.read_text("utf-8"), re.MULTILINE)
    assert used
    for action in used:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_an_action_is_the_same_everywhere() -> None:
    text = "".join(path.read_text("utf-8") for path in WORKFLOWS)
    commits: dict[str, set[str]] = {}
    for name, commit in re.findall(r"uses: ([\w./-]+)@(\S+)", text):
        commits.setdefault(name, set()).add(commit)
    assert all(len(each) == 1 for each in commits.values()), commits
