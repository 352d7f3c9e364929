"""Agents whose state AgentScope's sessions save and load, with the memories."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("agentscope.memory", reason="AgentScope 1.x is not here: nox -s agentscope")

import agentscope.memory
from agentscope.message import Msg
from agentscope.plan import PlanNotebook, SubTask
from agentscope.session import JSONSession, RedisSession
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import create_async_engine

import memcert_backends.agentscope
from memcert_backends.servers import Server

Open = Callable[[Any], Any]
AgentWith = Callable[..., Any]

OURS, THEIRS = memcert_backends.agentscope, agentscope.memory
STORES = pytest.mark.parametrize("opened", ["RedisMemory", "AsyncSQLAlchemyMemory"], indirect=True)

OLD_PROCESS = """
import asyncio, sys
from agentscope.message import Msg
from agentscope.plan import PlanNotebook, SubTask
from agentscope.session import JSONSession
from sqlalchemy.ext.asyncio import create_async_engine
from memcert_backends.agentscope import AsyncSQLAlchemyMemory
from tests.backends.agentscope.conftest import new_agent

async def main():
    folder, user_id, session_id = sys.argv[1:]
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder}/memory.sqlite")
    memory = AsyncSQLAlchemyMemory(engine, user_id=user_id, session_id=session_id)
    agent = new_agent(memory, "Hi", plan_notebook=PlanNotebook())
    await agent(Msg("user", "Hello", "user"))
    await agent.plan_notebook.create_plan("p", "d", "o", [])
    await memory.update_compressed_summary("They met.")
    await JSONSession(folder).save_session_state(session_id, agent=agent)
    await engine.dispose()

asyncio.run(main())
"""


def said(prompt: list[dict[str, Any]]) -> list[str]:
    """Return the texts of a prompt, without the system's."""
    found = []
    for entry in prompt[1:]:
        content = entry["content"]
        found += [content] if isinstance(content, str) else [part["text"] for part in content]
    return found


async def texts(memory: Any) -> list[str | None]:
    return [message.get_text_content() for message in await memory.get_memory()]


def test_the_state_of_an_agent_is_as_with_agentscope_s_memory(
    opened: Open, agent_with: AgentWith
) -> None:
    async def main() -> None:
        states = []
        for module in (THEIRS, OURS):
            async with opened(module) as memory:
                agent = agent_with(memory, plan_notebook=PlanNotebook())
                # A memory is never falsy, or the agent would make one of its own.
                assert agent.memory is memory
                states.append(agent.state_dict())
        assert states[0] == states[1]
        assert states[1]["memory"]["_compressed_summary"] == ""

    asyncio.run(main())


@pytest.mark.parametrize("of", ["JSONSession", "RedisSession"])
def test_a_session_saves_and_loads_an_agent(
    opened: Open, agent_with: AgentWith, tmp_path: Path, redis_server: Server, of: str
) -> None:
    async def main() -> None:
        if of == "JSONSession":
            await save_and_load(JSONSession(save_dir=str(tmp_path)))
            return
        async with Redis.from_url(redis_server.url) as client:
            pool = client.connection_pool
            await save_and_load(RedisSession(connection_pool=pool, key_prefix=str(tmp_path)))

    async def save_and_load(session: Any) -> None:
        async with opened(OURS) as memory:
            agent = agent_with(memory, "Hi", plan_notebook=PlanNotebook())
            await agent(Msg("user", "Hello", "user"))
            await memory.update_compressed_summary("They met.")
            before = [vars(message) for message in await memory.get_memory(prepend_summary=False)]
            task = SubTask(name="one", description="d", expected_outcome="o")
            await agent.plan_notebook.create_plan("plan", "d", "o", [task])
            agent.name = "Saturday"
            await session.save_session_state("s", agent=agent)
        async with opened(OURS) as memory:
            agent = agent_with(memory, "Welcome back", plan_notebook=PlanNotebook())
            await session.load_session_state("s", agent=agent)
            summary, *found = await memory.get_memory()
            assert summary.content == "They met."
            assert [vars(message) for message in found] == before
            assert agent.name == "Saturday"
            assert agent.plan_notebook.current_plan.subtasks[0].name == "one"
            await agent(Msg("user", "Here I am", "user"))
            # The last one is a hint on the plan.
            assert said(agent.model.prompts[0])[:4] == ["They met.", "Hello", "Hi", "Here I am"]

    asyncio.run(main())


def test_the_next_process_goes_on(
    agent_with: AgentWith, tmp_path: Path, space: dict[str, Any], pytestconfig: pytest.Config
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OLD_PROCESS, tmp_path, space["user_id"], space["session_id"]],
        cwd=pytestconfig.rootpath,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr

    async def main() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'memory.sqlite'}")
        async with OURS.AsyncSQLAlchemyMemory(engine, **space) as memory:
            agent = agent_with(memory, "Welcome back", plan_notebook=PlanNotebook())
            await JSONSession(str(tmp_path)).load_session_state(space["session_id"], agent=agent)
            await agent(Msg("user", "Here I am", "user"))
            assert agent.plan_notebook.current_plan.name == "p"
            assert await texts(memory) == [
                "They met.", "Hello", "Hi", "Here I am", "Welcome back",
            ]  # fmt: skip
        await engine.dispose()

    asyncio.run(main())


