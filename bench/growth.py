"""What a licence costs as there are more of them, as it has more pages, and as it holds more characters."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sides import Ways

from license_lib.licenses import License, face_content
from license_lib.rendering import plan_face

COUNTS: Sequence[int] = (10, 100, 1_000, 10_000, 100_000)
PAGES: Sequence[int] = (1, 2, 5, 10, 20)
CHARACTERS: Sequence[int] = (10, 50, 200, 500, 1_000, 2_000)
_FIELD = "business_scope"
_SENTENCE = "食品销售；技术服务、技术开发、技术咨询；"
_FIRST_CHARACTER = 0x4E00
_TIMES = 5


@dataclass(frozen=True)
class Series:
    """What was measured of one way.

    Attributes:
        against: what grows.
        points: how much of it, and milliseconds of CPU time for one licence.
    """

    against: str
    way: str
    points: Sequence[tuple[int, float]]

    def __str__(self) -> str:
        """One line."""
        points = "  ".join(f"{x:,}: {y:.2f}" for x, y in self.points)
        return f"ms for a licence, {self.way}, by {self.against}  {points}"


def measured_growth(ways: Ways, *, most: int, quick: bool) -> list[Series]:
    """Every series.

    Args:
        most: licences of the longest batch.
        quick: the smallest points only.
    """
    few = slice(0, 2) if quick else slice(None)
    times = 1 if quick else _TIMES
    counts = [count for count in COUNTS if count <= most][few]
    paged = {count: _of_pages(ways, count) for count in PAGES[few]}
    worded = {count: _with_scope(ways, _different(ways, count)) for count in CHARACTERS[few]}
    found = [Series("licences", "ours", [(count, _batch(ways, count)) for count in counts])]
    growing = {"pages": paged, "characters": worded}
    for against, documents in growing.items():
        for way, work in (("ours", ways.ours), ("the usual", ways.usual)):
            points = [(count, _cost(partial(work, one), times)) for count, one in documents.items()]
            found.append(Series(against, way, points))
    return found


def _batch(ways: Ways, count: int) -> float:
    """One licence's share of a batch."""
    documents = ways.city.numbered(count)
    started = time.process_time()
    for document in documents:
        ways.ours(document)
    return (time.process_time() - started) * 1000 / count


def _cost(work: partial[bytes], times: int) -> float:
    """The least of some times: what the work takes where nothing disturbs it."""
    work()
    found = []
    for _ in range(times):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found) * 1000


def _with_scope(ways: Ways, text: str) -> License:
    city = ways.city
    code = city.kind.by_key[_FIELD].code
    return replace(city.document, fields={**city.document.fields, code: text})


def _different(ways: Ways, count: int) -> str:
    """So many different characters that Song draws."""
    fonts = ways.city.press.fonts

    def drawn() -> Iterator[str]:
        for code in range(_FIRST_CHARACTER, _FIRST_CHARACTER + 2 * count + 100):
            if fonts.face_for(chr(code), "song") == "song":
                yield chr(code)

    return "".join(character for character, _ in zip(drawn(), range(count), strict=False))


def _of_pages(ways: Ways, pages: int) -> License:
    """A licence of so many pages, which hold the same few characters again and again."""
    city = ways.city
    low, high = 1, 2_000
    while low < high:  # sentences
        middle = (low + high) // 2
        document = _with_scope(ways, _SENTENCE * middle)
        plan = plan_face(city.kind, face_content(city.kind, document), city.press.fonts)
        low, high = (low, middle) if len(plan.pages) >= pages else (middle + 1, high)
    return _with_scope(ways, _SENTENCE * low)
