"""A counterexample as a Python script that runs as it is pasted."""

from __future__ import annotations

import re

from memcert.engine.contract import Contract
from memcert.engine.judging.divergence import Divergence
from memcert.engine.output.foreign_text import comment
from memcert.engine.output.foreign_text import source as source_in_log
from memcert.engine.programs.description import story
from memcert.engine.programs.program import Program
from memcert_backends.url_secrets import without_secrets

_IMPORTS = {
    "asyncio": "import asyncio",
    "suppress": "from contextlib import suppress",
    "open_memories": "from memcert import open_memories",
}

_BODY = """\
async def main() -> None:
    async with open_memories({backend!r}{server}) as memories:
{lines}


asyncio.run(main())
"""


def script(
    program: Program,
    divergence: Divergence | None,
    contract: Contract,
    backend: str,
    *,
    title: str = "A program",
    server: str | None = None,
) -> str:
    """Return a program as Python.

    Args:
        program: what is done.
        divergence: where the backend and the model came apart; nothing after it is shown.
        contract: whose operations these are.
        backend: the backend, by a name that this machine knows.
        title: what the first line says.
        server: how its store is started; None for its default.
    """
    if program.is_concurrent:
        return _replayed(program, divergence, backend, title, server)
    several = len(program.clients) > 1
    names = [f"memory_{number}" if several else "memory" for number in range(len(program.clients))]
    lines = []
    for name, client in zip(names, program.clients, strict=True):
        space = program.spaces[client.space]
        arguments = [repr(space.user), repr(space.session)] if space.user or space.session else []
        if space.shared_session:
            arguments.append("shared_session=True")
        if space.shared_user:
            arguments.append("shared_user=True")
        note = "  # memcert opened this one in another process" if client.process else ""
        lines.append(f"{name} = await memories.open({', '.join(arguments)}){note}")
    last = len(program.steps) - 1 if divergence is None else divergence.step
    refused = () if divergence is None else divergence.refused
    for number, step in enumerate(program.steps[: last + 1]):
        source = step.operation.source(names[step.client])
        if divergence is not None and number == last:
            asked = names[divergence.client if divergence.look else step.client]
            lines += _shown(source, divergence, names[step.client], asked)
        elif number in refused:
            lines += _suppressed(source)
        else:
            lines += source
    if any("saved" in line for line in lines):
        lines.insert(0, "saved = {}")
    body = _BODY.format(
        backend=backend,
        server="" if server is None else f", {without_secrets(server)!r}",
        lines="\n".join(f"        {line}" for line in lines),
    )
    words = set(re.findall(r"\w+", body))
    wanted = _IMPORTS | dict(contract.imports)
    head = "\n".join(line for name, line in wanted.items() if name in words)
    return source_in_log(f"# {comment(title)}\n{head}\n\n\n{body}")


def _replayed(
    program: Program, divergence: Divergence | None, backend: str, title: str, server: str | None
) -> str:
    """Return a script for a program that only memcert can run, with its story as a comment."""
    lines = [f"# {comment(title)}"]
    for step_number, text in story(program):
        lines.append(f"#   {comment(text)}")
        if divergence is not None and divergence.step == step_number:
            lines += [
                f"#     then: {comment(divergence.operation)}",
                f"#     expected: {comment(divergence.expected)}",
                f"#     observed: {comment(divergence.observed)}",
            ]
    arguments = "" if server is None else f", {without_secrets(server)!r}"
    lines += [
        "from memcert import replay",
        "",
        f"PROGRAM = {program.to_text()!r}",
        "",
        f"print(replay(PROGRAM, {backend!r}{arguments}))",
        "",
    ]
    return source_in_log("\n".join(lines))


def _shown(source: list[str], divergence: Divergence, memory: str, asked: str) -> list[str]:
    """Return the lines of the last step, with what it must show and what it shows.

    Args:
        source: the step's own lines.
        divergence: where the backend and the model came apart.
        memory: the name of the memory that the step is done on.
        asked: the name of the one that shows it.
    """
    comments = [
        f"# expected: {comment(divergence.expected)}",
        f"# observed: {comment(divergence.observed)}",
    ]
    look = divergence.operation.replace("memory.", f"{asked}.")
    if divergence.look and divergence.step in divergence.refused:
        source = _suppressed(source)
    if "; ".join(source).replace(f"{memory}.", "memory.") != divergence.operation:
        if not look.startswith("await "):
            return [*source, f"# then, {comment(look)}:", *comments]
        return [*source, *comments, f"print({look})"]
    *before, final = source
    if final.startswith(("await ", f"{memory}.")):
        return [*before, *comments, f"print({final})"]
    target, assigned, _ = final.partition(" = ")
    shows = [f"print({target})"] if assigned and not target.startswith(" ") else []
    return [*before, final, *comments, *shows]


def _suppressed(source: list[str]) -> list[str]:
    """Return the lines of a step that raises, as it must."""
    return ["with suppress(Exception):", *(f"    {line}" for line in source)]
