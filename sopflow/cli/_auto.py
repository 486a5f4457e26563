"""Playing everybody's part: whatever opens is completed, approved, answered, and time passes when nothing is open.

Knows runs, no terminal. What it had to make up is marked as assumed. It is bounded: a run that goes round in a circle
is stopped with a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sopflow.cli._steps import awaited_messages
from sopflow.errors import Finding, Refused
from sopflow.program import Program
from sopflow.runtime import Run, WorkItem, reason
from sopflow.values import Field, write

#: What it does at most where nothing else is said: more than most procedures need, and still to be read.
MOST = 1_000

_ANOTHER = frozenset({"role", "four-eyes", "voted"})
_SEATS = 10
_MOST_IN_VAIN = 100  # a yearly tick reminds for a century
_NEWS = 100  # a step done more often than this is no sign that anything goes on: it may be a tick's own


@dataclass
class Autopilot:
    """Plays a run. ``tell`` is called after each action, ``note`` with lines that the run does not have itself.

    ``written`` gives the ways out of the step at a path in the order in which they are written.
    """

    run: Run
    tell: Callable[[], None]
    note: Callable[[dict[str, object]], None]
    written: Callable[[str, Sequence[str]], Sequence[str]] = lambda _, outcomes: outcomes
    most: int = MOST
    assumed: list[str] = field(default_factory=list)
    _actions: int = 0
    _in_vain: int = 0
    _often: Counter[str] = field(default_factory=Counter)
    _put_aside: dict[int, Refused] = field(default_factory=dict)

    def go(self) -> Finding | None:
        """Play until the run is over; else the finding why it cannot go on."""
        while not self.run.finished:
            if self._actions >= self.most:
                if self._in_vain > _MOST_IN_VAIN:
                    return self._stuck()
                often = max(self._often, key=self._often.__getitem__, default=self.run.program.name)
                return Finding("SOP631", fields={"most": self.most, "step": often})
            if not self._act() and not self._wait():
                return self._stuck()
        return None

    def _act(self) -> bool:
        """Do what is open now, oldest first; whether anything could be done."""
        if self.run.state.status != "running":
            return False
        before = self._actions
        for item in self.run.open:
            if item.opening in self._put_aside or item.phase == "incident" or _nobody_is_asked(item):
                continue
            try:
                self._do(item)
            except Refused as refused:  # also where something done just now has withdrawn it
                self._put_aside[item.opening] = refused
                continue
            self._actions += 1
            self._often[item.step] += 1
            if self._often[item.step] <= _NEWS:
                self._in_vain = 0
            if self.run.finished or self._actions >= self.most:
                break
        acted = self._actions > before
        if acted:
            self._put_aside.clear()  # what was done may have given what was missing
        return acted

    def _wait(self) -> bool:
        """Let time pass until the next timer; not for ever, where timers only remind and nobody comes."""
        timer = self.run.next_timer
        if self.run.state.status != "running" or timer is None:
            return False
        if not any(item.until is not None for item in self.run.waiting):
            self._in_vain += 1
            if self._in_vain > _MOST_IN_VAIN and not _has_dated_handler(self.run.program):
                return False
        self.run.advance(to=max(timer, self.run.at) if self.run.at is not None else timer)
        self._actions += 1
        self.tell()
        return True

    def _do(self, item: WorkItem) -> None:
        if item.phase == "asks":
            self._answer(item)
        elif item.kind == "decision":
            way = self.written(item.step, item.outcomes)[0]
            self._by_somebody(item, lambda who: self.run.answer(item.step, way, by=who, assumed=True))
            self.assumed.append(item.step)
        elif item.kind == "approval":
            verdict = "approved" if "approved" in item.outcomes else item.outcomes[0]
            self._by_somebody(item, lambda who: self.run.judge(item.step, verdict, by=who))
        else:
            self._complete(item)
        self.tell()

    def _answer(self, item: WorkItem) -> None:
        path = item.asks[0]
        value = _answer_for(self.written(item.step, item.outcomes), item.field(path), self.run.at)
        self._by_somebody(item, lambda who: self.run.answer(item.step, value, field=path, by=who, assumed=True))
        self.assumed.append(path)

    def _complete(self, item: WorkItem) -> None:
        data: dict[str, object] = {}
        try:
            self._done(item, data)
        except Refused as refused:
            missing = refused.details.get("missing")
            wanted = [path for path in item.form if isinstance(missing, list) and path in missing]
            data = {path: plausible(item.field(path), self.run.at) for path in wanted}
            if not data:
                raise
            self._done(item, data)
            self.assumed += data
            self.note({"event": "Assumed", "step": item.step, "data": write(data)})

    def _done(self, item: WorkItem, data: Mapping[str, object]) -> None:
        outcome = item.outcomes[0] if item.outcomes else None
        evidence = [f"assumed: {item.program.text(text)}" for text in item.evidence]
        self._by_somebody(
            item, lambda who: self.run.done(item.step, by=who, data=data, outcome=outcome, evidence=evidence)
        )

    def _by_somebody(self, item: WorkItem, act: Callable[[str | None], None]) -> None:
        """Act as the step's role; as another who may, where that one has voted or four eyes are wanted."""
        refusals: list[Refused] = []
        for who in _actors(item):
            try:
                act(who)
            except Refused as refused:
                if refused.code not in _ANOTHER:
                    raise
                refusals.append(refused)
                if (other := refused.details.get("who")) is not None:  # only whoever did another step
                    act(str(other))
                    return
            else:
                return
        raise refusals[0]

    def _stuck(self) -> Finding:
        """Why nothing can be done: an error where something is wrong, a warning where something must come."""
        if self.run.state.status == "suspended":
            return Finding("SOP632", fields={"why": "it is suspended", "why_zh": "运行已暂停"})
        for item in self.run.open:
            if item.phase == "incident":
                fields = {"why": f"‘{item.step}’ stands at an incident: {reason('en', item.error)}",
                          "why_zh": f"“{item.step}”处于异常状态：{reason('zh', item.error)}"}  # fmt: skip
                return Finding("SOP633", fields=fields)
            refused = self._put_aside.get(item.opening)
            if refused is not None:
                english, chinese = refused.finding.text("en").rstrip("."), refused.finding.text("zh").rstrip("。")
                return Finding("SOP633", fields={"why": english, "why_zh": chinese})
        waits = [(item, awaited_messages(item)) for item in self.run.waiting if item.kind != "call"]
        waits += [(item, ()) for item in self.run.open if _nobody_is_asked(item)]
        english = "; ".join(
            f"‘{item.step}’ waits for the message {' or '.join(f'‘{name}’' for name in names)}" if names
            else f"‘{item.step}’ waits for data" for item, names in waits)  # fmt: skip
        chinese = ";".join(
            f"“{item.step}”等待消息{'或'.join(f'“{name}”' for name in names)}" if names else f"“{item.step}”等待数据"
            for item, names in waits)  # fmt: skip
        return Finding("SOP632", fields={"why": english or "nothing is open", "why_zh": chinese or "没有可办的步骤"})


