"""The garbage collector held back while much is built that stays; knows nothing of what is built."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the collector of cycles inside, and with it as it was behind.

    Loading makes some hundred thousand objects and hardly any garbage, and the collector would look at all of
    them again and again: more than a third of the time for a definition of ten thousand steps.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
