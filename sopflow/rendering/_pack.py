"""Where sheets stand on a page: side by side and below each other, with little left free, near a wished-for ratio.

Knows sizes only.
"""

from __future__ import annotations

from collections.abc import Sequence

Size = tuple[float, float]
Point = tuple[float, float]

_WIDTHS = 48  # page widths that are tried
_RATIO = 0.4  # how much the page's ratio counts beside its area
_SHUFFLED = 1.06  # how much less of a page sheets out of their order must take


def packed(sizes: Sequence[Size], gap: float, ratios: Sequence[float]) -> list[Point]:
    """The upper left corners of sheets of ``sizes``, ``gap`` apart, on a page whose ratio is near one of ``ratios``.

    The first sheet stands in the corner. Each other one goes as high up as it can, and there to the left (the skyline
    heuristic, Burke, Kendall and Whitwell 2004); in reading order, unless the higher ones first save space.
    """
    spaced = [(wide + gap, high + gap) for wide, high in sizes]
    least, most = max(wide for wide, _ in spaced), sum(wide for wide, _ in spaced)
    reading = list(range(len(sizes)))
    best: tuple[float, list[Point]] | None = None
    for order in _orders(spaced):
        for step in range(_WIDTHS):
            places = _filled(spaced, order, least + (most - least) * step / (_WIDTHS - 1))
            wide = max(x + size[0] for (x, _), size in zip(places, spaced, strict=True))
            high = max(y + size[1] for (_, y), size in zip(places, spaced, strict=True))
            away = min(max(wide / high / ratio, high * ratio / wide) for ratio in ratios)
            score = wide * high * away**_RATIO * (_SHUFFLED if order != reading else 1.0)
            if best is None or score < best[0]:
                best = score, places
    assert best is not None
    return best[1]


def _orders(sizes: Sequence[Size]) -> list[list[int]]:
    """Orders in which sheets are put on the page: as read; then the first, and of the others the largest before."""
    reading = list(range(len(sizes)))
    keys = (lambda at: -sizes[at][1], lambda at: -sizes[at][0], lambda at: -sizes[at][0] * sizes[at][1])
    return [reading, *([0, *sorted(reading[1:], key=key)] for key in keys)]


def _filled(sizes: Sequence[Size], order: Sequence[int], width: float) -> list[Point]:
    """Places on a page of ``width``. The skyline is a list of stretches: where each begins, and how low it reaches."""
    skyline: list[Point] = [(0.0, 0.0)]
    places: list[Point] = [(0.0, 0.0)] * len(sizes)
    for number in order:
        wide, high = sizes[number]
        y, x = min(
            (max(low for begin, low in _below(skyline, x, x + wide)), x)
            for x, _ in skyline
            if x == 0.0 or x + wide <= width + 0.01
        )
        places[number] = (x, y)
        after = _below(skyline, x, x + wide)[-1][1]
        rest = [(begin, low) for begin, low in skyline if begin < x or begin > x + wide]
        if not any(begin == x + wide for begin, _ in skyline):
            rest.append((x + wide, after))
        else:
            rest += [(begin, low) for begin, low in skyline if begin == x + wide]
        skyline = sorted([*rest, (x, y + high)])
    return places


def _below(skyline: Sequence[Point], left: float, right: float) -> list[Point]:
    """The stretches of the skyline that lie, in part or whole, between ``left`` and ``right``."""
    ends = [begin for begin, _ in skyline[1:]] + [float("inf")]
    return [one for one, end in zip(skyline, ends, strict=True) if one[0] < right and end > left]
