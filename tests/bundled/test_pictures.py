"""Each bundled SOP has its picture beside its page: the one that `sopflow render NAME --lang both` draws."""

import os
import re
from pathlib import Path

import pytest

import sopflow
from sopflow import bundled

SOPS = Path(__file__).resolve().parents[2] / "sops"
PICTURE = re.compile(r"!\[([^\]]+)\]\(pictures/([\w-]+)\.svg\)")


@pytest.mark.parametrize("name", bundled.names())
def test_the_picture_is_what_render_draws(name):
    """With SOPFLOW_NEW_GOLDENS=1 it is drawn anew."""
    folder, _, short = name.rpartition("/")
    file = SOPS / folder / "pictures" / f"{short}.svg"
    drawn = sopflow.render(name, lang="both")
    if os.environ.get("SOPFLOW_NEW_GOLDENS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(drawn, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == drawn


def test_every_picture_is_shown_once_on_a_page_of_its_folder():
    """No SOP is without its picture, and no picture without its SOP."""
    shown = [
        f"{page.parent.name}/{picture}"
        for page in SOPS.glob("*/*.md")
        for _, picture in PICTURE.findall(page.read_text(encoding="utf-8"))
    ]
    assert sorted(shown) == bundled.names()