@STORES
def test_an_older_state_does_not_rewind_a_store(opened: Open, agent_with: AgentWith) -> None:
    async def main() -> None:
        async with opened(OURS) as memory:
            agent = agent_with(memory, "One", "Two", plan_notebook=PlanNotebook())
            await agent(Msg("user", "one", "user"))
            await agent.plan_notebook.create_plan("old plan", "d", "o", [])
            old = json.loads(json.dumps(agent.state_dict()))
            await agent(Msg("user", "two", "user"))
            await agent.plan_notebook.create_plan("new plan", "d", "o", [])
            # As an agent does that compresses its memory.
            marked = [message.id for message in await memory.get_memory()][:-1]
            await memory.update_compressed_summary("One and two.")
            await memory.update_messages_mark("compressed", msg_ids=marked)
        assert old["memory"] == {"_compressed_summary": ""}
        async with opened(OURS) as memory:
            agent = agent_with(memory, plan_notebook=PlanNotebook())
            agent.load_state_dict(old)
            assert agent.plan_notebook.current_plan.name == "old plan"
            # What was compressed is in the summary, and nowhere else.
            assert [
                message.get_text_content()
                for message in await memory.get_memory(exclude_mark="compressed")
            ] == ["One and two.", "Two"]

    asyncio.run(main())


@STORES
def test_an_older_state_in_full_rewinds_a_store(opened: Open, agent_with: AgentWith) -> None:
    async def main() -> None:
        async with opened(OURS) as memory:
            agent = agent_with(memory, "One", "Two")
            await agent(Msg("user", "one", "user"))
            old = json.loads(json.dumps(await memory.export_state()))
            await agent(Msg("user", "two", "user"))
            await memory.update_compressed_summary("One and two.")
        async with opened(OURS) as memory:
            await memory.import_state(old)
            assert await texts(memory) == ["one", "One"]

    asyncio.run(main())


def test_an_interrupted_agent_goes_on(opened: Open, agent_with: AgentWith, tmp_path: Path) -> None:
    async def main() -> None:
        session = JSONSession(save_dir=str(tmp_path))
        is_asked = asyncio.Event()

        async def asked(*_: Any, **__: Any) -> Any:
            is_asked.set()
            await asyncio.Event().wait()

        async with opened(OURS) as memory:
            agent = agent_with(memory)
            agent.model.answers.append(asked)
            replying = asyncio.ensure_future(agent(Msg("user", "Hello", "user")))
            await is_asked.wait()
            await agent.interrupt()
            assert (await replying).metadata["_is_interrupted"]
            await session.save_session_state("s", agent=agent)
        async with opened(OURS) as memory:
            agent = agent_with(memory, "Hi")
            await session.load_session_state("s", agent=agent)
            await agent(Msg("user", "Go on", "user"))
            hello, noticed, go_on, hi = await texts(memory)
            assert (hello, go_on, hi) == ("Hello", "Go on", "Hi")
            assert "interrupted" in str(noticed)
            assert said(agent.model.prompts[0])[-3:] == [hello, noticed, go_on]

    asyncio.run(main())


def test_a_session_of_agentscope_s_in_memory_memory(
    opened: Open, agent_with: AgentWith, tmp_path: Path
) -> None:
    async def main() -> None:
        session = JSONSession(save_dir=str(tmp_path))
        before = agent_with(THEIRS.InMemoryMemory(), "Hi", plan_notebook=PlanNotebook())
        await before(Msg("user", "Hello", "user"))
        await before.plan_notebook.create_plan("plan", "d", "o", [])
        await before.memory.update_compressed_summary("They met.")
        await session.save_session_state("s", agent=before)
        async with opened(OURS) as memory:
            agent = agent_with(memory, plan_notebook=PlanNotebook())
            if hasattr(memory, "content"):
                await session.load_session_state("s", agent=agent)
            else:
                with pytest.raises(ValueError, match=r"await memory\.import_state"):
                    await session.load_session_state("s", agent=agent)
                # As docs/how-to/agentscope.md says.
                state = json.loads((tmp_path / "s.json").read_text("utf-8"))["agent"]
                await memory.import_state(state["memory"])
                agent.load_state_dict({**state, "memory": memory.state_dict()})
            assert await texts(memory) == ["They met.", "Hello", "Hi"]
            assert agent.plan_notebook.current_plan.name == "plan"
            # And the other way round.
            after = agent_with(THEIRS.InMemoryMemory(), plan_notebook=PlanNotebook())
            after.load_state_dict({**agent.state_dict(), "memory": await memory.export_state()})
            assert await texts(after.memory) == ["They met.", "Hello", "Hi"]

    asyncio.run(main())


@STORES
def test_a_session_of_agentscope_s_own_class_for_the_store(
    opened: Open, agent_with: AgentWith, tmp_path: Path
) -> None:
    async def main() -> None:
        session = JSONSession(save_dir=str(tmp_path))
        for writer, reader in ((THEIRS, OURS), (OURS, THEIRS)):
            for summary in ("They met.", ""):
                async with opened(writer) as memory:
                    await memory.update_compressed_summary(summary)
                    await session.save_session_state("s", agent=agent_with(memory))
                async with opened(reader) as memory:
                    agent = agent_with(memory)
                    await session.load_session_state("s", agent=agent)
                    assert await texts(memory) == [summary] * bool(summary)
                    await memory.update_compressed_summary("")

    asyncio.run(main())
