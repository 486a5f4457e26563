"""Writes the published JSON Schema anew: ``python -m sopflow.model``, after a change of the models."""

from pathlib import Path

from sopflow.model._schema import FILE, published

if __name__ == "__main__":
    Path(__file__).with_name(FILE).write_text(published(), encoding="utf-8")
