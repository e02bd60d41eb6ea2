"""What the rules say to an event that they refuse: a code, the kind and the state in words, and what to do instead."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from license_lib.calendar import CHINA
from license_lib.errors import InputError, MachineError
from license_lib.lifecycle.kinds import EventKind, Happened, LicenseState
from license_lib.lifecycle.words import KIND_WORDS, Words, state_words


class EventError(InputError):
    """An event that may not be recorded. None of its texts holds an identifier or a name.

    Args:
        code: `event.…`; docs/lifecycle.md lists them.
        message: what is wrong, in English.
        message_zh: the same in Chinese, with what to do.
        hint: what to do.
    """

    def __init__(self, code: str, message: str, message_zh: str, *, hint: str = "") -> None:
        super().__init__(code, message, hint=hint)
        self.message_zh = message_zh


_INSTEAD: Final[Mapping[LicenseState | None, Words]] = {
    None: Words("请先颁发", "issue it first"),
    LicenseState.ISSUED: Words("证照现为正常状态，无须办理", "it is in force already"),
    LicenseState.SUSPENDED: Words("请先发还", "reinstate it first"),
    LicenseState.SUPERSEDED: Words("请对新版本办理", "record it on the new version"),
    LicenseState.TRANSFERRED: Words(
        "由转入地办理；转回的先登记转入", "the body that it went to decides, or record its return"
    ),
    LicenseState.WITHDRAWN: Words(
        "吊销后只能注销或者撤销", "after a withdrawal only cancellation or revocation follow"
    ),
    LicenseState.HOLDER_ENDED: Words("此后只能注销或者撤销", "only cancellation or revocation follow"),
    LicenseState.CANCELLED: Words(
        "注销后只能撤销；需要证照的重新申请", "only revocation follows; who needs a licence applies anew"
    ),
    LicenseState.REVOKED: Words(
        "撤销后不再办理；误录的撤销应予更正", "nothing follows a revocation; correct one made by mistake"
    ),
}


def not_allowed(kind: EventKind, state: LicenseState | None) -> EventError:
    """From this state the kind does not follow."""
    what, now, instead = KIND_WORDS[kind], state_words(state), _INSTEAD[state]
    if kind is EventKind.ISSUE:
        instead = Words("每个证照标识只颁发一次", "an identifier is issued once")
    return EventError(
        "event.not-allowed",
        f"No {what.en} {what.zh} of a licence that is {now.en} {now.zh}",
        f"证照{now.zh}，不能办理{what.zh}：{instead.zh}",
        hint=instead.en,
    )


def contradicted(new: EventKind, later: Happened, at: datetime, state: LicenseState | None) -> EventError:
    """The new event makes one impossible that is on record and takes effect after it."""
    what, then, now = KIND_WORDS[new], KIND_WORDS[later.kind], state_words(state)
    moment = in_china(at)
    return EventError(
        "event.contradicts",
        f"After this {what.en} {what.zh} the licence would be {now.en} {now.zh}, but the record has a "
        f"{then.en} {then.zh} that takes effect on {moment} (event {later.sequence})",
        f"办理{what.zh}后证照{now.zh}，而已登记的{then.zh}（第{later.sequence}号事件，{moment}生效）便不能成立：请先更正该事件",
        hint="correct that event first, or mend the time of this one",
    )


def before_issue(kind: EventKind) -> EventError:
    """It would take effect while there is no licence yet."""
    what = KIND_WORDS[kind]
    return EventError(
        "event.before-issue",
        f"The {what.en} {what.zh} would take effect before the issue",
        f"{what.zh}的生效时间早于颁发：请改正时间",
        hint="mend the time",
    )


def broken_record(problem: str) -> MachineError:
    """Events on record that the rules would never have let pass; nobody may guess a state from them."""
    return MachineError(
        "event.record-broken",
        f"The recorded events of a licence contradict each other: {problem}",
        hint="find out who changed the database, then restore it from a backup",
    )


def in_china(moment: datetime) -> str:
    """A moment as messages show it: day and minute in China."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
