"""docs/performance.md: its table comes from `bench/results.json`, its profile and plot from the run that wrote that."""

import cProfile
import io
import math
import pstats
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from growth import Series

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE, PLOT = DOCS / "performance.md", DOCS / "performance.svg"
_SHOWN = 22
"""Functions of a profile."""
_PANEL_WIDTH, _PANEL_HEIGHT, _MARGIN, _FOOT = 300, 200, 56, 50
_COLORS = {"ours": "#1a6b3c", "the usual": "#b03a2e"}


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows of `results.json` as a table in Markdown."""
    lines = ["| what | ours | the other side | ratio | at least | aim | reached |", "|---|---|---|---|---|---|---|"]
    return "\n".join([*lines, *(_line(row) for row in rows)])


def reached(row: Mapping[str, Any]) -> str:
    """Whether a row's ratio is good enough: `aim`, `yes`, `no`, or nothing where nothing was asked for."""
    ratio, at_least, aim = row["ratio"], row["at_least"], row["aim"]
    if at_least is None:
        return ""
    sign = -1 if aim < at_least else 1
    return "aim" if sign * ratio >= sign * aim else "yes" if sign * ratio >= sign * at_least else "**no**"


def _line(row: Mapping[str, Any]) -> str:
    fewer = row["aim"] is not None and row["aim"] < row["at_least"]
    bound = "≤ " if fewer else ""
    times = "" if fewer else "×"

    def amount(key: str) -> str:
        return "–" if row[key] is None else f"{row[key]:,g} {row['unit']}"

    def factor(key: str, mark: str = "") -> str:
        return "–" if row[key] is None else f"{mark}{row[key]:g}{times}"

    cells = (amount("value"), amount("baseline"), factor("ratio"), factor("at_least", bound), factor("aim", bound))
    return f"| {row['name']} | {' | '.join(cells)} | {reached(row)} |"


def dominating(profile: cProfile.Profile, times: int) -> str:
    """The functions that take the most time themselves, in microseconds of one of several runs."""
    stats: Any = pstats.Stats(profile, stream=io.StringIO())
    own = sorted(stats.stats.items(), key=lambda entry: -entry[1][2])
    whole = stats.total_tt
    lines = [f"{'µs':>7} {'share':>6} {'calls':>6}  function, of {whole / times * 1e6:,.0f} µs as profiled"]
    for (file, _, name), (_, calls, seconds, _, _) in own[:_SHOWN]:
        place = "/".join(Path(file).parts[-2:]) if "/" in file else ""
        clean = re.sub(r" at 0x[0-9a-f]+", "", name)
        figures = f"{seconds / times * 1e6:7.0f} {seconds / whole:6.1%} {calls / times:6.0f}"
        lines.append(f"{figures}  {f'{place}: ' if place else ''}{clean}")
    return "\n".join(lines)


def write_page(rows: Sequence[Mapping[str, Any]], profile: str, growth: Sequence[Series]) -> None:
    """Put table, profile and plot into the page."""
    text = PAGE.read_text(encoding="utf-8")
    figures = "\n".join(map(str, growth))
    parts = {"table": table(rows), "profile": f"```\n{profile}\n```", "growth": f"```\n{figures}\n```"}
    for name, part in parts.items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, after = text.split(begin)[0], text.split(end)[1]
        text = f"{before}{begin}\n{part}\n{end}{after}"
    PAGE.write_text(text, encoding="utf-8")
    PLOT.write_text(plotted(growth), encoding="utf-8")


def plotted(growth: Sequence[Series]) -> str:
    """The series as an SVG: one panel for each thing that grows, both axes logarithmic."""
    panels = list(dict.fromkeys(series.against for series in growth))
    width, height = len(panels) * (_PANEL_WIDTH + _MARGIN), _PANEL_HEIGHT + _FOOT + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">',
        f'<g font-family="sans-serif" font-size="11"><rect width="{width}" height="{height}" fill="white"/>',
    ]
    for number, against in enumerate(panels):
        there = [series for series in growth if series.against == against]
        parts += _panel(there, number * (_PANEL_WIDTH + _MARGIN) + _MARGIN - 10)
    return "\n".join([*parts, "</g></svg>", ""])


def _panel(there: Sequence[Series], left: float) -> list[str]:
    ticks = sorted({x for series in there for x, _ in series.points})
    low, high = _decades([y for series in there for _, y in series.points])
    first, last = math.log10(ticks[0]), math.log10(ticks[-1])

    def place(x: float, y: float) -> str:
        across = (math.log10(x) - first) / (last - first or 1) * (_PANEL_WIDTH - 20)
        up = (math.log10(y) - low) / (high - low) * _PANEL_HEIGHT
        return f"{left + across:.1f},{15 + _PANEL_HEIGHT - up:.1f}"

    parts = []
    for power in range(low, high + 1):
        y = place(ticks[0], 10.0**power).split(",")[1]
        parts.append(f'<path d="M{left} {y}h{_PANEL_WIDTH - 20}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 4}" y="{y}" text-anchor="end">{10.0**power:g} ms</text>')
    for tick in ticks:
        x = place(tick, 10.0**low).split(",")[0]
        parts.append(f'<text x="{x}" y="{_PANEL_HEIGHT + 30}" text-anchor="middle">{tick:,}</text>')
    for number, series in enumerate(there):
        color = _COLORS[series.way]
        line = " ".join(place(x, y) for x, y in series.points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        for point in line.split():
            x, y = point.split(",")
            parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{color}"/>')
        parts.append(
            f'<text x="{left + 120 + 70 * number}" y="{_PANEL_HEIGHT + 50}" fill="{color}">{series.way}</text>'
        )
    parts.append(f'<text x="{left}" y="{_PANEL_HEIGHT + 50}">by {there[0].against}</text>')
    return parts


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)
