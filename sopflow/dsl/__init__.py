"""Notations in and out: definitions from YAML and JSON, from Python, and back.

``load`` and ``loads`` give a definition or raise with every finding; ``read`` and ``read_file`` give both.
``dump`` writes one; ``Builder`` makes one in Python; ``schema`` is the JSON Schema of what may be written.
"""

from sopflow.dsl._builder import Builder, Steps
from sopflow.dsl._document import Document
from sopflow.dsl._format import Format, format_of, formats
from sopflow.dsl._include import is_library
from sopflow.dsl._load import dump, load, loads, read_file, salvage_file
from sopflow.dsl._pause import collector_paused
from sopflow.dsl._read import read
from sopflow.model import schema

__all__ = [
    "Builder",
    "Document",
    "Format",
    "Steps",
    "collector_paused",
    "dump",
    "format_of",
    "formats",
    "is_library",
    "load",
    "loads",
    "read",
    "read_file",
    "salvage_file",
    "schema",
]
