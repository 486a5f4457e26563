"""Gantt charts: chart → scale → geometry → writer, each stage a module of its own.

A chart is plain data, rows with times in one zone; what is planned in it, and how, is for others to know.
"""

from sopflow.rendering.gantt._chart import Chart, Mark, Row
from sopflow.rendering.gantt._draw import FORMATS, draw
from sopflow.rendering.gantt._words import word

__all__ = ["FORMATS", "Chart", "Mark", "Row", "draw", "word"]
