"""What gathered facts mean: pure rules over facts and thresholds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from license_lib.calendar import CHINA
from license_lib.health.facts import Certificate, Done, Facts, TypeFacts
from license_lib.health.values import Area, Line, State, worst
from license_lib.settings import HealthSettings

_DAY: Final = timedelta(days=1)
_SLOW: Final = 2
"""A list that is older than so many times its refreshing interval was not refreshed."""
_LATE: Final = 3
"""A backup, or a check, that is older than so many times its interval fails for good."""
_ROLES: Final = {
    "anchor": ("根证书", "root"),
    "intermediate": ("签发证书", "issuing certificate"),
    "seal": ("印章证书", "seal"),
    "status": ("状态名单签发证书", "signer of status lists"),
    "trust-list": ("信任名单签发证书", "signer of trust lists"),
    "time-stamp": ("时间戳证书", "time-stamp authority"),
    "ocsp": ("证书状态证书", "certificate status"),
}
_NEW_CERTIFICATE: Final = "docs/administration.md#certificates"


@dataclass(frozen=True)
class Report:
    """How an installation is.

    Attributes:
        at: when the facts were gathered. types: licence types and what is in force. lines: everything else.
    """

    at: datetime
    types: tuple[TypeFacts, ...]
    lines: tuple[Line, ...]

    @cached_property
    def state(self) -> State:
        """The worst of all lines."""
        return worst(self.lines)


def judge(facts: Facts, rules: HealthSettings, *, refresh: timedelta) -> Report:
    """Judge facts.

    Args:
        rules: from when on something is to be looked at. refresh: how often status lists are signed anew.
    """
    lines = (
        *(_fault(area, facts) for area in dict.fromkeys(one.area for one in facts.faults)),
        *_database(facts),
        *_upkeep(facts, rules),
        *_log(facts, refresh),
        *_status_lists(facts, refresh),
        *_trust_lists(facts, rules),
        *(
            _ending(Area.CRL, one.name, one.ends, facts.at, _list_days(rules), "license keys publish")
            for one in facts.crls
        ),
        *(_certificate(one, facts.at, rules) for one in facts.certificates),
        *_archives(facts, rules),
        *_accounts(facts),
        *(
            _ending(Area.CLIENT, one.name, one.ends, facts.at, _days(rules), "license client add … --certificate FILE")
            for one in facts.clients
        ),
    )
    return Report(facts.at, facts.types, tuple(line for line in lines if line))


def _fault(area: Area, facts: Facts) -> Line:
    fault = next(one for one in facts.faults if one.area is area)
    zh, en = f"无法检查：[{fault.code}] {fault.problem}", f"it cannot be looked at: [{fault.code}] {fault.problem}"
    return Line(area=area, subject="", state=State.ACT, zh=zh, en=en, mend=fault.hint)


def _database(facts: Facts) -> Iterator[Line]:
    if facts.schema is None:
        return
    told, subject = f"{facts.database} · {facts.schema}", ""
    if facts.schema == facts.expected_schema:
        yield Line(area=Area.DATABASE, subject=subject, state=State.OK, zh=told, en=told)
        return
    zh, en = f"{told}，本软件需要 {facts.expected_schema}", f"{told}; this software needs {facts.expected_schema}"
    yield Line(area=Area.DATABASE, subject=subject, state=State.ACT, zh=zh, en=en, mend="license init")


def _upkeep(facts: Facts, rules: HealthSettings) -> Iterator[Line]:
    backup, fsck = timedelta(hours=rules.backup_hours), timedelta(hours=rules.fsck_hours)
    yield _done(Area.BACKUP, facts.backup, facts.at, backup, "license backup DEST")
    yield _done(Area.FSCK, facts.fsck, facts.at, fsck, "license fsck")


def _done(area: Area, done: Done | None, at: datetime, often: timedelta, mend: str) -> Line:
    if done is None:
        zh, en = "这台机器上没有做过的记录", "nothing is known of one on this machine"
        return Line(area=area, subject="", state=State.LOOK, zh=zh, en=en, mend=mend)
    when, age = _moment(done.at), at - done.at
    if not done.sound:
        zh, en = f"{when}：发现问题", f"{when}: something was found wrong"
        return Line(area=area, subject="", state=State.ACT, zh=zh, en=en, mend="license fsck")
    state = State.OK if age <= often else State.LOOK if age <= often * _LATE else State.ACT
    late = (
        (f"，已超过 {_hours(often)} 小时", f", more than {_hours(often)} hours ago")
        if state is not State.OK
        else ("", "")
    )
    zh, en = f"{when}{late[0]}", f"{when}{late[1]}"
    return Line(area=area, subject="", state=state, zh=zh, en=en, mend="" if state is State.OK else mend)


def _log(facts: Facts, refresh: timedelta) -> Iterator[Line]:
    log = facts.log
    if log is None:
        return
    waiting = log.size - (log.published or 0)
    zh = f"{log.size} 条，未公布 {waiting} 条" if waiting else f"{log.size} 条，已全部公布"
    en = f"{log.size} entries, {waiting} not published" if waiting else f"{log.size} entries, all published"
    since, state = log.waiting_since, State.OK
    if waiting < 0:
        zh, en = (
            f"库中 {log.size} 条，少于已公布的 {log.published} 条",
            f"{log.size} entries, fewer than were published",
        )
        yield Line(area=Area.LOG, subject="head", state=State.ACT, zh=zh, en=en, mend="docs/log.md")
        return
    if since is not None:
        age = facts.at - since
        state = State.ACT if age > _DAY else State.LOOK if age > refresh * _SLOW else State.OK
        if state is not State.OK:
            zh, en = f"{zh}，最早的始于 {_moment(since)}", f"{en}, the first of them since {_moment(since)}"
    mend = "" if state is State.OK else "license publish"
    yield Line(area=Area.LOG, subject="head", state=state, zh=zh, en=en, mend=mend)
    if log.quorum and log.published is not None:
        enough = log.witnessed >= log.quorum
        zh, en = f"见证 {log.witnessed}，须 {log.quorum}", f"{log.witnessed} witnesses signed, {log.quorum} must"
        state, mend = (State.OK, "") if enough else (State.LOOK, "license log cosign")
        yield Line(area=Area.LOG, subject="witnesses", state=state, zh=zh, en=en, mend=mend)


def _status_lists(facts: Facts, refresh: timedelta) -> Iterator[Line]:
    for one in facts.status_lists:
        subject, mend = str(one.number), "license publish"
        if one.issued is None or one.ends is None:
            zh, en = "尚未公布", "not published"
            yield Line(area=Area.STATUS_LIST, subject=subject, state=State.ACT, zh=zh, en=en, mend=mend)
            continue
        left = (one.ends - facts.at) / _DAY
        state = State.ACT if left <= 0 else State.LOOK if facts.at - one.issued > refresh * _SLOW else State.OK
        zh, en = f"签发于 {_moment(one.issued)}，", f"signed {_moment(one.issued)}, "
        zh += f"{'已于' if left <= 0 else '有效至'} {_moment(one.ends)}{' 失效' if left <= 0 else ''}"
        en += f"{'ended' if left <= 0 else 'good until'} {_moment(one.ends)}"
        mend = "" if state is State.OK else mend
        yield Line(area=Area.STATUS_LIST, subject=subject, state=state, zh=zh, en=en, mend=mend, days_left=left)


def _trust_lists(facts: Facts, rules: HealthSettings) -> Iterator[Line]:
    for one in facts.trust_lists:
        mend = "license trust publish" if one.own else "license trust update SOURCE"
        zh, en = ("本机构，", "ours, ") if one.own else ("", "")
        zh, en = (
            f"{zh}第 {one.sequence} 号，签发于 {_day(one.issued)}，",
            f"{en}no. {one.sequence} of {_day(one.issued)}, ",
        )
        yield _ending(Area.TRUST_LIST, one.name, one.ends, facts.at, _list_days(rules), mend, before=(zh, en))


def _certificate(one: Certificate, at: datetime, rules: HealthSettings) -> Line:
    zh, en = _ROLES.get(one.role, (one.role, one.role))
    before = (f"{zh}，", f"{en}, ")
    line = _ending(Area.CERTIFICATE, one.name, one.ends, at, _days(rules), _NEW_CERTIFICATE, before=before)
    if one.used or line.state is State.OK:
        return line
    # What nothing is made with any more may end: it is kept for what was made with it.
    text = {"zh": f"{line.zh}，已不再使用", "en": f"{line.en}, not in use any more"}
    return Line(area=line.area, subject=line.subject, state=State.OK, days_left=line.days_left, **text)


def _archives(facts: Facts, rules: HealthSettings) -> Iterator[Line]:
    archives = facts.archives
    if archives is None:
        return
    mend = f"license archive-renew --within {rules.archive_days}"
    for ends, count in sorted(archives.until.items()):
        days = (rules.archive_days, rules.act_days)
        before = (f"{count} 份证照的时间戳证书，", f"the certificate behind {count} licences, ")
        yield _ending(Area.TIME_STAMP, _day(ends), ends, facts.at, days, mend, before=before)
    never = archives.licenses - sum(archives.until.values())
    if never > 0 and archives.wanted:
        zh, en = f"{never} 份证照尚未存档", f"{never} licences were never archived"
        yield Line(area=Area.TIME_STAMP, subject="never", state=State.LOOK, zh=zh, en=en, mend="license archive-renew")


def _accounts(facts: Facts) -> Iterator[Line]:
    found = facts.accounts
    if found is None or not found.people:
        return
    zh, en = f"可登录 {found.people} 人，管理员 {found.administrators} 人", f"{found.people} people, "
    en += f"{found.administrators} administrators"
    state, mend = State.OK, ""
    if found.administrators < 2:  # noqa: PLR2004 -- one who is ill cannot be helped by another
        state, mend = State.LOOK, "license staff add LOGIN … --role administrator"
        zh, en = f"{zh}（至少应有两人）", f"{en} (there should be two)"
    yield Line(area=Area.ACCOUNTS, subject="people", state=state, zh=zh, en=en, mend=mend)
    if missing := found.without_second_factor:
        zh, en = f"{missing} 人未绑定身份验证器", f"{missing} have no second factor yet"
        yield Line(
            area=Area.ACCOUNTS, subject="second-factor", state=State.LOOK, zh=zh, en=en, mend="license staff list"
        )


def _ending(
    area: Area,
    subject: str,
    ends: datetime,
    at: datetime,
    days: tuple[int, int],
    mend: str,
    *,
    before: tuple[str, str] = ("", ""),
) -> Line:
    """Something that ends: the nearer, the worse.

    Args:
        days: so many before its end it is to be looked at, and acted on.
    """
    left = (ends - at) / _DAY
    state = State.ACT if left <= days[1] else State.LOOK if left <= days[0] else State.OK
    whole = int(left)
    zh = f"{before[0]}{'已于' if left <= 0 else '有效至'} {_day(ends)}" + (
        " 到期" if left <= 0 else f"，还有 {whole} 天"
    )
    en = f"{before[1]}{'ended' if left <= 0 else 'good until'} {_day(ends)}" + (
        "" if left <= 0 else f", {whole} day{'' if whole == 1 else 's'}"
    )
    mend = "" if state is State.OK else mend
    return Line(area=area, subject=subject, state=state, zh=zh, en=en, mend=mend, days_left=left)


def _list_days(rules: HealthSettings) -> tuple[int, int]:
    return rules.list_look_days, rules.list_act_days


def _days(rules: HealthSettings) -> tuple[int, int]:
    return rules.look_days, rules.act_days


def _hours(span: timedelta) -> int:
    return int(span / timedelta(hours=1))


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _day(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d}"
