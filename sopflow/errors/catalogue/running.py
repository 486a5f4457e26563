"""Codes of the family ``running``: see the table in this package."""

from sopflow.errors.catalogue._entry import Entry

ENTRIES: dict[str, Entry] = {}
