"""Queries for values as they are: term, terms, range, prefix, wildcard, exists, all."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tablestore_emulator.search.collection import Collection
from tablestore_emulator.search.document import Document
from tablestore_emulator.search.field import Field
from tablestore_emulator.search.queries.query import Marker, Query, Scorer
from tablestore_emulator.search.values import Comparable
from tablestore_emulator.search.wildcard import fits


@dataclass(frozen=True)
class MatchAllQuery(Query):
    """Every document."""

    def matches(self, collection: Collection) -> set[Document]:
        return collection.documents


@dataclass(frozen=True)
class TermsQuery(Query):
    """The documents that have one of some values; in a text field, one of some tokens."""

    field: Field
    values: tuple[Comparable, ...]
    weight: float = 1.0

    def matches(self, collection: Collection) -> set[Document]:
        if self.field.name in collection.texts:
            texts = collection.texts[self.field.name]
            return _union([texts.having(unit) for unit in self._units()])
        by_value = collection.postings[self.field.name].by_value
        return _union([by_value[value] for value in set(self.values) if value in by_value])

    def size(self, collection: Collection) -> int:
        if self.field.name in collection.texts:
            return super().size(collection)
        by_value = collection.postings[self.field.name].by_value
        return sum(len(by_value.get(value, ())) for value in self.values)

    def scorer(self, collection: Collection) -> Scorer:
        if self.field.name not in collection.texts:
            return super().scorer(collection)
        return collection.texts[self.field.name].scorer(self._units(), weight=self.weight)

    def markers(self, field: str) -> Iterator[Marker]:
        if field == self.field.name:
            wanted = {unit for unit in self._units() if unit}
            for unit in wanted:
                yield phrase_marker(unit)

    def _units(self) -> list[tuple[str, ...]]:
        analyzer = self.field.analyzer
        if analyzer is None:
            return []
        units = []
        for value in self.values:
            # A term is looked up as it is; a fuzzy field has the pieces of its own making only.
            unit = tuple(value) if analyzer.keeps_characters else (value,)
            if not analyzer.keeps_characters or unit in analyzer.units(value):
                units.append(unit)
        return units


@dataclass(frozen=True)
class RangeQuery(Query):
    """The documents that have a value in a range; in a text field, a token."""

    field: Field
    lower: Comparable
    upper: Comparable
    include_lower: bool
    include_upper: bool

    def matches(self, collection: Collection) -> set[Document]:
        if self.field.name in collection.texts:
            texts = collection.texts[self.field.name]
            tokens = [token for token in texts.vocabulary() if self._has(token)]
            return _union([texts.having((token,)) for token in tokens])
        postings = collection.postings[self.field.name]
        return postings.between(*self._ends())

    def among(self, collection: Collection, candidates: set[Document]) -> set[Document]:
        # It is quicker to look at a few candidates than to collect all of a wide range.
        is_text = self.field.name in collection.texts
        if is_text or self.size(collection) < len(candidates) * 4:
            return super().among(collection, candidates)
        name = self.field.name
        return {one for one in candidates if any(map(self._has, one.values.get(name, ())))}

    def size(self, collection: Collection) -> int:
        if self.field.name in collection.texts:
            return super().size(collection)
        return collection.postings[self.field.name].count_between(*self._ends())

    def markers(self, field: str) -> Iterator[Marker]:
        if field == self.field.name:
            yield lambda tokens: {at for at, token in enumerate(tokens) if self._has(token)}

    def _ends(self) -> tuple[Comparable, Comparable, bool, bool]:
        return self.lower, self.upper, self.include_lower, self.include_upper

    def _has(self, value: Comparable) -> bool:
        if self.lower is not None and not (
            value > self.lower or (self.include_lower and value == self.lower)
        ):
            return False
        return self.upper is None or bool(
            value < self.upper or (self.include_upper and value == self.upper)
        )


@dataclass(frozen=True)
class PrefixQuery(Query):
    """The documents that have a value, or a token, that starts with a text."""

    field: Field
    prefix: str
    weight: float = 1.0

    def matches(self, collection: Collection) -> set[Document]:
        if self.field.name in collection.texts:
            texts = collection.texts[self.field.name]
            return _union([texts.having((one,)) for one in texts.tokens_with_prefix(self.prefix)])
        return collection.postings[self.field.name].with_prefix(self.prefix)

    def markers(self, field: str) -> Iterator[Marker]:
        if field == self.field.name:
            yield lambda tokens: {
                at for at, token in enumerate(tokens) if token.startswith(self.prefix)
            }


@dataclass(frozen=True)
class WildcardQuery(Query):
    """The documents with a value, or a token, of a pattern: `*` any text, `?` one character."""

    field: Field
    pattern: str
    weight: float = 1.0

    def matches(self, collection: Collection) -> set[Document]:
        is_fit = fits(self.pattern)
        literal = re.split(r"[*?]", self.pattern, maxsplit=1)[0]
        if self.field.name in collection.texts:
            texts = collection.texts[self.field.name]
            tokens = [token for token in texts.tokens_with_prefix(literal) if is_fit(token)]
            return _union([texts.having((token,)) for token in tokens])
        by_value = collection.postings[self.field.name].by_value
        return _union([documents for value, documents in by_value.items() if is_fit(value)])

    def markers(self, field: str) -> Iterator[Marker]:
        if field == self.field.name:
            is_fit = fits(self.pattern)
            yield lambda tokens: {at for at, token in enumerate(tokens) if is_fit(token)}


@dataclass(frozen=True)
class ExistsQuery(Query):
    """The documents that have a value of a field."""

    field: Field

    def matches(self, collection: Collection) -> set[Document]:
        return collection.having(self.field)


def phrase_marker(unit: tuple[str, ...]) -> Marker:
    """Mark the tokens of a phrase wherever they follow one another."""

    def mark(tokens: Sequence[str]) -> set[int]:
        size = len(unit)
        starts = [at for at, token in enumerate(tokens) if token == unit[0]]
        return {
            place
            for at in starts
            if tuple(tokens[at : at + size]) == unit
            for place in range(at, at + size)
        }

    return mark


def _union(sets: list[set[Document]]) -> set[Document]:
    return sets[0] if len(sets) == 1 else set().union(*sets)
