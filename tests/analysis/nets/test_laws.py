"""On random models the judge agrees with an explorer that shares nothing with it, and with itself by other ways."""

from __future__ import annotations

from random import Random

import pytest
from explorer import is_sound
from hypothesis import given
from hypothesis import strategies as st
from models import Model, as_json, broken, grown, wild

from sopflow.analysis import nets


def _any_model(seed: int) -> Model:
    random = Random(seed)
    match seed % 4:
        case 0:
            return grown(random, random.randint(1, 7))
        case 1 | 2:
            return broken(random, random.randint(2, 7))
        case _:
            return wild(random)


@pytest.mark.parametrize(
    "seeds", [range(500), pytest.param(range(500, 10_500), marks=pytest.mark.slow)], ids=["500", "10000"]
)
def test_no_disagreement_with_an_explorer(seeds):
    """What looks at every marking of a model comes to the same verdict; and what is unsound can be shown so."""
    sorts = set()
    for seed in seeds:
        model = _any_model(seed)
        net = nets.read(as_json(model))
        verdict = nets.check(net)
        assert verdict.sound is is_sound(*model), (seed, model)
        sorts.add(verdict.sound)
        if example := nets.counterexample(net):
            assert verdict.sound is False
            assert nets.play(net, example.steps).fault is example.fault, (seed, model)
    assert sorts == {True, False}


@given(st.integers(0, 10**6).map(_any_model))
def test_reduction_changes_no_verdict(model):
    """The theorem says the same of a net and of what is left of it by the rules."""
    from sopflow.analysis.nets._reduce import reduce
    from sopflow.analysis.nets._theorem import flaw_of
    from sopflow.analysis.nets._verdict import _off_path, _short_circuited

    net = nets.read(as_json(model))
    if len(net.starts) != 1 or len(net.ends) != 1 or any(_off_path(net, _short_circuited(net))):
        return
    whole, reduced = _short_circuited(net), _short_circuited(net)
    reduce(reduced)
    assert (flaw_of(whole) is None) == (reduced.is_trivial() or flaw_of(reduced) is None)


@given(st.integers(0, 10**6).map(_any_model))
def test_looking_says_what_the_theorem_says(model):
    """For nets that are small enough both ways to decide come to one verdict."""
    from sopflow.analysis.nets._game import Game
    from sopflow.analysis.nets._states import explore

    net = nets.read(as_json(model))
    verdict = nets.check(net)
    if len(net.starts) == 1 == len(net.ends):
        assert explore(Game(net), 20_000).is_sound in (verdict.sound, None)


@given(st.randoms(use_true_random=False), st.integers(0, 40))
def test_what_grows_by_sound_steps_is_sound(random, steps):
    """Replacing flows by sound fragments keeps a model sound, however large it gets."""
    assert nets.check(nets.read(as_json(grown(random, steps)))).sound is True


@given(st.integers(0, 10**6).map(_any_model), st.randoms(use_true_random=False))
def test_order_does_not_matter(model, random):
    """The order in which nodes and flows are written changes no verdict."""
    kinds, flows = model
    order = list(range(len(kinds)))
    random.shuffle(order)
    renamed = [(order[source], order[target]) for source, target in flows]
    random.shuffle(renamed)
    shuffled = [kind for _, kind in sorted(zip(order, kinds, strict=True))]
    assert nets.check(nets.read(as_json((shuffled, renamed)))).sound is nets.check(nets.read(as_json(model))).sound


@pytest.mark.parametrize("seed", range(5))
def test_growth_is_monotone(seed):
    """A broken fragment stays broken, however much that is sound grows around it."""
    random = Random(seed)
    kinds, flows = grown(random, 60)
    at = random.randrange(len(flows))
    source, target = flows[at]
    split, join = len(kinds), len(kinds) + 1
    flows[at] = (source, split)
    flows += [(split, join), (split, join), (join, target)]
    assert nets.check(nets.read(as_json(([*kinds, "XOR", "XOR"], flows)))).sound is True
    assert nets.check(nets.read(as_json(([*kinds, "XOR", "AND"], flows)))).sound is False
    assert nets.check(nets.read(as_json(([*kinds, "AND", "XOR"], flows)))).sound is False


def test_large_models_do_not_recurse():
    """Ten thousand tasks in a row, and as many loops in each other, are judged."""
    size = 10_000
    row = (["task"] * size, [(node, node + 1) for node in range(size - 1)])
    assert nets.check(nets.read(as_json(row))).sound is True
    half = size // 2
    kinds = ["task", *["XOR"] * size, "task"]
    flows = [(node, node + 1) for node in range(size + 1)] + [(size + 1 - node, node) for node in range(1, half + 1)]
    assert nets.check(nets.read(as_json((kinds, flows)))).sound is True
