"""AgentScope's formatters and agents with the memories."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("agentscope.memory", reason="AgentScope 1.x is not here: nox -s agentscope")

from agentscope.agent import ReActAgent
from agentscope.formatter import DashScopeChatFormatter, OpenAIChatFormatter
from agentscope.message import Msg, TextBlock, ToolUseBlock
from agentscope.token import CharTokenCounter
from agentscope.tool import Toolkit, ToolResponse

import memcert_backends.agentscope

Open = Callable[[Any], Any]


async def weather(city: str) -> ToolResponse:
    """Return the weather in a city.

    Args:
        city: the city.
    """
    return ToolResponse([TextBlock(type="text", text=f"It rains in {city}.")])


def roles(messages: list[Msg]) -> list[str]:
    return [message.role for message in messages]


@pytest.mark.parametrize("formatter", [DashScopeChatFormatter, OpenAIChatFormatter])
def test_formatters_take_what_a_memory_gives(opened: Open, formatter: Any) -> None:
    async def main() -> None:
        async with opened(memcert_backends.agentscope) as memory:
            await memory.update_compressed_summary("They met.")
            await memory.add([Msg("user", "Hello", "user"), Msg("Friday", "Hi", "assistant")])
            prompt = await formatter().format(await memory.get_memory())
        assert [entry["role"] for entry in prompt] == ["user", "user", "assistant"]
        words = json.dumps(prompt)
        assert all(said in words for said in ("They met.", "Hello", "Hi"))

    asyncio.run(main())


def test_an_agent_keeps_its_conversation(opened: Open, agent_with: Callable[..., Any]) -> None:
    async def main() -> None:
        toolkit = Toolkit()
        toolkit.register_tool_function(weather)
        call = ToolUseBlock(type="tool_use", id="t", name="weather", input={"city": "Paris"})
        async with opened(memcert_backends.agentscope) as memory:
            agent = agent_with(
                memory, [call], "Take an umbrella.", "You are welcome.", toolkit=toolkit
            )
            question = Msg("user", "How is the weather in Paris?", "user")
            answer = await agent(question)
            assert answer.get_text_content() == "Take an umbrella."
            await agent(Msg("user", "Thank you", "user"))
            found = await memory.get_memory()

        assert roles(found) == ["user", "assistant", "system", "assistant", "user", "assistant"]
        assert vars(found[0]) == vars(question)
        # Agents have given it since 1.0.18.
        assert found[1].invocation_id in (None, "call")
        (result,) = found[2].get_content_blocks("tool_result")
        assert "It rains in Paris." in json.dumps(result)
        # The last prompt had all that was said before.
        assert [entry["role"] for entry in agent.model.prompts[-1]] == [
            "system", "user", "assistant", "tool", "assistant", "user",
        ]  # fmt: skip

    asyncio.run(main())


def test_an_agent_compresses_its_memory(opened: Open, agent_with: Callable[..., Any]) -> None:
    async def main() -> None:
        summary = {
            name: f"the {name}"
            for name in ReActAgent.CompressionConfig.model_fields[
                "summary_schema"
            ].default.model_fields
        }
        async with opened(memcert_backends.agentscope) as memory:
            agent = agent_with(
                memory,
                "One",
                summary,
                "Two",
                compression_config=ReActAgent.CompressionConfig(
                    enable=True,
                    agent_token_counter=CharTokenCounter(),
                    trigger_threshold=200,
                    keep_recent=1,
                ),
            )
            await agent(Msg("user", "one " * 100, "user"))
            await agent(Msg("user", "two", "user"))

            assert [m.content for m in await memory.get_memory("compressed", None, False)] == [
                "one " * 100, [{"type": "text", "text": "One"}],
            ]  # fmt: skip
            first, *rest = await memory.get_memory(exclude_mark="compressed")
            assert "the task_overview" in first.content
            assert (first.name, first.role) == ("user", "user")
            assert roles(rest) == ["user", "assistant"]
            assert memory._compressed_summary == first.content

    asyncio.run(main())
