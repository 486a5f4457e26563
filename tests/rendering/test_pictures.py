"""The bundled definitions: their pictures stay as good as they are, quick, and the same on every machine."""

import os
import subprocess
import sys
from pathlib import Path

import laws
import pixels
import pytest

import sopflow
from sopflow import bundled
from sopflow.rendering import View, geometry_of, render, scene_of

#: Small pictures that have, between them, most signs, both themes and both scripts.
PIXELS = [
    ("event-attending-set-up", {"lang": "en", "scale": 0.5}),
    ("review-release", {"lang": "both", "scale": 0.75, "theme": "dark"}),
    ("opinion-control", {"lang": "zh", "scale": 0.5, "layout": "left-to-right"}),
]
GOLDEN = Path(__file__).parent / "goldens" / "event-attending.json"
#: Crossings, bends and megapixels of each picture, in Chinese, with lanes. They may only become smaller.
MOST = {
    "marketing-operations-buildout/marketing-operations-buildout": (3, 37, 3.22),
    "marketing/content-calendar": (0, 0, 0.33),
    "marketing/content-publishing": (3, 30, 3.39),
    "marketing/digital-marketing": (4, 15, 0.81),
    "marketing/event-attending": (0, 17, 1.56),
    "marketing/event-attending-set-up": (0, 3, 0.24),
    "marketing/event-hosting": (1, 29, 3.14),
    "marketing/event-intake": (0, 2, 0.55),
    "marketing/marketing": (0, 14, 0.84),
    "marketing/marketing-strategy": (0, 9, 0.71),
    "marketing/opinion-control": (3, 9, 0.73),
    "marketing/review-release": (5, 14, 0.49),
    "operations-plan/operations-plan": (0, 1, 1.37),
    "operations-plan/operations-plan-forecast": (0, 0, 0.20),
    "practice/employee-onboarding": (8, 48, 5.22),
    "practice/incident-response": (0, 47, 4.86),
    "practice/release-management": (2, 36, 4.48),
    "service-launch/service-launch": (44, 238, 17.18),
}


@pytest.mark.parametrize("name", bundled.names())
def test_bundled_pictures_keep_the_laws(name):
    """No bundled definition, in either language, breaks a law of pictures."""
    for lang in ("zh", "en", "both"):
        scene = scene_of(name, View(lang=lang))
        geometry = geometry_of(scene)
        broken = [
            laws.overlaps, laws.strays, laws.slanting, laws.through, laws.spilling, laws.hidden_labels,
            laws.lying_on_each_other,
        ]  # fmt: skip
        assert [text for law in broken for text in law(geometry)] == []
        assert laws.missing(geometry, scene) == []


@pytest.mark.parametrize("name", bundled.names())
def test_pictures_do_not_become_worse(name):
    """Crossings, bends and area are at most what they were; who betters a picture writes its new numbers here."""
    geometry = geometry_of(scene_of(name, View(lang="zh", calls=False)))
    crossings, bends, area = MOST[name]
    assert laws.crossings(geometry) <= crossings
    assert laws.bends(geometry) <= bends
    assert geometry.width * geometry.height / 1e6 <= area * 1.05


def test_the_geometry_is_the_golden_one():
    """`event-attending` is drawn as in the golden file; a better picture brings a new one (see the failure's text)."""
    drawn = render("event-attending", format="json", lang="zh")
    if os.environ.get("SOPFLOW_NEW_GOLDENS"):
        GOLDEN.write_text(drawn, encoding="utf-8")
    assert drawn == GOLDEN.read_text(encoding="utf-8"), (
        "SOPFLOW_NEW_GOLDENS=1 writes it anew: look at the picture first"
    )


@pytest.mark.parametrize(("name", "options"), PIXELS)
def test_the_pixels_are_the_golden_ones(name, options):
    """A PNG is what it was, but for one pixel in two hundred: another version of the rasteriser may round otherwise."""
    pytest.importorskip("resvg_py")
    drawn = render(name, format="png", **options)
    golden = GOLDEN.with_name(f"{name}.png")
    if os.environ.get("SOPFLOW_NEW_GOLDENS"):
        golden.write_bytes(drawn)
    if drawn == golden.read_bytes():
        return
    (wide, high, now), (*size, before) = pixels.of(drawn), pixels.of(golden.read_bytes())
    assert [wide, high] == size
    assert pixels.unlike(now, before) <= wide * high / 200


def test_pixels_are_compared():
    """What reads our PNGs reads them rightly: the corner has the page's colour, and a picture is like itself only."""
    pytest.importorskip("resvg_py")
    light, dark = (
        pixels.of(render("event-attending-set-up", format="png", scale=0.5, theme=theme)) for theme in ("light", "dark")
    )
    assert light[2][:4] == bytes([0xFF, 0xFF, 0xFF, 0xFF])
    assert dark[2][:4] == bytes([0x0B, 0x11, 0x20, 0xFF])
    assert pixels.unlike(light[2], light[2]) == 0
    assert pixels.unlike(light[2], dark[2]) > light[0] * light[1] / 2


@pytest.mark.slow
def test_pictures_are_the_same_under_every_hash_seed():
    """Sets have another order in another process; pictures have not."""
    code = (
        "import hashlib, sopflow\n"
        "for name in ('event-hosting', 'employee-onboarding', 'service-launch'):\n"
        "    print(hashlib.sha256(sopflow.render(name, lang='zh').encode()).hexdigest())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(sopflow.__file__).parent.parent,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
