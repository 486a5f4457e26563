"""Writes a file whole or not at all: what was there before stays until the new content is complete.

Knows no terminal.
"""

from __future__ import annotations

import os
from errno import EISDIR
from pathlib import Path
from tempfile import NamedTemporaryFile

from sopflow.errors import Finding, UsageError

_MODE = 0o666  # of a new file, less what the user's mask takes away


def write_file(output: str, data: bytes) -> None:
    """Put ``data`` into the file ``output``, by way of one beside it that then takes its name.

    What is no ordinary file (a pipe, a device) is written to directly. Raises UsageError (SOP609) where that fails.
    """
    try:
        file = Path(output).resolve()  # the file that a link leads to is replaced, not the link
        if file.exists() and not file.is_file() and not file.is_dir():
            file.write_bytes(data)
        else:
            _replace(file, data)
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(Finding("SOP609", fields={"file": output, "reason": reason})) from None


def _replace(file: Path, data: bytes) -> None:
    if file.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    mode = file.stat().st_mode & 0o777 if file.exists() else _MODE & ~_mask()
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name[:40]}.", delete=False) as beside:
        new = Path(beside.name)
        try:
            beside.write(data)
            beside.close()
            new.chmod(mode)
            new.replace(file)
        except BaseException:
            new.unlink(missing_ok=True)
            raise


def _mask() -> int:
    """The user's mask, which can only be asked for by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
