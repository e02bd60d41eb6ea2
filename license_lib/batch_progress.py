"""How far a batch is, for whoever waits: lines done, the rate of the last minute, the time left.

On a terminal one line is written again and again; elsewhere, as in a log, a line every ten seconds, for people or as
JSON.
"""

import json
from collections import deque
from collections.abc import Callable
from typing import Final, TextIO

_ON_SCREEN, _IN_A_LOG = 0.2, 10.0
"""Seconds between two lines."""
_LOOKING_BACK: Final = 60.0
"""Seconds that the rate is of: what was issued before is passed quickly, and says nothing of what is to come."""
_AWAY: Final = "\r\x1b[K"


class BatchProgress:
    """Tells how far a batch is.

    Args:
        stream: where to; nothing else is written there meanwhile unless `hide` is called before.
        lines: of the batch file.
        english: or Chinese.
        as_json: `{"progress": …}` instead, but for a terminal.
        seconds: a clock that only goes forward.
    """

    def __init__(
        self, stream: TextIO, lines: int, *, english: bool, as_json: bool, seconds: Callable[[], float]
    ) -> None:
        self._stream, self._lines, self._english, self._seconds = stream, lines, english, seconds
        self._screen = stream.isatty()
        self._as_json = as_json and not self._screen
        self._every = _ON_SCREEN if self._screen else _IN_A_LOG
        self._shown, self._seen = seconds(), deque([(seconds(), 0)])

    def advance(self, line: int) -> None:
        """This line of the file, the next one, is done."""
        moment = self._seconds()
        if moment - self._shown < self._every:
            return
        self._shown = moment
        self._seen.append((moment, line))
        while len(self._seen) > 2 and moment - self._seen[1][0] >= _LOOKING_BACK:  # noqa: PLR2004 -- both ends
            self._seen.popleft()
        text = self._text(line)
        self._stream.write(f"{_AWAY}{text}" if self._screen else f"{text}\n")
        self._stream.flush()

    def hide(self) -> None:
        """Take the line off the screen: something else is about to be written."""
        if self._screen:
            self._stream.write(_AWAY)
            self._stream.flush()

    def _text(self, line: int) -> str:
        (before, first), (moment, _) = self._seen[0], self._seen[-1]
        rate = (line - first) / (moment - before)
        left = (self._lines - line) / rate if rate else 0.0
        if self._as_json:
            told = {
                "line": line,
                "lines": self._lines,
                "per_second": round(rate, 1),
                "seconds_left": round(max(left, 0)),
            }
            return json.dumps({"progress": told})
        minutes, seconds = divmod(round(max(left, 0)), 60)
        if self._english:
            return f"line {line:,} of {self._lines:,}, {rate:,.1f} a second, about {minutes} min {seconds} s left"
        return f"第 {line:,} 行，共 {self._lines:,} 行，每秒 {rate:,.1f} 件，约剩 {minutes} 分 {seconds} 秒"
