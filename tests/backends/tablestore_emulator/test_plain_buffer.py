"""PlainBuffer: golden vectors, the SDK's own encoder where it is right, and what is malformed."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tablestore import INF_MAX as SDK_MAX
from tablestore import INF_MIN as SDK_MIN
from tablestore import PK_AUTO_INCR as SDK_AUTO
from tablestore.plainbuffer.plain_buffer_builder import PlainBufferBuilder
from tablestore.plainbuffer.plain_buffer_coded_stream import PlainBufferCodedInputStream
from tablestore.plainbuffer.plain_buffer_stream import PlainBufferInputStream

from tablestore_emulator.checksum import checksum
from tablestore_emulator.plain_buffer import (
    HEADER,
    Cell,
    CellOperation,
    EncodedRow,
    PlainBufferError,
    decode_row,
    decode_rows,
    decode_value,
    encode_cell,
    encode_row,
    encode_value,
)
from tablestore_emulator.values import AUTO_INCREMENT, INF_MAX, INF_MIN

# The form is written out by hand: tag, length, content. The checksums are those of the SDK's own
# writer, which is right about them.
GOLDEN = {
    "an integer key": (
        "75000000 01 03 04 01000000 61 05 09000000 00 0700000000000000 0a 74 09 f6",
        EncodedRow([("a", 7)], [], False),
    ),
    "a deleted row": (
        "75000000 01 03 04 01000000 61 05 09000000 00 0700000000000000 0a 74 08 09 f1",
        EncodedRow([("a", 7)], [], True),
    ),
    "bounds": (
        "75000000 01 03 04 01000000 61 05 01000000 09 0a df"
        "            03 04 01000000 62 05 01000000 0a 0a e9 09 96",
        EncodedRow([("a", INF_MIN), ("b", INF_MAX)], [], False),
    ),
    "a text and a version": (
        "75000000 01 03 04 01000000 61 05 06000000 03 01000000 78 0a 4d"
        "         02 03 04 01000000 63 05 07000000 03 02000000 c3a9 07 e803000000000000 0a d3"
        "         09 92",
        EncodedRow([("a", "x")], [Cell("c", "é", None, 1000)], False),
    ),
    "deletes and an increment": (
        "75000000 01 03 04 01000000 61 05 01000000 0b 0a d1"
        "         02 03 04 01000000 63 06 01 0a cd"
        "            03 04 01000000 64 06 03 07 0500000000000000 0a 51"
        "            03 04 01000000 65 05 09000000 00 ffffffffffffffff 06 04 0a 68"
        "         09 49",
        EncodedRow(
            [("a", AUTO_INCREMENT)],
            [
                Cell("c", None, CellOperation.DELETE_ALL_VERSIONS),
                Cell("d", None, CellOperation.DELETE_ONE_VERSION, 5),
                Cell("e", -1, CellOperation.INCREMENT),
            ],
            False,
        ),
    ),
    "a blob, a double, a boolean": (
        "75000000 01 03 04 01000000 61 05 07000000 07 02000000 00ff 0a 13"
        "         02 03 04 01000000 63 05 09000000 01 000000000000f83f 0a a5"
        "            03 04 01000000 64 05 02000000 02 01 0a 43 09 b1",
        EncodedRow([("a", b"\x00\xff")], [Cell("c", 1.5), Cell("d", True)], False),
    ),
}


def _encode(row: EncodedRow) -> bytes:
    cells = [encode_cell(it.name, it.value, it.timestamp, it.operation) for it in row.cells]
    return HEADER + encode_row(row.primary_key, cells, row.is_deleted)


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_vectors(name: str) -> None:
    text, row = GOLDEN[name]
    data = bytes.fromhex(text)
    assert decode_row(data) == row
    assert _encode(row) == data


@pytest.mark.parametrize("length", [0, 1, 2, 3, 255, 256, 1001])
def test_the_checksum_is_the_one_of_its_polynomial(length: int) -> None:
    data = bytes(number * 37 % 256 for number in range(length))
    for start in (0, 1, 255):
        register = start
        for byte in data:
            register ^= byte
            for _ in range(8):
                register = (register << 1) ^ (0x107 if register & 0x80 else 0)
        assert checksum(data, start) == register
    # The check value that catalogues of such checksums give.
    assert checksum(b"123456789") == 0xF4


PARTS = (
    st.integers(-(2**63), 2**63 - 1)
    | st.text()
    | st.binary()
    | st.sampled_from([INF_MIN, INF_MAX, AUTO_INCREMENT])
)
VALUES = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
)
NAMES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=9)
STAMPS = st.none() | st.integers(0, 2**63 - 1)


@st.composite
def _cells(draw: Any) -> Cell:
    operation = draw(st.none() | st.sampled_from(list(CellOperation)))
    return Cell(draw(NAMES), draw(st.none() | VALUES), operation, draw(STAMPS))


ROWS = st.builds(
    EncodedRow,
    st.lists(st.tuples(NAMES, PARTS), min_size=1, max_size=4),
    st.lists(_cells(), max_size=5),
    st.booleans(),
)


@given(ROWS)
def test_rows_come_back(row: EncodedRow) -> None:
    found = decode_row(_encode(row))
    assert found == row
    for ours, theirs in zip(found.cells, row.cells, strict=True):
        assert type(ours.value) is type(theirs.value)


def _for_sdk(value: Any) -> Any:
    known = {INF_MIN: SDK_MIN, INF_MAX: SDK_MAX, AUTO_INCREMENT: SDK_AUTO}
    if isinstance(value, bytes):
        return bytearray(value)
    return value if isinstance(value, str | int | float) else known[value]


PLAIN = st.lists(st.builds(Cell, NAMES, VALUES, st.none(), STAMPS), max_size=5)
KEYS = st.lists(st.tuples(NAMES, PARTS), min_size=1, max_size=4)


@given(KEYS, PLAIN)
def test_what_the_sdk_encodes_for_a_put(key: Any, cells: Any) -> None:
    columns = [(it.name, _for_sdk(it.value), it.timestamp) for it in cells]
    named = [(name, _for_sdk(value)) for name, value in key]
    sent = bytes(PlainBufferBuilder.serialize_for_put_row(named, columns))
    row = EncodedRow(key, cells, False)
    assert decode_row(sent) == row
    assert _encode(row) == sent


@given(KEYS)
def test_what_the_sdk_encodes_for_a_delete(key: Any) -> None:
    named = [(name, _for_sdk(value)) for name, value in key]
    sent = bytes(PlainBufferBuilder.serialize_for_delete_row(named))
    assert _encode(EncodedRow(key, [], True)) == sent


@given(st.lists(st.tuples(NAMES, st.integers(0, 9) | st.text()), min_size=1, max_size=4), PLAIN)
def test_what_the_sdk_reads(key: Any, cells: Any) -> None:
    sent = _encode(EncodedRow(key, cells, False))
    reader = PlainBufferCodedInputStream(PlainBufferInputStream(sent))
    named, columns = reader.read_row()
    assert named == key
    assert columns == [(it.name, _for_sdk(it.value), it.timestamp) for it in cells]


@given(VALUES)
def test_values_that_stand_alone(value: Any) -> None:
    sent = bytes(PlainBufferBuilder.serialize_column_value(_for_sdk(value)))
    assert encode_value(value) == sent
    found = decode_value(sent)
    assert found == value
    assert type(found) is type(value)


def test_names_that_are_not_ascii() -> None:
    # The SDK's writer gives their length in characters, which is wrong.
    row = EncodedRow([("schlüssel", "x")], [Cell("größe", 1)], False)
    assert decode_row(_encode(row)) == row


def test_several_rows() -> None:
    rows = [EncodedRow([("a", number)], [Cell("c", "v")], False) for number in range(3)]
    data = HEADER + b"".join(_encode(row)[len(HEADER) :] for row in rows)
    assert decode_rows(data) == rows
    assert decode_rows(b"") == []
    with pytest.raises(PlainBufferError):
        decode_row(data)


WHOLE = _encode(EncodedRow([("a", "key")], [Cell("c", "value", None, 5), Cell("d", 1.5)], False))


@pytest.mark.parametrize("end", range(1, len(WHOLE)))
def test_a_buffer_that_is_cut_off(end: int) -> None:
    with pytest.raises(PlainBufferError):
        decode_row(WHOLE[:end])


@pytest.mark.parametrize("place", range(len(WHOLE)))
def test_a_byte_that_is_changed(place: int) -> None:
    changed = bytearray(WHOLE)
    changed[place] ^= 0x41
    with pytest.raises(PlainBufferError):
        decode_row(bytes(changed))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x76\0\0\0", "Cell data broken, mismatch header, actual: 0x76, expect: 0x75."),
        (HEADER, r"Cell data broken, mismatch tag, actual tag\(0x0\), expect\(0x1\)."),
        (HEADER + b"\x01", "Cell data broken, no PK follow PKTag."),
        (
            HEADER + b"\x01\x03\x04" + struct.pack("<I", 2**32 - 1),
            "Input encoded PK broken, length is shorter than expect.",
        ),
    ],
)
def test_what_is_said_of_it(data: bytes, message: str) -> None:
    with pytest.raises(PlainBufferError, match=message):
        decode_row(data)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "00",
        "0000",
        "0203",
        "020000",
        "03ffffffff61",
        "0301000000",
        "0302000000c328",
        "06",
        "0900",
    ],
)
def test_values_that_are_none(value: str) -> None:
    with pytest.raises(PlainBufferError):
        decode_value(bytes.fromhex(value))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_row_or_an_error(data: bytes) -> None:
    for start in (b"", HEADER, HEADER + b"\x01\x03\x04"):
        try:
            decode_rows(start + data)
        except PlainBufferError:
            continue
