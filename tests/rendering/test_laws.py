"""What holds of every picture, whatever the definition."""

import laws
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strange_sops import definitions

from sopflow.errors import DefinitionError
from sopflow.rendering import LAYOUTS, View, geometry_of, scene_of

LAWS = (
    laws.overlaps,
    laws.strays,
    laws.slanting,
    laws.through,
    laws.spilling,
    laws.hidden_labels,
    laws.lying_on_each_other,
)
shown = st.sampled_from([("zh", "lanes"), ("en", "lanes"), ("both", "lanes"), ("zh", "flow"), ("en", "left-to-right")])
without_hurry = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def _hold(sop, lang, layout):
    try:
        scene = scene_of(sop, View(lang=lang, layout=layout))
    except DefinitionError:
        return  # no program, no picture
    geometry = geometry_of(scene, layout=layout)
    for law in LAWS:
        assert law(geometry) == [], law.__doc__
    assert laws.missing(geometry, scene) == []


@settings(without_hurry, max_examples=40)
@given(definitions(40), shown)
def test_small_pictures_keep_the_laws(sop, view):
    """Up to 40 steps: nothing overlaps, strays, slants, hides or is missing, in each layout and language."""
    _hold(sop, *view)


@pytest.mark.slow
@settings(without_hurry, max_examples=25)
@given(definitions(200), shown)
def test_large_pictures_keep_the_laws(sop, view):
    """Likewise up to 200 steps."""
    _hold(sop, *view)


def test_every_layout_is_tried():
    """The laws are held against each layout that there is."""
    assert {layout for _, layout in shown.elements} == set(LAYOUTS)
