"""Plans, and what begins runs: dates worked out before anything happens."""

from sopflow.planning._forecast import Forecast, Likely, RoleForecast, StepForecast, forecast
from sopflow.planning._lasting import DISTRIBUTIONS
from sopflow.planning._plan import Milestone, Phase, Plan, Planned, Window
from sopflow.planning._planner import MOST_ROUNDS, plan
from sopflow.planning._starts import EPOCH, Begin, Starts, starts

__all__ = [
    "DISTRIBUTIONS",
    "EPOCH",
    "MOST_ROUNDS",
    "Begin",
    "Forecast",
    "Likely",
    "Milestone",
    "Phase",
    "Plan",
    "Planned",
    "RoleForecast",
    "Starts",
    "StepForecast",
    "Window",
    "forecast",
    "plan",
    "starts",
]
