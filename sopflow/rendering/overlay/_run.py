"""A run drawn on its definition: how each step stands, who did it and when, which ways were taken, how far it has come.

Knows scenes and what a history tells, no places on a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sopflow.errors import Finding, UsageError
from sopflow.model import Sop
from sopflow.program import Program
from sopflow.rendering._geometry import Marked
from sopflow.rendering._scene import Edge, Mark, Node, Scene, Sheet
from sopflow.rendering._words import Words
from sopflow.rendering.overlay._overlay import Overlay
from sopflow.rendering.overlay._record import Record
from sopflow.rendering.overlay._visits import OPEN, ORDER, Paths, Told, Visit, tell
from sopflow.rendering.overlay._words import clean, say

#: What counts as a step where progress is told, and has room for a line of its own.
_STEPS = frozenset({"task", "approval", "decision", "call", "sheet", "wait", "emit"})
_ROOMY = _STEPS - {"decision"}
#: Nodes that belong to a step and are reached when it is over; when it begins.
_AFTER, _BEFORE = frozenset({"join", "until"}), frozenset({"fork", "each"})
_SMALL = frozenset({"end", "goto"})
_SETTLED = frozenset({"done", "skipped"})


def of_run(record: Record, scene: Scene, parts: Sequence[tuple[Sop, Program]]) -> Overlay:
    """The overlay of a run on the ``scene`` of its definition. Raises UsageError (SOP820) where it is another's."""
    if record.program != scene.name:
        fields = {"name": scene.name, "run": clean(record.program)}
        raise UsageError(Finding("SOP820", fields=fields))
    return _Drawer(record, scene, parts).overlay()


