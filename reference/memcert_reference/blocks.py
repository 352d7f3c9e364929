"""The content blocks of a message, with the names and fields of ``agentscope.message`` 1.x.

They are typed dictionaries, so a block is a plain ``dict`` at run time and goes into JSON as it is.
"""

from __future__ import annotations

from typing import Literal, Required, TypedDict


class TextBlock(TypedDict, total=False):
    """A piece of text."""

    type: Required[Literal["text"]]
    text: str


class ThinkingBlock(TypedDict, total=False):
    """A piece of a model's reasoning."""

    type: Required[Literal["thinking"]]
    thinking: str


class Base64Source(TypedDict):
    """Media given as its bytes, base64-encoded."""

    type: Literal["base64"]
    media_type: str
    data: str


class URLSource(TypedDict):
    """Media given by its address."""

    type: Literal["url"]
    url: str


class ImageBlock(TypedDict):
    """An image."""

    type: Literal["image"]
    source: Base64Source | URLSource


class AudioBlock(TypedDict):
    """A sound."""

    type: Literal["audio"]
    source: Base64Source | URLSource


class VideoBlock(TypedDict):
    """A film."""

    type: Literal["video"]
    source: Base64Source | URLSource


class ToolUseBlock(TypedDict, total=False):
    """A model's call of a tool."""

    type: Required[Literal["tool_use"]]
    id: Required[str]
    name: Required[str]
    input: Required[dict[str, object]]
    raw_input: str


class ToolResultBlock(TypedDict):
    """What a tool answered."""

    type: Literal["tool_result"]
    id: str
    output: str | list[TextBlock | ImageBlock | AudioBlock | VideoBlock]
    name: str


ContentBlock = (
    TextBlock
    | ThinkingBlock
    | ToolUseBlock
    | ToolResultBlock
    | ImageBlock
    | AudioBlock
    | VideoBlock
)
"""Any block of a message's content."""

BlockType = Literal["text", "thinking", "tool_use", "tool_result", "image", "audio", "video"]
"""The ``type`` of a block."""
