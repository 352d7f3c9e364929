"""The operations on local transactions."""

from __future__ import annotations

from tablestore_emulator.apis.rows import key_in
from tablestore_emulator.errors import invalid
from tablestore_emulator.instance import Instance
from tablestore_emulator.protocol import Message, tables
from tablestore_emulator.requests import parse
from tablestore_emulator.tables.schema import check_values


def start_local_transaction(instance: Instance, body: bytes) -> Message:
    """Answer StartLocalTransaction."""
    request = parse(tables.StartLocalTransactionRequest, body)
    table = instance.base_table(request.table_name)
    primary_key = key_in(request.key)
    instance.limits.check_key(primary_key)
    check_values(primary_key)
    if len(primary_key) != 1:
        raise invalid("StartLocalTransaction support only one primary key.")
    if not instance.settings.has_transactions:
        raise invalid(
            "Try to call method using explicit transaction on explicit-transaction-disabled table."
        )
    partition = table.schema.partition_key(primary_key)
    transaction_id = instance.transactions.start(table, partition)
    return tables.StartLocalTransactionResponse(transaction_id=transaction_id)


def commit_transaction(instance: Instance, body: bytes) -> Message:
    """Answer CommitTransaction."""
    instance.transactions.commit(parse(tables.CommitTransactionRequest, body).transaction_id)
    return tables.CommitTransactionResponse()


def abort_transaction(instance: Instance, body: bytes) -> Message:
    """Answer AbortTransaction."""
    instance.transactions.abort(parse(tables.AbortTransactionRequest, body).transaction_id)
    return tables.AbortTransactionResponse()


APIS = {
    "StartLocalTransaction": start_local_transaction,
    "CommitTransaction": commit_transaction,
    "AbortTransaction": abort_transaction,
}
"""The operations of this module."""