class _Drawer:
    def __init__(self, record: Record, scene: Scene, parts: Sequence[tuple[Sop, Program]]) -> None:
        self.record, self.scene = record, scene
        self.lang = scene.languages[0]
        paths = Paths(parts[0][1])
        self.told: Told = tell(record, paths)
        self.words = {paths.prefix(program): Words(sop, program, scene.languages) for sop, program in parts}
        self.year = self.told.since[:4]
        self.nodes: dict[str, Node] = {}
        self.at_step: dict[str, list[Node]] = {}
        self.out: dict[str, list[Edge]] = {}
        for sheet in scene.sheets:
            for node in sheet.nodes:
                self.nodes[node.id] = node
                if node.step:
                    self.at_step.setdefault(_prefix(sheet) + node.step, []).append(node)
            for edge in sheet.edges:
                self.out.setdefault(edge.source, []).append(edge)
        self.visits = self._shown()
        self.status: dict[str, str] = {}
        self.taken: dict[str, int] = {}

    def overlay(self) -> Overlay:
        for sheet in self.scene.sheets:
            for node in sheet.nodes:
                self.status[node.id] = self._status(node, _prefix(sheet))
        self._ways()
        marked: dict[str, Marked] = {}
        lines: dict[str, tuple[Mark, ...]] = {}
        counted: set[str] = set()
        for sheet in self.scene.sheets:
            for node in sheet.nodes:
                marked[node.id] = self._marked(node, _prefix(sheet))
                visit = self._told_of(node, _prefix(sheet))
                if visit is not None and node.shape in _ROOMY:
                    lines[node.id] = tuple(self._lines(visit, self.status[node.id], _prefix(sheet)))
                if node.shape in _STEPS and node.step and not node.id.endswith("--verdict"):
                    counted.add(node.id)
        ways = {
            edge.id: Marked(edge.id, "taken", (("taken", f"{count}×"),) if count > 1 else ())
            if (count := self.taken.get(edge.id, 0))
            else Marked(edge.id, "ahead")
            for edges in self.out.values()
            for edge in edges
        }
        over = {sheet.id for sheet in self.scene.sheets if self._is_over(sheet)}
        bands = (band.id for sheet in self.scene.sheets for band in sheet.bands)
        rounds = {band: text for band in bands if (text := self._round(band))}
        heading = self._heading(counted)
        return Overlay("run", heading, marked, ways, lines, frozenset(counted), frozenset(over), rounds)

    # -- how nodes stand -----------------------------------------------------------------------------------------------

    def _shown(self) -> dict[str, list[Visit]]:
        """The visits by the id of what shows the step: one that is drawn in one with its block stands there."""
        visits: dict[str, list[Visit]] = {}
        inner: dict[str, list[Visit]] = {}
        for key, by_path in self.told.visits.items():
            block = key.rpartition(".")[0]
            drawn_in_one = key not in self.at_step and any(
                node.shape in _STEPS and node.shape != "sheet" for node in self.at_step.get(block, ())
            )
            (inner if drawn_in_one else visits).setdefault(block if drawn_in_one else key, []).extend(by_path.values())
        return visits | inner

    def _status(self, node: Node, prefix: str) -> str:
        """How a node stands; of those that are no step's, as far as their steps say."""
        if not node.step:
            return "done" if node.id in self.told.fired or self._began(node, prefix) else "ahead"
        visits = self.visits.get(prefix + node.step, [])
        if node.shape in _AFTER or node.id.endswith("--verdict"):
            over = any(visit.times and visit.status != "skipped" for visit in visits)
            again = node.shape == "until" and self._again(node, prefix) > 0
            return "done" if over or again else "ahead"
        if node.shape in _BEFORE:
            return "done" if any(visit.opened for visit in visits) else "ahead"
        return next((status for status in ORDER if any(visit.status == status for visit in visits)), "ahead")

    def _began(self, node: Node, prefix: str) -> bool:
        """Whether a step that the event at ``node`` begins has been reached."""
        scope, _, name = node.id.removeprefix(prefix).partition("--on-")
        inside = prefix + (f"{scope}.{name}" if scope else name)
        return node.shape == "event" and any(key == inside or key.startswith(f"{inside}.") for key in self.visits)

    def _again(self, until: Node, prefix: str) -> int:
        """How often a repeat has begun another round."""
        back = next((edge for edge in self.out.get(until.id, ()) if edge.id.endswith(">again")), None)
        head = self.nodes[back.target] if back is not None else until
        rounds = sum(visit.opened for visit in self.visits.get(prefix + head.step, ()))
        return rounds - max(1, sum(visit.opened for visit in self.visits.get(prefix + until.step, ())))

    def _told_of(self, node: Node, prefix: str) -> Visit | None:
        """The visit that is told of: the last one of the node's status."""
        visits = self.visits.get(prefix + node.step, []) if node.step else []
        same = [visit for visit in visits if visit.status == self.status[node.id]]
        return max(same, key=lambda visit: (visit.at or visit.since, visit.since), default=None)

    # -- ways ----------------------------------------------------------------------------------------------------------

    def _ways(self) -> None:
        """Which ways were taken: those of outcomes by what was closed; others where both their ends were reached."""
        for key, outcome, then in self.told.closed:
            out = (edge for node in self.at_step.get(key, ()) for edge in self.out.get(node.id, ()))
            fitting = [edge for edge in out if outcome in edge.exits]
            if len(fitting) > 1:  # by cases: where the next step stands
                there = {node.id for node in self.at_step.get(then, ())}
                fitting = [edge for edge in fitting if edge.target in there]
            for edge in fitting:
                self.taken[edge.id] = self.taken.get(edge.id, 0) + 1
                if self.nodes[edge.target].shape in _SMALL:
                    self.status[edge.target] = "done"
        for sheet in self.scene.sheets:
            reached = any(self.status[node.id] != "ahead" for node in sheet.nodes)
            for edge in sheet.edges:
                source, target = self.nodes[edge.source], self.nodes[edge.target]
                if source.shape == "start" and reached:
                    self.status[source.id] = "done"
                if edge.exits or ">leaves-" in edge.id or self.status[source.id] == "ahead":
                    continue
                if edge.id.endswith(">again") and source.shape == "until":
                    if (rounds := self._again(source, _prefix(sheet))) > 0:
                        self.taken[edge.id] = rounds
                elif target.shape in _SMALL:
                    self.taken[edge.id], self.status[target.id] = 1, "done"
                elif self.status[target.id] != "ahead" and (target.shape != "event" or source.shape != "event"):
                    self.taken[edge.id] = 1

    # -- words ---------------------------------------------------------------------------------------------------------

    def _marked(self, node: Node, prefix: str) -> Marked:
        status = self.status[node.id]
        visits = self.visits.get(prefix + node.step, []) if node.step else []
        visit = self._told_of(node, prefix)
        if not node.step or node.shape in _AFTER | _BEFORE or node.id.endswith("--verdict"):
            return Marked(node.id, status)
        told = self._count(visits)
        signs = [(status, told)] if status != "ahead" else []
        if status not in ("late", "ahead") and any(visit.late for visit in visits):
            signs.append(("late", ""))
        facts = [say(status, self.lang)]
        if visit is not None:
            facts += self._facts(visit, prefix)
        if len(visits) > 1:
            facts.append(self._say("items", n=sum(one.status in _SETTLED for one in visits), of=len(visits)))
        elif visits and visits[0].opened > 1:
            facts.append(self._say("times", n=visits[0].opened))
        return Marked(node.id, status, tuple(signs), tuple(facts))

    def _count(self, visits: Sequence[Visit]) -> str:
        """How many of several items are done, or how often it was begun."""
        if len(visits) > 1:
            return f"{sum(visit.status in _SETTLED for visit in visits)}/{len(visits)}"
        return f"{visits[0].opened}×" if visits and visits[0].opened > 1 else ""

    def _facts(self, visit: Visit, prefix: str) -> Iterator[str]:
        """All that is known of a visit, one fact a line."""
        standing = visit.standing
        if visit.status in OPEN:
            yield self._say("since", at=_full(visit.since))
            if standing is not None and (standing.claimed or standing.roles):
                who = standing.claimed or ", ".join(self._person(role, prefix) for role in standing.roles)
                yield self._say("with", who=self._person(who, prefix))
            if standing is not None and standing.needs:
                needs = "needs" if visit.status == "asks" else "waits"
                yield self._say(needs, text=self._fields(standing.needs, prefix))
            if standing is not None and standing.until:
                yield self._say("opens", at=_full(standing.until))
        elif visit.by:
            yield f"{self._say('done-by', who=self._person(visit.by, prefix))}, {_full(visit.at)}"
        elif visit.at:
            yield _full(visit.at)
        if visit.outcome not in ("", "done"):
            words = self.words.get(prefix)
            outcome = words.one(words.word(visit.outcome)) if words is not None else visit.outcome
            yield self._say("outcome", text=clean(outcome))
        if visit.due:
            yield self._say("due", at=_full(visit.due))
        if visit.late and visit.status != "late":
            yield self._say("was-late")
        if visit.why and not visit.why.endswith(" came"):
            yield self._say("why", text=clean(visit.why))

    def _lines(self, visit: Visit, status: str, prefix: str) -> Iterator[Mark]:
        """What stands in the node: who and when of what is done; until when, or for what, of what is open."""
        standing = visit.standing
        match status:
            case "done" | "skipped" if visit.by:
                yield Mark("who", f"{self._person(visit.by, prefix)} · {self._short(visit.at)}".removesuffix(" · "))
            case "done" if visit.at:
                yield Mark("when", self._short(visit.at))
            case "active" | "late" | "asks":
                if standing is not None and standing.claimed:
                    yield Mark("who", self._person(standing.claimed, prefix))
                if visit.due:
                    late = f" · {say('late', self.lang)}" if status == "late" else ""
                    yield Mark("due", f"{self._short(visit.due)}{late}")
                elif visit.since:
                    yield Mark("when", self._say("since", at=self._short(visit.since)))
                if status == "asks" and standing is not None and standing.needs:
                    yield Mark("asks", self._fields(standing.needs, prefix))
            case "held" if standing is not None and standing.until:
                yield Mark("opens", self._say("opens", at=self._short(standing.until)))
            case "held" if standing is not None and standing.needs:
                yield Mark("asks", self._say("waits", text=self._fields(standing.needs, prefix)))
            case "incident":
                yield Mark("incident", clean(standing.error if standing is not None else visit.why))

    def _heading(self, counted: set[str]) -> str:
        record = self.record
        settled = sum(self.status[id] in _SETTLED for id in counted)
        over = record.status in ("ended", "cancelled")
        said = [self._say("run", text=say(record.status, self.lang))]
        if record.outcome not in ("", "done"):
            said.append(self._say("outcome", text=clean(record.outcome)))
        said += [self._say("from", at=_full(self.told.since))] if self.told.since else []
        said += [self._say("until" if over else "now", at=_full(record.at))] if record.at else []
        said.append(self._say("steps", n=settled, of=len(counted)))
        for status in ("late", "incident"):
            number = sum(self.status[id] == status for id in counted)
            said += [self._say("count", n=number, text=say(status, self.lang))] if number else []
        return " · ".join(said)

    def _is_over(self, sheet: Sheet) -> bool:
        """Whether nothing more will happen on a sheet."""
        prefix, _, block = sheet.id.partition("sheet:")
        if block:
            visits = self.visits.get(prefix + block, [])
            return bool(visits) and all(visit.status in ("done", "withdrawn") for visit in visits)
        if not prefix:
            return self.record.status in ("ended", "cancelled")
        return self.told.runs.get(prefix.removesuffix("/"), 1) == 0

    def _round(self, band: str) -> str:
        """The round of a repeat, or the items of a for-each, that is drawn as a band."""
        visits = self.told.visits.get(band, {})
        if not visits:
            return ""
        for node in self.at_step.get(band, ()):
            if node.shape == "until":
                prefix = band.removesuffix(node.step)
                return self._say("round", n=self._again(node, prefix) + 1)
        inside = f"{band}."
        items: dict[str, bool] = {}
        for key, by_path in self.told.visits.items():
            if key.startswith(inside):
                for path, visit in by_path.items():
                    start = path.find("]", len(next(iter(visits))))
                    if start > 0:
                        items[path[:start]] = items.get(path[:start], True) and visit.status not in OPEN
        return self._say("items", n=sum(items.values()), of=len(items)) if items else ""

    def _say(self, name: str, **fields: object) -> str:
        return say(name, self.lang, **fields)

    def _person(self, name: str, prefix: str) -> str:
        """A role by its title; anybody else as named."""
        words = self.words.get(prefix)
        return clean(words.one(words.role(name)) if words is not None else name)

    def _fields(self, names: Sequence[str], prefix: str) -> str:
        """Fields by their titles; what is none, as named."""
        words = self.words.get(prefix)
        fields = words.sop.fields if words is not None else {}
        titled = (
            words.one(words.text(fields[name].title)) or name if words is not None and name in fields else name
            for name in names
        )
        return clean(", ".join(titled))

    def _short(self, stamp: str) -> str:
        """A time as short as can be: no year where it is that of the beginning, no hour at midnight."""
        said = _full(stamp)
        return said[5:] if said[:4] == self.year and len(said) > 5 else said


def _prefix(sheet: Sheet) -> str:
    """What the ids of a sheet's nodes begin with: the name of the program that is called."""
    return sheet.id.partition("sheet:")[0]


def _full(stamp: str) -> str:
    """A date or an instant, to the minute; midnight says nothing. What is no time is shown as it is."""
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return clean(stamp)
    return at.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")
