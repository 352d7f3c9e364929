"""The contract in words and the rules in code match one to one."""

from __future__ import annotations

import re
from pathlib import Path

from memcert.repository.contract_document import document
from memcert.short_term import CONTRACT

CONTRACT_FILE = Path(__file__).parents[3] / "reference" / "CONTRACT.md"


def test_the_document_is_what_the_rules_say() -> None:
    assert CONTRACT_FILE.read_text(encoding="utf-8") == document(CONTRACT), "run: nox -s contract"


def test_every_rule_has_an_id_of_its_own_and_one_sentence() -> None:
    ids = [rule.id for rule in CONTRACT.rules]
    assert len(set(ids)) == len(ids)
    for rule in CONTRACT.rules:
        assert re.fullmatch(r"[A-Z]+-[0-9]{2}", rule.id)
        assert rule.text.endswith(".")
        assert "\n" not in rule.text


def test_ids_are_listed_in_order_without_gaps() -> None:
    numbers: dict[str, list[int]] = {}
    for rule in CONTRACT.rules:
        group, _, number = rule.id.partition("-")
        numbers.setdefault(group, []).append(int(number))
    for group, found in numbers.items():
        assert found == list(range(1, len(found) + 1)), group
