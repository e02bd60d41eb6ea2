"""State codes of sectors and services: what others call our states, out and in.

There is no common list, and the lists of sectors contradict each other; so each type may have its own. The default are
the codes of information verification 信息核验 in the sharing services (GB/T 36906, as practice has them).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from license_lib.lifecycle.faults import EventError
from license_lib.lifecycle.kinds import LicenseState


class Condition(StrEnum):
    """A state, or what the days make of it: a code tells both at once, the repository never does."""

    ISSUED = "issued"
    NOT_YET = "not-yet"  # computed: before its first day
    SUSPENDED = "suspended"
    EXPIRED = "expired"  # computed: after its last day
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    TRANSFERRED = "transferred"
    HOLDER_ENDED = "holder-ended"


def condition_of(state: LicenseState, day: date, *, valid_from: date, valid_until: date | None) -> Condition:
    """What a code is to tell of a licence on a day.

    An end by an event outranks the days, for it is for ever; the last day outranks a suspension, which cannot end well
    any more.

    Args:
        valid_until: last day, inclusive, extensions included; None is 长期.
    """
    if state not in {LicenseState.ISSUED, LicenseState.SUSPENDED}:
        return Condition(state.value)
    if valid_until is not None and day > valid_until:
        return Condition.EXPIRED
    if state is LicenseState.ISSUED and day < valid_from:
        return Condition.NOT_YET
    return Condition(state.value)


@dataclass(frozen=True, slots=True)
class CodeMap:
    """The codes of one list.

    Args:
        out: a code for every condition; several may share one.
        into: what a code of others means to us; one that is missing is unknown, never guessed.
    """

    out: Mapping[Condition, str]
    into: Mapping[str, Condition]

    def code(self, condition: Condition) -> str:
        """The code to send."""
        return self.out[condition]

    def condition(self, code: str) -> Condition:
        """What a code that was received means.

        Raises:
            EventError: `event.code-unknown`.
        """
        try:
            return self.into[code]
        except KeyError:
            raise EventError(
                "event.code-unknown",
                "The state code is not in the list of this type",
                "状态代码不在此类证照的代码表内：请核对来源，或在 lifecycle.toml 的 [codes.receive] 中补上",
                hint="check the source, or add it under [codes.receive] in lifecycle.toml",
            ) from None


_OVER: Final = (
    Condition.REVOKED,
    Condition.WITHDRAWN,
    Condition.CANCELLED,
    Condition.SUPERSEDED,
    Condition.TRANSFERRED,
    Condition.HOLDER_ENDED,
)
INFORMATION: Final = CodeMap(
    out=MappingProxyType(
        {
            Condition.ISSUED: "0",  # 正确且有效
            Condition.NOT_YET: "1",  # 正确未激活
            Condition.SUSPENDED: "2",  # 暂时失效
            Condition.EXPIRED: "3",  # 已失效
            **dict.fromkeys(_OVER, "3"),
        }
    ),
    # "3" does not say why it is over; 注销 is the one end that says no more than that.
    into=MappingProxyType(
        {"0": Condition.ISSUED, "1": Condition.NOT_YET, "2": Condition.SUSPENDED, "3": Condition.CANCELLED}
    ),
)
"""Information verification 信息核验. Codes 4 (incomplete) and 5 (not found) are about the question, not the licence."""
RETURN_CODES: Final[Mapping[Condition, str]] = MappingProxyType(
    {
        Condition.ISSUED: "0",  # 成功
        Condition.NOT_YET: "23",  # 受限使用
        Condition.SUSPENDED: "23",
        Condition.EXPIRED: "22",  # 已过期
        **dict.fromkeys(_OVER, "21"),  # 已废止、注销
    }
)
"""Return codes of the sharing services for a licence that was found."""
