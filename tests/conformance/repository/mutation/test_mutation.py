"""What a mutation is known by, and that the list of them is always the same."""

from __future__ import annotations

from memcert.repository.mutation.edits import Edit
from memcert.repository.mutation.mutation import Mutation, mutations_of
from memcert.repository.mutation.sources import SOURCES, mutations, path_of


def made(text: str, *edits: Edit) -> list[Mutation]:
    return list(mutations_of("source", "folder/file.py", text, edits, lambda _: True))


def edit(text: str, old: str, new: str, after: int = 0) -> Edit:
    start = text.index(old, after)
    return Edit("operator", start, start + len(old), new)


def test_its_key_stays_when_lines_move() -> None:
    before = "a = 1\nif b:\n    c = 1\n"
    after = "# New.\n\nx = 7\nif y:\n    if b:\n        c = 1\n"
    (one,) = made(before, edit(before, "c = 1", "c = 2"))
    (other,) = made(after, edit(after, "c = 1", "c = 2"))
    assert one.key == other.key
    assert one.id == other.id == f"source:file:operator:{one.id[-8:]}"
    assert (one.line, other.line) == (3, 6)
    assert one.diff == ["- c = 1", "+ c = 2"]


def test_those_that_are_alike_are_told_apart_by_their_number() -> None:
    text = "a = 1\nb = 1\na = 1\n"
    one, other = made(text, edit(text, "1", "2"), edit(text, "1", "2", after=12))
    assert (one.key.occurrence, other.key.occurrence) == (1, 2)
    assert one.id != other.id


def test_what_comes_to_the_same_text_is_one() -> None:
    text = "a = 1\n"
    assert len(made(text, edit(text, "1", "2"), edit(text, "a = 1", "a = 2"))) == 1
    assert made(text, edit(text, "1", "1")) == []


def test_what_spans_lines_is_shown_by_all_of_them() -> None:
    text = "f(\n    a,\n    b,\n)\ng()\n"
    (found,) = made(text, edit(text, "a,\n    b", "b"))
    assert found.key.original == "a,\nb,"
    assert found.key.mutated == "b,"


def test_the_list_is_always_the_same_and_every_id_is_there_once() -> None:
    source = SOURCES["reference"]
    one, other = ([each.id for each in mutations(source)] for _ in range(2))
    assert one == other
    assert len(set(one)) == len(one) > 300


def test_every_source_has_files_and_what_is_left_out_is_there() -> None:
    for source in SOURCES.values():
        texts = [path_of(file).read_text("utf-8") for file in source.files]
        for name in source.skipped:
            last = name.rpartition(".")[2]
            assert any(f" {last}" in text for text in texts), name
        assert bool(source.skipped) == bool(source.why_skipped)
