"""Codes of the family ``flow``: see the table in this package."""

from sopflow.errors.catalogue._entry import Entry

ENTRIES: dict[str, Entry] = {}
