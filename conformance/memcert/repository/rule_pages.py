"""Writes a page for each part of each contract: its rules, their mutants, a counterexample each.

``docs/conf.py`` calls this when the documentation is built (``nox -s docs``). The counterexamples
come from the contracts' corpora; each is run on its mutant again, so that the page shows what the
kit sees today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from memcert.engine.contract import Contract
from memcert.engine.corpus.corpus import CorpusEntry
from memcert.engine.judging.divergence import Divergence
from memcert.engine.mutant import Mutant
from memcert.engine.output.files import write_text
from memcert.engine.output.foreign_text import markdown, markdown_block
from memcert.engine.rule import Consequence, Rule
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.engine.verdicts.script import script
from memcert.resolver import mutants_of
from memcert_backends.servers import ServerUnavailable

Pages = Mapping[str, str]
"""Markdown texts by the names of their files."""


@dataclass(frozen=True)
class Example:
    """A program that breaks a rule, and what is seen where it does.

    Args:
        entry: the program, and the mutant that it is from.
        divergence: where the mutant and the model come apart; None if that was not seen, for
            instance since the mutant's store is not on this machine.
    """

    entry: CorpusEntry
    divergence: Divergence | None


def examples(contract: Contract) -> Mapping[str, Example]:
    """Return the shortest program of the corpus for each rule, run on its mutant, by rule.

    Args:
        contract: whose corpus it is.
    """
    shortest: dict[str, CorpusEntry] = {}
    for entry in sorted(contract.corpus.entries, key=lambda entry: len(entry.program)):
        shortest.setdefault(entry.rule, entry)
    by_mutant: dict[str, list[CorpusEntry]] = {}
    for entry in shortest.values():
        by_mutant.setdefault(entry.bug, []).append(entry)
    mutants = mutants_of(contract)
    found = {}
    for name, entries in by_mutant.items():
        try:
            with Runner(contract, mutants[name].backend) as runner:
                preflight(runner)
                for entry in entries:
                    found[entry.rule] = Example(entry, runner.execute(entry.program).divergence)
        except ServerUnavailable:
            found.update({entry.rule: Example(entry, None) for entry in entries})
    return found


def pages(contract: Contract, shown: Mapping[str, Example]) -> Pages:
    """Return the pages of a contract: ``index.md``, and one for each part of it.

    Args:
        contract: whose rules are listed.
        shown: a counterexample for each rule, as far as there are any.
    """
    parts: dict[str, list[Rule]] = {}
    for rule in contract.rules:
        parts.setdefault(rule.id.split("-")[0], []).append(rule)
    return {
        "index.md": _index(contract, parts),
        **{
            f"{part.lower()}.md": _part(contract, part, rules, shown)
            for part, rules in parts.items()
        },
    }


def write_pages(folder: Path, contracts: Sequence[Contract]) -> None:
    """Write the pages of contracts, a folder each, and leave nothing else there.

    A page that stays as it is is not written, so that it is not built again.

    Args:
        folder: where the folders of the contracts are.
        contracts: the contracts.

    Raises:
        Unwritable: the folder cannot be written to.
    """
    wanted = {folder / "index.md": _contents(contracts)}
    for contract in contracts:
        for name, text in pages(contract, examples(contract)).items():
            wanted[folder / contract.id / name] = text
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)
    for path in folder.rglob("*.md"):
        if path not in wanted:
            path.unlink()


def _contents(contracts: Sequence[Contract]) -> str:
    return "\n".join(
        [
            "# The rules",
            "",
            "Every contract that this kit knows, with every rule of it. `memcert explain RULE` says"
            " the same on a terminal.",
            "",
            *_toctree([f"{contract.id}/index" for contract in contracts]),
        ]
    )


def _index(contract: Contract, parts: Mapping[str, Sequence[Rule]]) -> str:
    return "\n".join(
        [
            f"# The contract of {markdown(contract.name)}",
            "",
            f"Version {contract.version}, {len(contract.rules)} rules and"
            f" {len(contract.mutants())} mutants. `{contract.reference}` defines exactly what every"
            " sentence means.",
            "",
            f"The SHA-256 of the rules, which a certificate names: `{contract.digest}`. That of the"
            f" corpus: `{contract.corpus.digest}`.",
            "",
            "| if broken | it means |",
            "|---|---|",
            *(f"| {each.value} | {each.meaning} |" for each in Consequence),
            "",
            *_toctree([part.lower() for part in parts]),
        ]
    )


def _part(
    contract: Contract, part: str, rules: Sequence[Rule], shown: Mapping[str, Example]
) -> str:
    lines = [f"# {markdown(contract.titles[part])}", ""]
    for rule in rules:
        lines += _rule(contract, rule, shown.get(rule.id))
    return "\n".join(lines)


def _rule(contract: Contract, rule: Rule, example: Example | None) -> Iterator[str]:
    # So that other pages can name it: {ref}`ADD-01 <rule-short-term-ADD-01>`.
    yield f"(rule-{contract.id}-{rule.id})="
    yield f"## {rule.id}"
    yield ""
    yield markdown(rule.text)
    yield ""
    level = "none: an extension" if rule.level is None else rule.level.value
    yield f"- Level: {level}."
    yield f"- Broken, it means: {rule.consequence.meaning} ({rule.consequence.value})."
    if rule.strict:
        yield "- Strict: counted apart from the levels."
    if rule.needs:
        needs = ", ".join(f"`{need}`" for need in sorted(rule.needs))
        yield f"- Needs a backend that can do: {needs}."
    killers = [each for each in contract.mutants().values() if rule.id in each.kills]
    if killers:
        yield "- Mutants that it finds:"
        yield from map(_mutant, killers)
    yield ""
    if example is not None:
        yield from _counterexample(contract, rule, example)


def _mutant(mutant: Mutant) -> str:
    return f"    - `mutant:{mutant.name}`: {markdown(mutant.text)}"


def _counterexample(contract: Contract, rule: Rule, example: Example) -> Iterator[str]:
    name = f"mutant:{example.entry.bug}"
    seen = "" if example.divergence else " (it was not seen to fail where this page was built)"
    yield f"A counterexample, of `{name}`{seen}:"
    yield ""
    text = script(
        example.entry.program,
        example.divergence,
        contract,
        name,
        title=f"{rule.id}: {rule.text}",
    )
    opening, *block = markdown_block([text.rstrip()])
    yield opening.replace("text", "python")
    yield from block
    yield ""


def _toctree(names: Sequence[str]) -> list[str]:
    return ["```{toctree}", ":maxdepth: 2", "", *names, "```", ""]
