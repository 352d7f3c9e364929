"""What the ids of the rules begin with: their headings, and the operations that they are about."""

from __future__ import annotations

TITLES = {
    "VAL": "Values",
    "ARG": "Arguments",
    "ADD": "Adding",
    "ORD": "Order",
    "GET": "Reading",
    "SIZE": "Counting",
    "DEL": "Deleting",
    "CLR": "Clearing",
    "MARK": "Marks",
    "SUM": "The compressed summary",
    "STATE": "State",
    "EXP": "Export and import (extension)",
    "LIFE": "Life",
    "DUR": "Durability",
    "CLOCK": "Clocks",
    "GONE": "What is left in the store",
    "TTL": "Expiry (extension)",
    "ISO": "Isolation of spaces",
    "MIX": "Everything together",
    "CON": "Concurrency",
    "CAN": "Cancellation",
    "CUT": "Connections",
    "KILL": "Killed clients",
    "CRASH": "Killed servers",
}

AREAS = {
    "add": "ADD",
    "get_memory": "GET",
    "size": "SIZE",
    "delete": "DEL",
    "delete_by_mark": "DEL",
    "clear": "CLR",
    "update_messages_mark": "MARK",
    "update_compressed_summary": "SUM",
    "state_dict": "STATE",
    "load_state_dict": "STATE",
    "export_state": "EXP",
    "import_state": "EXP",
}
