"""What a run holds, in the numbers and types of another version: data, records, messages, openings.

It looks things up and carries them over; nothing begins, ends or moves here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sopflow.engine._choosing import JUDGED
from sopflow.engine._enabled import path_of, without_items
from sopflow.engine._fitting import item_field
from sopflow.engine._images import RUN, Images
from sopflow.engine._plan import plan_of
from sopflow.engine._state import Mark, Opening, Record, RunState
from sopflow.errors import Problem
from sopflow.program import Op, Program, Step

MISSING: Final = -2  # no step has that number

#: Of each name in a path, the item behind it: ``[2]``, or nothing.
_ITEMS: Final = re.compile(r"[^.\[\]]+(\[[^\]]*\])?")


def place_of(program: Program, state: RunState, opening: Opening) -> str:
    """The full path of an opening, with the items it is about; "" of the run itself."""
    if opening.step < 0:
        return ""
    in_item = plan_of(program).items[opening.step]
    return path_of(program, state, opening) if in_item else program.steps[opening.step].path


def carried_data(images: Images, before: RunState) -> dict[str, object]:
    """The values as the new fields read them; a field that is new has its default."""
    old, new = images.old, images.new
    values = {path: new.fields[path].read(value, new.zone) for path, value in before.data.items() if path in new.fields}
    for path, field in new.fields.items():
        is_new = path not in old.fields or path in new.parameters
        if is_new and path not in values and field.default is not None:
            values[path] = field.default
    return values


def carried_writes(images: Images, before: RunState) -> dict[str, int]:
    """When fields were last written, those of items too, and when questions about items were last judged."""
    written: dict[str, int] = {}
    for name, seq in before.written.items():
        if name.startswith(JUDGED):
            path = _path_with_items(images, name.removeprefix(JUDGED))
            written.update({JUDGED + path: seq} if path else {})
        elif name.partition("[")[0] in images.new.fields:
            written[name] = seq
    return written


def _path_with_items(images: Images, path: str) -> str:
    """The new path of ``partners[2].sign``, with the items where they are; "" where that is another place."""
    step = images.steps.get(images.old.by_path.get(without_items(path), MISSING))
    names = images.new.steps[step].path.split(".") if step is not None else []
    items = _ITEMS.findall(path)
    return ".".join(map("".join, zip(names, items, strict=True))) if len(names) == len(items) else ""


def carried_records(images: Images, before: RunState) -> tuple[dict[int, Record], dict[int, datetime | None]]:
    """How steps were closed, and when they were last opened; of steps that are the same work in both versions."""
    done: dict[int, Record] = {}
    opened: dict[int, datetime | None] = {}
    for index, record in before.done.items():
        image = _same_work(images, index)
        if image is not None:
            done[image] = _together(record, done[image]) if image in done else record
    for index, at in before.opened.items():
        image = _same_work(images, index)
        if image is not None:
            last = opened.get(image)
            opened[image] = at if last is None or (at is not None and at > last) else last
    return done, opened


def _together(one: Record, other: Record) -> Record:
    """The record of two steps that have become one."""
    last = max(one, other, key=lambda record: record.seq)
    return Record(one.times + other.times, last.outcome, last.by, last.at, last.seq, last.answer)


def _same_work(images: Images, index: int) -> int | None:
    image = images.steps.get(index)
    return image if image is not None and images.new.steps[image].op == images.old.steps[index].op else None


def letter(program: Program, name: str, data: Mapping[str, object]) -> Mapping[str, object] | None:
    """A kept message as the version declares it; None where it cannot be one."""
    message = program.messages.get(name)
    if message is None or not message.kept or not message.fields.keys() >= data.keys():
        return None
    read = {field: message.fields[field].read(value, program.zone) for field, value in data.items()}
    return None if any(isinstance(value, Problem) for value in read.values()) else read


def mark_of(images: Images, mark: Mark | None) -> Mark | None:
    """The mark of what a handler began, in the new numbers; None where that handler is not there."""
    number = images.handler(mark.scope, mark.number) if mark is not None else None
    if mark is None or number is None:
        return None
    return Mark(images.steps[mark.scope], number, images.regions[mark.region], mark.instead, mark.message)


def branch_of(images: Images, block: int, branch: int) -> int:
    """The branch of a block of the old version in the new one: that of a fork is a region, any other stays."""
    if block == RUN or branch < 0 or images.old.steps[block].op != Op.FORK:
        return branch
    return images.regions.get(branch, branch)


def item_of(images: Images, block: int, item: object) -> object:
    """An item of an old for-each as the new one reads it; the same object where it reads the same."""
    field = item_field(images.new.fields, images.new.steps[images.steps[block]]) if block != RUN else None
    read = field.read(item, images.new.zone) if field is not None else item
    return item if repr(read) == repr(item) else read  # who shares an element goes on sharing it


def carry(images: Images, before: RunState, state: RunState, opening: Opening) -> None:
    """Give an opening of the copy ``state`` its new numbers; the block it hangs under has its own already."""
    was = before.open[opening.id]
    if was.up in before.open:
        block, above = before.open[was.up], state.open[was.up]
        opening.branch = branch_of(images, block.step, was.branch)
        opening.was = branch_of(images, block.step, was.was)
        if block.step != RUN and images.old.steps[block.step].op == Op.EACH and was.branch >= 0:
            opening.item = item_of(images, block.step, was.item)
        elif was.item == block.item:
            opening.item = above.item
    opening.step = images.steps[was.step]
    opening.path = ""  # it is worked out again
    opening.mark = mark_of(images, was.mark)
    if opening.kids is not None:
        opening.kids = {branch_of(images, was.step, branch): kid for branch, kid in opening.kids.items()}
    opening.starts = tuple(
        _start(images, was.step, start) for start in was.starts if _is_there(images, was.step, start)
    )
    numbers = (images.handler(was.step, number) for number in was.held)
    opening.held = frozenset(number for number in numbers if number is not None)
    if was.step != RUN:
        step, becomes = images.old.steps[was.step], images.new.steps[opening.step]
        opening.ticked = _ticked(step, becomes, was.ticked)
        opening.told = _told(step, becomes, was.told)


def _is_there(images: Images, block: int, start: tuple[int, int, object]) -> bool:
    return images.old.steps[block].op != Op.FORK or start[0] in images.regions


def _start(images: Images, block: int, start: tuple[int, int, object]) -> tuple[int, int, object]:
    """A region that waits for a place under ``at-once``."""
    branch, head, item = start
    place = branch_of(images, block, branch)
    region = images.regions[images.old.steps[head].region]
    return place, images.new.regions[region].head, item_of(images, block, item)


def _ticked(step: Step, becomes: Step, ticked: set[int] | None) -> set[int] | None:
    """Lines of a checklist are the same where their words are."""
    if ticked is None:
        return None
    words = [step.checklist[number - 1].text for number in ticked]
    return {number for number, line in enumerate(becomes.checklist, 1) if line.text in words}


def _told(step: Step, becomes: Step, told: frozenset[str]) -> frozenset[str]:
    """Escalations are the same where they go to the same people at the same time."""
    made = [(line.at, line.to, line.hand_over) for line in step.times.escalate if line.name in told]
    return frozenset(line.name for line in becomes.times.escalate if (line.at, line.to, line.hand_over) in made)
