"""The headings of the rules, by what their ids begin with."""

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