def _nobody_is_asked(item: WorkItem) -> bool:
    """Whether it waits for data that are no field that somebody could be asked for."""
    return item.phase == "asks" and not item.asks


def _actors(item: WorkItem) -> Iterator[str | None]:
    """Those who may do it: its roles, their people, and where a role lists none, others of that role."""
    if not item.roles:
        yield None
        return
    roles = item.program.roles
    yield from item.roles
    for name in item.roles:
        if name in roles and roles[name].people:
            yield from roles[name].people
        else:
            yield from (f"{name} ({number})" for number in range(2, _SEATS + 1))


def _has_dated_handler(program: Program) -> bool:
    """Whether a day may come that leads on by itself, here or in what is called; not whether its scope is open."""
    todo, seen = [program], {program.hash}
    while todo:
        one = todo.pop()
        handlers = [*one.handlers, *(handler for step in one.steps for handler in step.handlers)]
        if any(handler.at is not None for handler in handlers):
            return True
        for step in one.steps:
            if step.call is not None and step.call.program.hash not in seen:
                seen.add(step.call.program.hash)
                todo.append(step.call.program)
    return False


def _answer_for(ways: Sequence[str], asked: Field, now: datetime | None) -> object:
    """The field's default, else the first way out as written, else a value; a condition is taken to hold."""
    if asked.default is not None:
        return asked.default
    for way in ways:
        if asked.is_ == "bool" and way in ("yes", "no"):
            return way == "yes"
        if way in asked.values:
            return way
    return True if asked.is_ == "bool" else plausible(asked, now)


def plausible(asked: Field, now: datetime | None) -> object:
    """A value of the field's type, where nobody knows one: its default, else the plainest that it may have."""
    if asked.default is not None:
        return asked.default
    value = _plainest(asked, now)
    low, high = asked.minimum, asked.maximum
    if low is not None and value < low:  # type: ignore[operator]  # both of one type
        return low
    if high is not None and value > high:  # type: ignore[operator]  # both of one type
        return high
    return value


def _plainest(asked: Field, now: datetime | None) -> object:
    match asked.is_:
        case "bool":
            return False
        case "int":
            return 0
        case "decimal":
            return Decimal(0)
        case "date":
            return now.date() if now is not None else date(2000, 1, 1)
        case "datetime":
            return now
        case "time":
            return time(9)
        case "duration":
            return timedelta(days=1)
        case "enum":
            return asked.values[0]
        case "list":
            return []
        case "record":
            return {name: plausible(part, now) for name, part in (asked.fields or {}).items()}
        case "link":
            return "https://example.invalid/assumed"
        case _:
            return "assumed"
