"""Contents of every block type, with every field that it may have."""

from __future__ import annotations

from typing import Any

from memcert.short_term.values.value import Value, named

URL_SOURCE: dict[str, Any] = {"type": "url", "url": "http://example.com/x.png?a=1&b=%41#c"}
BASE64_SOURCE: dict[str, Any] = {"type": "base64", "media_type": "image/png", "data": "eHg+/w=="}
TEXT: dict[str, Any] = {"type": "text", "text": "x"}
MEDIA = ("image", "audio", "video")


def _media(kind: str, source: Any) -> dict[str, Any]:
    return {"type": kind, "source": source}


def _each(catches: str, *values: tuple[str, Any]) -> tuple[Value, ...]:
    return tuple(Value(name, content, catches) for name, content in values)


_TOOL_USE: dict[str, Any] = {
    "type": "tool_use",
    "id": "t",
    "name": "f",
    "input": {"k": [1, None, True]},
}
_TOOL_RESULT: dict[str, Any] = {"type": "tool_result", "id": "t", "name": "f", "output": "x"}

_NESTED: list[dict[str, Any]] = [
    TEXT,
    *(_media(kind, source) for kind in MEDIA for source in (URL_SOURCE, BASE64_SOURCE)),
]

CONTENTS = named(
    _each(
        "a content of text becomes blocks, or blocks become text",
        ("text", "x"),
        ("empty text", ""),
        ("no block", []),
        ("one text block", [TEXT]),
        ("two text blocks", [TEXT, {"type": "text", "text": "y"}]),
        ("the same block twice", [TEXT, TEXT]),
        ("an empty text block", [{"type": "text", "text": ""}]),
        ("a text block without text", [{"type": "text"}]),
    ),
    _each(
        "a block of a type is dropped, or loses a field",
        ("thinking", [{"type": "thinking", "thinking": "x"}]),
        ("thinking without a thought", [{"type": "thinking"}]),
        ("tool use", [_TOOL_USE]),
        ("tool use without input", [_TOOL_USE | {"input": {}}]),
        ("tool use with raw input", [_TOOL_USE | {"raw_input": '{"k": 1}'}]),
        ("tool use with empty raw input", [_TOOL_USE | {"raw_input": ""}]),
        ("tool use with null input", [_TOOL_USE | {"input": {"k": None}}]),
        ("tool result", [_TOOL_RESULT]),
        ("tool result of empty text", [_TOOL_RESULT | {"output": ""}]),
        ("tool result of no block", [_TOOL_RESULT | {"output": []}]),
        *((f"{kind} at a URL", [_media(kind, URL_SOURCE)]) for kind in MEDIA),
        ("video in a file", [_media("video", {"type": "url", "url": "file:///x.mp4"})]),
        *((f"{kind} in base64", [_media(kind, BASE64_SOURCE)]) for kind in MEDIA),
    ),
    _each(
        "blocks inside a block are flattened, or lose what they hold",
        *(
            (
                f"tool result of block {number}: {block['type']}",
                [_TOOL_RESULT | {"output": [block]}],
            )
            for number, block in enumerate(_NESTED)
        ),
        ("tool result of all blocks", [_TOOL_RESULT | {"output": _NESTED}]),
        ("tool result of one block twice", [_TOOL_RESULT | {"output": [TEXT, TEXT]}]),
    ),
    _each(
        "fields and types that are not known are dropped",
        *(
            (f"an unknown key in {block['type']}", [{**block, "cache": {"k": [None, {}]}}])
            for block in (
                TEXT,
                {"type": "thinking", "thinking": "x"},
                _TOOL_USE,
                _TOOL_RESULT,
                *(_media(kind, URL_SOURCE) for kind in MEDIA),
            )
        ),
        ("an unknown key in a source", [_media("image", {**URL_SOURCE, "detail": "low"})]),
        ("an unknown key in a nested block", [_TOOL_RESULT | {"output": [{**TEXT, "k": 1}]}]),
        ("an unknown type", [{"type": "citation", "of": ["x"]}]),
        ("a null field", [{**TEXT, "signature": None}]),
        ("an id in every block", [{**TEXT, "id": "b1"}, {**TEXT, "id": "b2"}]),
    ),
    _each(
        "the order or the number of blocks changes",
        (
            "every block",
            [TEXT, {"type": "thinking", "thinking": "x"}, _TOOL_USE, _TOOL_RESULT, *_NESTED],
        ),
        ("thinking last", [TEXT, {"type": "thinking", "thinking": "x"}]),
        ("300 blocks", [{"type": "text", "text": str(number)} for number in range(300)]),
    ),
)
"""A content of every kind."""
