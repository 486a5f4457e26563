"""Templates: what is kept of them between processes is never in the way."""

import tempfile

import pytest

import sopflow
from sopflow.rendering.formats import _templates


@pytest.fixture
def anew(monkeypatch):
    """As in a process that has drawn nothing yet; gives a function that sets the folder for temporary files."""

    def begin(folder):
        _templates.template.cache_clear()
        _templates._environment.cache_clear()
        monkeypatch.setattr(tempfile, "tempdir", str(folder))

    yield begin
    _templates.template.cache_clear()
    _templates._environment.cache_clear()


def test_a_kept_template_draws_the_same(anew, tmp_path):
    """Compiled, kept, cut short, or with nowhere to keep it: the picture is the same."""
    drawn = set()
    for folder in (tmp_path, tmp_path):
        anew(folder)
        drawn.add(sopflow.render("event-attending"))
    kept = [*tmp_path.rglob("sopflow-*.cache")]
    assert len(kept) == 2
    for file in kept:
        file.write_bytes(file.read_bytes()[:60])
    for folder in (tmp_path, tmp_path / "missing"):
        anew(folder)
        drawn.add(sopflow.render("event-attending"))
    assert len(drawn) == 1
