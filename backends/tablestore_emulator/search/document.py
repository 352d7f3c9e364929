"""What the index knows of a row, and of each row inside its nested fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from tablestore_emulator.search.field import Field, FieldType
from tablestore_emulator.search.values import (
    MAX_ITEMS,
    Comparable,
    indexed,
    json_value,
)
from tablestore_emulator.values import Value

Key = tuple[Any, ...]
"""Orders the documents of one scope: the primary key, then the places in nested fields."""


class Document:
    """A row of the table, or of a nested field.

    It is compared by identity: sets of documents are what queries compute with.

    Args:
        key: its place in the order of the primary key.
        parent: the row that it is nested in.
        offset: its place in the nested field.
        columns: the row's attribute columns, for a row of the table.
        written_at: when it was written, in seconds since 1970, if that is known.
    """

    __slots__ = (
        "children",
        "columns",
        "key",
        "offset",
        "parent",
        "sequence",
        "values",
        "written_at",
    )

    def __init__(
        self,
        key: Key,
        parent: "Document | None" = None,
        offset: int = 0,
        columns: Mapping[str, Value] | None = None,
        written_at: float | None = None,
    ) -> None:
        self.key = key
        self.parent = parent
        self.offset = offset
        self.columns: Mapping[str, Value] = columns or {}
        self.written_at = written_at
        self.sequence = 0
        self.values: dict[str, tuple[Comparable, ...]] = {}
        self.children: dict[str, list[Document]] = {}

    def read(self, fields: Iterable[Field], data: Mapping[str, object], from_json: bool) -> None:
        """Take the values of fields.

        Args:
            fields: the fields.
            data: the row's columns, or a JSON object's members.
            from_json: whether it is a JSON object.
        """
        for field in fields:
            raw = data.get(field.source)
            if raw is None:
                continue
            if field.opens_scope:
                self._nest(field, raw)
            elif field.type is FieldType.JSON:
                for item in _objects(raw):
                    self.read(field.fields, item, from_json=True)
            else:
                found = indexed(field, raw, from_json=from_json)
                if found:
                    # A second value of the field is in another object of the same JSON array.
                    self.values[field.name] = self.values.get(field.name, ()) + found

    def rows(self, scope: str) -> list["Document"]:
        """Return the rows of a nested field in this row, at any depth.

        Args:
            scope: the nested field's full name.

        Returns:
            Its rows, in their order.
        """
        if scope in self.children:
            return self.children[scope]
        return [
            row
            for path, children in self.children.items()
            if scope.startswith(path + ".")
            for child in children
            for row in child.rows(scope)
        ]

    def _nest(self, field: Field, raw: object) -> None:
        items = _objects(raw)
        if len(items) > MAX_ITEMS:
            return
        children = self.children.setdefault(field.name, [])
        for item in items:
            child = Document((*self.key, len(children)), parent=self, offset=len(children))
            child.read(field.fields, item, from_json=True)
            children.append(child)


def _objects(raw: object) -> list[dict[str, object]]:
    value = json_value(raw) if isinstance(raw, str) else raw
    items = value if isinstance(value, list) else [value]
    objects = [item for item in items if isinstance(item, dict)]
    return objects if len(objects) == len(items) else []
