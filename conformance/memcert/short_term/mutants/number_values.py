"""Mutants that change numbers, truth values and null at one place of a message."""

from __future__ import annotations

import struct
from typing import Any

from memcert.short_term.mutants.contents import changed_leaves
from memcert.short_term.mutants.mutant import mutant
from memcert.short_term.mutants.record_host import MetadataLeaves, Storing, blocks_of

KNOWN_KEYS = frozenset({"type", "text", "thinking", "source", "id", "name", "input", "output"})
"""The keys that some type of block has."""


@mutant("minus-zero-of-unknown-keys", "VAL-10")
class MinusZeroOfUnknownKeys(Storing):
    """-0.0 under an unknown key of a text block comes back as 0.0."""

    def _stored(self, record: Any) -> None:
        for block in blocks_of(record["content"], "text"):
            for key in block.keys() - KNOWN_KEYS:
                if type(block[key]) is float:
                    block[key] += 0.0


@mutant("whole-floats-as-integers", "VAL-10")
class WholeFloatsAsIntegers(MetadataLeaves):
    """A float of 1e16 or more comes back as an integer."""

    def _leaf(self, value: Any) -> Any:
        return int(value) if type(value) is float and abs(value) >= 1e16 else value


@mutant("unsigned-as-signed", "VAL-10")
class UnsignedAsSigned(MetadataLeaves):
    """An integer from 2**63 to 2**64 comes back negative."""

    def _leaf(self, value: Any) -> Any:
        return value - 2**64 if type(value) is int and 2**63 <= value < 2**64 else value


@mutant("integers-over-64-bits-as-floats", "VAL-10")
class IntegersOver64BitsAsFloats(MetadataLeaves):
    """An integer of more than 64 bits comes back as a float."""

    def _leaf(self, value: Any) -> Any:
        return float(value) if type(value) is int and 2**64 <= abs(value) < 2**1000 else value


@mutant("odd-integers-in-tool-input", "VAL-10")
class OddIntegersInToolInput(Storing):
    """2**53 + 1 in the input of a tool_use block comes back as 2**53."""

    def _stored(self, record: Any) -> None:
        for block in blocks_of(record["content"], "tool_use"):
            block["input"] = changed_leaves(block.get("input"), self._exact_below)

    def _exact_below(self, value: Any) -> Any:
        return 2**53 if type(value) is int and value == 2**53 + 1 else value


@mutant("fifteen-digits", "VAL-10")
class FifteenDigits(MetadataLeaves):
    """A float comes back with the first fifteen digits only."""

    def _leaf(self, value: Any) -> Any:
        return float(f"{value:.15g}") if type(value) is float and abs(value) < 1e300 else value


@mutant("tiny-floats-as-zero", "VAL-10")
class TinyFloatsAsZero(MetadataLeaves):
    """A float that is too small to be a normal number comes back as zero."""

    def _leaf(self, value: Any) -> Any:
        return 0.0 if type(value) is float and 0 < abs(value) < 2.0**-1022 else value


@mutant("single-precision-in-lists", "VAL-10")
class SinglePrecisionInLists(Storing):
    """A list of the metadata that holds floats alone comes back in single precision."""

    def _stored(self, record: Any) -> None:
        for key, value in record["metadata"].items():
            if type(value) is list and value and all(type(each) is float for each in value):
                record["metadata"][key] = [self._single(each) for each in value]

    def _single(self, value: float) -> float:
        return value if abs(value) > 1e38 else float(struct.unpack("f", struct.pack("f", value))[0])


@mutant("digits-limit-of-python", "VAL-10")
class DigitsLimitOfPython(MetadataLeaves):
    """An integer of more than 4,300 digits fails, as Python's own conversion does."""

    def _leaf(self, value: Any) -> Any:
        if type(value) is int and abs(value) >= 10**4300:
            raise ValueError("exceeds the limit for integer string conversion")
        return value


@mutant("equal-values-shared", "VAL-10")
class EqualValuesShared(Storing):
    """Equal values of one message's metadata are stored once, so that 1, 1.0 and True are one."""

    def _stored(self, record: Any) -> None:
        known: dict[Any, Any] = {}

        def shared(value: Any) -> Any:
            return known.setdefault(value, value)

        record["metadata"] = changed_leaves(record["metadata"], shared)


@mutant("false-is-null", "VAL-10")
class FalseIsNull(Storing):
    """False in a list of the metadata comes back as null."""

    def _stored(self, record: Any) -> None:
        for key, value in record["metadata"].items():
            if type(value) is list:
                record["metadata"][key] = [None if each is False else each for each in value]
