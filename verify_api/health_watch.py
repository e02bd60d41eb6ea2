"""How the installation is, for pages and programs: looked at when somebody asks, and for metrics once a minute."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import anyio

from license_lib.health import Report
from license_lib.health.telling import line_value, types_value
from verify_api.admin.schemas import HealthDocument
from verify_api.metrics import Metrics
from verify_api.problems import Problem

_KEPT: Final = timedelta(minutes=1)

Look = Callable[[datetime], Report]


class HealthWatch:
    """Looks at the installation; it counts rows, so one look at a time.

    Args:
        look: the report of a moment; None where there is nothing to look at.
        clock: the time, aware.
    """

    def __init__(self, look: Look | None, clock: Callable[[], datetime], metrics: Metrics) -> None:
        self._look, self._clock, self._metrics = look, clock, metrics
        self._last: Report | None = None
        self._limiter = anyio.CapacityLimiter(1)

    async def report(self, *, kept: bool = False) -> Report:
        """How the installation is now.

        Args:
            kept: a report of the last minute will do.

        Raises:
            Problem: `http.not-found`: nothing is known of it here.
        """
        if self._look is None:
            raise Problem("http.not-found")
        async with self._limiter:
            now = self._clock()
            if self._last is None or not kept or not timedelta(0) <= now - self._last.at < _KEPT:
                self._last = await anyio.to_thread.run_sync(self._look, now)
                self._metrics.looked(self._last)
            return self._last

    async def counted(self) -> None:
        """Bring the metrics up to date, where there is anything to count."""
        if self._look is not None:
            await self.report(kept=True)


def health_document(report: Report) -> HealthDocument:
    """A report as the API tells it."""
    return HealthDocument.model_validate(
        {
            "state": report.state,
            "at": report.at,
            "types": types_value(report),
            "lines": [line_value(line) for line in report.lines],
        }
    )
