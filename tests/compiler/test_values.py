"""Values that a definition writes as they stand."""

import sopflow


def test_a_time_without_a_zone_is_one_of_the_sops():
    """A literal datetime that names no zone is read in the zone of the SOP."""
    sop = sopflow.loads(
        """
sopflow: 1
id: call
version: 1.0.0
title: Call
time-zone: Asia/Shanghai
data: {at: datetime}
steps: {plan: {task: Plan, set: {at: 2026-05-10T09:30}}, call: {task: Call}}
""",
        file="call.sop.yaml",
    )
    run = sopflow.Run(sopflow.compile(sop))
    run.done("plan")
    assert run.data["at"].isoformat() == "2026-05-10T09:30:00+08:00"
