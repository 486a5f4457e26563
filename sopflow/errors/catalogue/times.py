"""Codes of the family ``times``: see the table in this package."""

from sopflow.errors.catalogue._entry import Entry

ENTRIES: dict[str, Entry] = {}
