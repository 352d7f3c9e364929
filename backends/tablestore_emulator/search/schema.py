"""The schema of a search index."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import Field, FieldType
from tablestore_emulator.search.field_parser import parse_field
from tablestore_emulator.search.messages import Message, check_texts, well_formed

MAX_FIELDS = 1000
MAX_VECTORS = 5


@dataclass(frozen=True)
class IndexSchema:
    """What an index keeps of a table's rows.

    Args:
        fields: the fields, those of nested fields inside them.
        index_sort: the order that the index has when a query asks for none: the bytes of a
            protobuf `Sort`, empty for the order of the primary key.
    """

    fields: tuple[Field, ...]
    index_sort: bytes = b""
    by_name: Mapping[str, Field] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {one.name: one for one in _all(self.fields)})

    @staticmethod
    def parse(message: Message) -> "IndexSchema":
        """Read and check the schema of a `CreateSearchIndex` request.

        Args:
            message: the protobuf message `IndexSchema`.

        Returns:
            The schema.

        Raises:
            SearchError: a field, its type, its options or the index sort is wrong.
        """
        with well_formed():
            check_texts(message)
            return _parsed(message)

    def stores(self, column: str) -> bool:
        """Tell whether a column's value can be read from the index alone.

        Args:
            column: the name of an attribute column.

        Returns:
            True if a field has it: then a search may ask for 1,000 rows at once.
        """
        one = self.by_name.get(column)
        return one is not None and one.is_stored and not one.is_virtual

    def field(self, name: str, scope: str = "") -> Field:
        """Find a field.

        Args:
            name: its full name.
            scope: the nested field whose rows are looked at, empty for the rows of the table.

        Returns:
            The field.

        Raises:
            SearchError: there is none, or it belongs to other rows.
        """
        one = self.any_field(name)
        if one.scope != scope:
            raise invalid(f"field [{name}] is not a field of [{scope}]; use a nested query")
        return one

    def any_field(self, name: str) -> Field:
        """Find a field, of the rows of the table or of a nested field.

        Args:
            name: its full name.

        Returns:
            The field.

        Raises:
            SearchError: there is none.
        """
        one = self.by_name.get(name)
        if one is None:
            raise invalid(f"field [{name}] does not exist in the search index")
        return one

    @property
    def has_order(self) -> bool:
        """Whether its rows have an order of their own: not where one has rows inside."""
        return not any(one.opens_scope for one in self.by_name.values())


def _parsed(message: Message) -> IndexSchema:
    fields = tuple(parse_field(one, scope="", prefix="", depth=0) for one in message.field_schemas)
    every = list(_all(fields))
    if not every:
        raise invalid("The schema of a search index has no fields.")
    if len(every) > MAX_FIELDS:
        raise invalid(f"The number of fields exceeds {MAX_FIELDS}.")
    names = [one.name for one in every]
    for name in names:
        if names.count(name) > 1:
            raise invalid(f"Duplicate field name: '{name}'.")
    if sum(one.type is FieldType.VECTOR for one in every) > MAX_VECTORS:
        raise invalid(f"The number of vector fields exceeds {MAX_VECTORS}.")
    schema = IndexSchema(fields, message.index_sort.SerializeToString())
    _check_index_sort(schema, message.index_sort)
    return schema


def _check_index_sort(schema: IndexSchema, sort: Message) -> None:
    for sorter in sort.sorter:
        if sorter.HasField("field_sort"):
            one = schema.field(sorter.field_sort.field_name)
            if not one.is_sortable or one.is_array or one.type is FieldType.TEXT:
                raise invalid(f"field [{one.name}] cannot be used for the index sort")
        elif not sorter.HasField("pk_sort"):
            raise invalid("Only PrimaryKeySort and FieldSort are supported for the index sort.")
    if sort.sorter and any(one.opens_scope for one in _all(schema.fields)):
        raise invalid("The index sort is not supported for an index with nested fields.")


def _all(fields: tuple[Field, ...]) -> Iterator[Field]:
    for one in fields:
        yield one
        yield from _all(one.fields)
