"""The bundled SOP of attending an event as a machine: its size, and its ways from start to end."""

import datetime as dt
from types import SimpleNamespace

import pytest
from twins import Twins

from sopflow.bundled import load
from sopflow.compiler import lower
from sopflow.machines import to_transitions


@pytest.fixture(scope="module")
def machine():
    """The machine, without models."""
    return to_transitions(load("event-attending"))


@pytest.fixture
def deal(machine):
    """An embedder's object that has been started."""
    deal = SimpleNamespace(data={})
    machine.add_model(deal, initial="start")
    deal.start()
    return deal


def _say(deal, *triggers):
    for trigger in triggers:
        assert deal.trigger(trigger), trigger
    return deal.state


def test_its_size(machine):
    """A state for each step, and for each question that may have to be asked."""
    assert len(machine.states) == 32
    assert {"collect-leads", "is-free?", "report-to-director", "review-nx@opens", "ended:not-attended"} <= set(
        machine.states
    )


def test_a_declined_event(deal):
    """What the director declines is archived."""
    _say(deal, "collect_leads__done", "prioritise_leads__done", "evaluate_weekly__done")
    assert _say(deal, "will_attend__no", "archive__done") == "ended:not-attended"
    assert deal.data == {"x_high": 5, "x_low": 2, "event": {"attend": False}}


def test_a_paid_event_that_is_refused_once(deal):
    """After a refusal the plan is adjusted, and what is known is not asked again."""
    _say(deal, "collect_leads__done", "prioritise_leads__done", "evaluate_weekly__done", "will_attend__yes")
    _say(deal, "is_free__no", "negotiate_rights__done", "finalise_rights_and_price__done", "run_contract__done")
    assert _say(deal, "pay_contract__done", "is_heavyweight__no", "is_important__no") == "write-follow-up-plan"
    assert _say(deal, "write_follow_up_plan__done", "report_to_director__refused") == "adjust"
    assert _say(deal, "adjust__done", "write_follow_up_plan__done") == "report-to-director"
    _say(deal, "report_to_director__approved", "needs_business_support__no", "prepare_and_warm_up__done")
    assert _say(deal, "execute_attendance__done") == "review-nx?event.priority"
    assert deal.review_nx__event_priority(data={"event": {"priority": "P0"}})
    assert _say(deal, "review_nx__opens", "review_nx__done") == "ended:done"


def test_a_free_event_whose_data_are_known(deal):
    """What is known beforehand is not asked: the decisions are conditions."""
    known = {"attend": True, "free": True, "heavyweight": True, "needs_business_support": False, "priority": "P1"}
    assert deal.collect_leads__done(data={"event": known})
    _say(deal, "prioritise_leads__done", "evaluate_weekly__done", "confirm_rights_and_execution__done")
    assert _say(deal, "confirm_by_email__done", "write_event_plan__done") == "report-to-director"
    _say(deal, "report_to_director__approved", "prepare_and_warm_up__done", "execute_attendance__done")
    assert _say(deal, "review_nx__opens", "review_nx__done") == "ended:done"


def test_side_by_side_with_the_engine(machine):
    """Machine and engine go the same way, event for event."""
    twins = Twins(lower(load("event-attending")).program, machine=machine, at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
    twins.say("start")
    assert twins.say("collect_leads__done", {"event.start": dt.date(2026, 9, 1), "event.end": dt.date(2026, 9, 3)})
    twins.walk("prioritise_leads__done", "evaluate_weekly__done", "will_attend__yes", "is_free__yes")
    twins.walk("confirm_rights_and_execution__done", "confirm_by_email__done")
    assert not twins.say("write_event_plan__done")
    twins.walk("is_heavyweight__no")
    assert twins.say("set_data", {"event.important": True, "event.priority": "P3"})
    twins.walk("write_follow_up_plan_important__done", "report_to_director__refused", "adjust__done")
    twins.walk("write_follow_up_plan_important__done", "report_to_director__approved", "needs_business_support__yes")
    twins.walk("align_business__done", "prepare_and_warm_up__done", "execute_attendance__done")
    assert twins.walk("review_nx__opens", "review_nx__done") == "ended:done"
