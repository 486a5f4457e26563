"""What events, effects and notes are made of: facts, which nobody changes, compared by value.

The engine makes half a dozen of them for each event, so they are msgspec's structs: those are made in a third of the
time of a slotted class of Python's own. They hold plain data, which has no circles, so none is watched for any.
"""

from __future__ import annotations

import msgspec


class Fact(msgspec.Struct, frozen=True, gc=False):
    """A class of facts: fields by position, unless it says otherwise."""
