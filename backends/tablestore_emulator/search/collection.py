"""The documents of one scope, with an index for each field."""

from bisect import bisect_left, insort
from collections.abc import Iterator

from tablestore_emulator.search.document import Document, Key
from tablestore_emulator.search.field import PLAIN, Field, FieldType
from tablestore_emulator.search.postings import Postings
from tablestore_emulator.search.schema import IndexSchema
from tablestore_emulator.search.texts import Texts
from tablestore_emulator.search.vectors import Vectors


class Collection:
    """The rows of the table, or all rows of one nested field.

    Args:
        schema: the index's schema.
        scope: the nested field's full name, empty for the rows of the table.
    """

    def __init__(self, schema: IndexSchema, scope: str = "") -> None:
        self.schema = schema
        self.scope = scope
        self.documents: set[Document] = set()
        self.order: list[tuple[Key, Document]] = []
        self.postings: dict[str, Postings] = {}
        self.texts: dict[str, Texts] = {}
        self.vectors: dict[str, Vectors] = {}
        self.nested: dict[str, Collection] = {}
        self._sequence = 0
        for field in schema.by_name.values():
            if field.scope == scope:
                self._prepare(field)

    def add(self, document: Document) -> None:
        """Index a document, and the rows inside it."""
        self.documents.add(document)
        self._sequence += 1
        document.sequence = self._sequence
        insort(self.order, (document.key, document))
        for name, values in document.values.items():
            if name in self.postings:
                self.postings[name].add(document, values)
            elif name in self.texts:
                self.texts[name].add(document, values)
            elif name in self.vectors:
                self.vectors[name].add(document, values[0])
        for scope, children in document.children.items():
            for child in children:
                self.nested[scope].add(child)

    def remove(self, document: Document) -> None:
        """Forget a document, and the rows inside it."""
        self.documents.discard(document)
        del self.order[bisect_left(self.order, (document.key,))]
        for name, values in document.values.items():
            if name in self.postings:
                self.postings[name].remove(document, values)
            elif name in self.texts:
                self.texts[name].remove(document)
            elif name in self.vectors:
                self.vectors[name].remove(document)
        for scope, children in document.children.items():
            for child in children:
                self.nested[scope].remove(child)

    def having(self, field: Field) -> set[Document]:
        """Return the documents that have a value of a field.

        Args:
            field: a field of this scope.

        Returns:
            The documents; not to be changed.
        """
        if field.opens_scope:
            rows = self.nested[field.name].documents
            return {row.parent for row in rows if row.parent is not None}
        if field.type is FieldType.JSON:
            return set().union(*(self.having(one) for one in _leaves(field)))
        if field.name in self.postings:
            return self.postings[field.name].documents
        if field.name in self.texts:
            return self.texts[field.name].documents
        return self.vectors[field.name].documents

    def within(self, scope: str) -> "Collection":
        """Return the rows of a nested field, at any depth.

        Args:
            scope: the nested field's full name, or this collection's own scope.

        Returns:
            Their collection.
        """
        if scope == self.scope:
            return self
        for name, nested in self.nested.items():
            if scope == name or scope.startswith(name + "."):
                return nested.within(scope)
        raise KeyError(scope)

    def _prepare(self, field: Field) -> None:
        if field.opens_scope:
            self.nested[field.name] = Collection(self.schema, field.name)
        elif field.type is FieldType.VECTOR:
            self.vectors[field.name] = Vectors(field.dimension, field.metric)
        elif field.analyzer is not None:
            self.texts[field.name] = Texts(field.analyzer)
        elif field.type in PLAIN or field.type is FieldType.GEO_POINT:
            self.postings[field.name] = Postings()


def _leaves(field: Field) -> Iterator[Field]:
    for one in field.fields:
        if one.scope == field.scope:
            yield one
