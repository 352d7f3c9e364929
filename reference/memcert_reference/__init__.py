"""The contract of an agent's short-term memory, executable.

`InMemoryMemory` defines what every operation does; ``reference/CONTRACT.md`` says it in words,
a row per rule. The names are those of ``agentscope.memory`` and ``agentscope.message`` 1.x. This
package imports the standard library only.
"""

from memcert_reference.base import MemoryBase
from memcert_reference.blocks import (
    AudioBlock,
    Base64Source,
    BlockType,
    ContentBlock,
    ImageBlock,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
    URLSource,
    VideoBlock,
)
from memcert_reference.memory import InMemoryMemory
from memcert_reference.message import Msg, Role
from memcert_reference.values import JSONValue

__all__ = [
    "AudioBlock",
    "Base64Source",
    "BlockType",
    "ContentBlock",
    "ImageBlock",
    "InMemoryMemory",
    "JSONValue",
    "MemoryBase",
    "Msg",
    "Role",
    "TextBlock",
    "ThinkingBlock",
    "ToolResultBlock",
    "ToolUseBlock",
    "URLSource",
    "VideoBlock",
]
