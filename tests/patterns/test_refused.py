"""Patterns 38, 41 and 42: what is refused, because nobody could tell whether such a run can come to its end."""

import pytest
from patterns import file_of

import sopflow
from sopflow.errors import DefinitionError


def errors(number):
    """The errors in the pattern's definition. It cannot be run, even by those who would run what is not sound."""
    with pytest.raises(DefinitionError):
        sopflow.compile(file_of(number), allow_unsound=True)
    return sopflow.check(file_of(number)).errors


def test_wcp_38_general_synchronising_merge():
    """A step waits for steps of the branches beside it; one that waits for whatever may still come is refused."""
    assert {finding.path for finding in errors(38)} == {"steps.close.after.0", "steps.close.after.1"}


def test_wcp_41_thread_merge():
    """A branch has one thread, so there are none to merge: a join of threads is refused."""
    assert {finding.path for finding in errors(41)} == {"steps.pack.join"}


def test_wcp_42_thread_split():
    """A branch has one thread: a way that leads to a step several times is refused."""
    assert all(finding.path.startswith("steps.order.next") for finding in errors(42))


@pytest.mark.parametrize(("number", "instead"), [(38, "parallel"), (41, "for-each"), (42, "for-each")])
def test_what_is_refused_says_what_to_write_instead(number, instead):
    """The finding names the construct that does it in a way that can come to its end."""
    assert instead in " ".join(finding.mend("en") for finding in errors(number))
