"""Models for tests: made at random, sound by construction or broken, and written as JSON."""

from __future__ import annotations

import json
from random import Random

Model = tuple[list[str], list[tuple[int, int]]]


def as_json(model: Model) -> str:
    """The text of a model; node 3 is called ``n3``."""
    kinds, flows = model
    return json.dumps(
        {
            "name": "",
            "tasks": [{"id": f"n{n}", "label": f"n{n}"} for n, kind in enumerate(kinds) if kind == "task"],
            "gateways": [{"id": f"n{n}", "type": kind} for n, kind in enumerate(kinds) if kind != "task"],
            "flows": [{"src": f"n{source}", "tgt": f"n{target}", "label": ""} for source, target in flows],
        }
    )


def grown(random: Random, steps: int) -> Model:
    """A sound model: one task, in which flows are replaced ``steps`` times by something that is sound."""
    kinds, flows = ["task", "task"], [(0, 1)]

    def node(kind: str) -> int:
        kinds.append(kind)
        return len(kinds) - 1

    for _ in range(steps):
        at = random.randrange(len(flows))
        source, target = flows[at]
        match random.randrange(5):
            case 0:
                task = node("task")
                flows[at] = (source, task)
                flows.append((task, target))
            case 1 | 2 as kind:
                split, join = node(["XOR", "AND"][kind - 1]), node(["XOR", "AND"][kind - 1])
                flows[at] = (source, split)
                flows += [(split, join), (split, join), (join, target)]
            case 3:  # a loop
                join, split = node("XOR"), node("XOR")
                flows[at] = (source, join)
                flows += [(join, split), (split, join), (split, target)]
            case _:  # one branch of an AND waits for a step of the other
                split, join, ahead, behind = (node("AND") for _ in range(4))
                flows[at] = (source, split)
                flows += [(split, ahead), (split, behind), (ahead, behind)]
                flows += [(ahead, join), (behind, join), (join, target)]
    return kinds, flows


def broken(random: Random, steps: int) -> Model:
    """A grown model with up to three changes that may or may not break it."""
    kinds, flows = grown(random, steps)
    for _ in range(random.randint(0, 3)):
        gateways = [node for node, kind in enumerate(kinds) if kind != "task"]
        at = random.randrange(len(flows))
        match random.randrange(4):
            case 0 if gateways:
                gateway = random.choice(gateways)
                kinds[gateway] = "AND" if kinds[gateway] == "XOR" else "XOR"
            case 1:  # another flow between gateways
                if gateways:
                    flows.append((random.choice(gateways), random.choice(gateways)))
            case 2:  # two flows change their targets
                other = random.randrange(len(flows))
                (a, b), (c, d) = flows[at], flows[other]
                flows[at], flows[other] = (a, d), (c, b)
            case _:
                source, target = flows[at]
                if target in gateways and random.random() < 0.5:
                    flows[at] = (source, random.choice(gateways))
    return kinds, flows


def wild(random: Random) -> Model:
    """Gateways and tasks with flows at random, most of them forwards; nearly always broken."""
    size = random.randint(2, 8)
    kinds = ["task", *(random.choice(["task", "XOR", "AND", "XOR", "AND"]) for _ in range(size)), "task"]
    flows = [(node, random.randint(node + 1, size + 1)) for node in range(size + 1)]
    flows += [(random.randint(0, node - 1), node) for node in range(1, size + 2)]
    flows += [(random.randint(1, size), random.randint(1, size)) for _ in range(random.randint(0, 2))]
    return kinds, list(dict.fromkeys(flows))
