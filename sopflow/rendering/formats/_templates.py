"""The templates of this room, each compiled once: what jinja2 makes of them is kept in the folder for temporary files.

To compile a picture's template takes three times as long as to fill it. jinja2 looks whether the template is still the
same, whether Python is, and whether the folder is the user's own; where it may not write, templates are compiled anew.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from sopflow import __version__

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment, Template


def source(name: str) -> str:
    """The text of the file ``name`` among the templates."""
    return (files("sopflow.rendering") / "templates" / name).read_text(encoding="utf-8")


@cache
def template(name: str) -> Template:
    """The template ``name``, which escapes what it is given and lets no name be missing."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415  # only who draws pays for it

    return Environment(
        autoescape=True,
        bytecode_cache=_kept(),
        loader=FunctionLoader(source),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )


def _kept() -> BytecodeCache | None:
    """Where compiled templates are kept; nowhere, if there is no folder that is safe from others."""
    from jinja2 import FileSystemBytecodeCache  # noqa: PLC0415  # as above
    from jinja2.bccache import Bucket  # noqa: PLC0415  # as above

    class Kept(FileSystemBytecodeCache):
        """Never in the way: a file that cannot be read or written is as good as none."""

        def load_bytecode(self, bucket: Bucket) -> None:
            with suppress(Exception):
                super().load_bytecode(bucket)

        def dump_bytecode(self, bucket: Bucket) -> None:
            with suppress(OSError):
                super().dump_bytecode(bucket)

    try:
        return Kept(pattern=f"sopflow-{__version__}-%s.cache")
    except (OSError, RuntimeError):
        return None
