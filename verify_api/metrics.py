"""What the service counts, for Prometheus: how much, how fast, with what outcome; never who, and never what about."""

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from license_lib.health import Report, State
from license_lib.health.values import Area
from verify_api.schemas import VerdictDocument

MEDIA_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The counters of one application, in a registry of its own. Labels hold routes' templates and codes of ours."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter("license_requests", "Requests", ("method", "route", "status"), registry=self._registry)
        self._seconds = Histogram(
            "license_request_seconds", "Time to answer", ("route",), buckets=_SECONDS, registry=self._registry
        )
        self._verdicts = Counter("license_verdicts", "Verdicts given", ("subject", "outcome"), registry=self._registry)
        self._overruns = Counter(
            "license_overruns", "Files given up because they took too much", registry=self._registry
        )
        self._health = Gauge(
            "license_health",
            "Things that are ok, to be looked at, or to be acted on",
            ("state",),
            registry=self._registry,
        )
        self._certificates = Gauge(
            "license_certificate_days_left", "Days until a certificate ends", ("name",), registry=self._registry
        )
        self._endings = Gauge(
            "license_days_left", "Days until something else ends", ("area", "name"), registry=self._registry
        )
        self._turned_away = Counter(
            "license_turned_away", "Requests beyond a limit", ("limit",), registry=self._registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered; `status` 0 if its caller had gone."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(max(0.0, seconds))

    def judged(self, subject: str, verdict: VerdictDocument) -> None:
        """A verdict was given on a `file`, a `code` or a `look-up`."""
        self._verdicts.labels(subject, verdict.outcome.value).inc()
        if any(finding.code == "verification.overrun" for finding in verdict.findings):
            self._overruns.inc()

    def turned_away(self, limit: str) -> None:
        """Somebody was beyond a limit; the problem's code names it."""
        self._turned_away.labels(limit).inc()

    def looked(self, report: Report) -> None:
        """The installation was looked at; of its lines those are told that end, by names of files and lists of ours."""
        for gauge in (self._health, self._certificates, self._endings):
            gauge.clear()
        for state in State:
            self._health.labels(state).set(sum(line.state is state for line in report.lines))
        for line in report.lines:
            if line.days_left is not None:
                certificate = line.area is Area.CERTIFICATE
                gauge = (
                    self._certificates.labels(line.subject)
                    if certificate
                    else self._endings.labels(line.area, line.subject)
                )
                gauge.set(round(line.days_left, 2))

    def watch(self, name: str, what: str, value: Callable[[], float]) -> None:
        """Have a value read whenever somebody looks."""
        Gauge(f"license_{name}", what, registry=self._registry).set_function(value)

    def text(self) -> bytes:
        """All of them, in Prometheus' text format."""
        return generate_latest(self._registry)
