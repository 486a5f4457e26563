"""XState in Node, in a process of its own: it is timed there and checked here.

``SOPFLOW_XSTATE`` names a folder where ``npm install xstate@5`` was done; without it npm is asked, once, in a folder
that is thrown away.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from workloads.work import Flat, Forks, Tally, Work

SCRIPT = Path(__file__).with_name("xstate.mjs")


class Missing(Exception):
    """There is no Node, or no XState."""


@cache
def folder() -> Path:
    """Where ``node_modules/xstate`` is."""
    if shutil.which("node") is None:
        raise Missing("node is not installed")
    if given := os.environ.get("SOPFLOW_XSTATE"):
        return Path(given)
    if shutil.which("npm") is None:
        raise Missing("npm is not installed, and SOPFLOW_XSTATE names no folder")
    place = Path(tempfile.mkdtemp(prefix="xstate-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    done = subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "xstate@5"],
        cwd=place, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if not (place / "node_modules" / "xstate").is_dir():
        raise Missing(f"npm could not install xstate: {done.stderr.strip()[-100:]}")
    return place


def micros(work: Work, *, rounds: int, seconds: float) -> float | None:
    """µs for a step; None where the work is not for it. Raises Missing, or ValueError where it did other work."""
    told: dict[str, object] = {"rounds": rounds, "seconds": seconds}
    match work:
        case Flat(bounded=False):
            told |= {
                "states": [
                    {word: [(guard and guard.text, to) for guard, to in arrows] for word, arrows in state.items()}
                    for state in work.states
                ],
                "ends": work.ends,
                "contexts": work.contexts,
                "words": [*work.script()],
            }
        case Forks():
            told |= {
                "branches": work.branches,
                "steps": work.steps,
                "nested": work.nested,
                "lanes": work.lanes,
                "turns": ["_".join(map(str, lane)) for lane, _ in work.script()],
            }
        case _:
            return None
    ran = subprocess.run(
        ["node", str(SCRIPT), str(folder())],
        input=json.dumps(told), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if ran.returncode:
        raise ValueError(ran.stderr.strip()[-200:])
    told = json.loads(ran.stdout)
    tally = Tally()
    count, end = work.play(tally.hook)
    if (told["count"], told["hash"], told["end"]) != (count, tally.hash, end):
        raise ValueError(f"{told} where {(count, tally.hash, end)} is right")
    return float(str(told["micros"]))
