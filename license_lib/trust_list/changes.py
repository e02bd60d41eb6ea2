"""What a list says, fact by fact, in words; and what a new one says otherwise."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from license_lib.calendar import day_of
from license_lib.trust_list.model import ListedBody, ListedLog, Scope, SealState, TrustList

_STATES_ZH = {
    SealState.IN_FORCE: "在用",
    SealState.SUPERSEDED: "停用（更换）",
    SealState.WITHDRAWN: "收回",
    SealState.COMPROMISED: "密钥泄露",
}
_SHOWN_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a list says: what kind of thing, and in words."""

    kind: Literal["body", "seal", "seal-state", "scope", "address", "anchor", "signer", "status-signer", "log"]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that a new list adds, or no longer holds."""

    added: bool
    fact: Fact

    @property
    def zh(self) -> str:
        """The change in Chinese."""
        return f"{'新增' if self.added else '删去'} {self.fact.zh}"

    @property
    def en(self) -> str:
        """The change in English."""
        return f"{'added' if self.added else 'removed'} {self.fact.en}"

    def value(self) -> dict[str, str]:
        """The change as plain JSON values."""
        return {"change": "added" if self.added else "removed", "kind": self.fact.kind, "zh": self.zh, "en": self.en}


def changes(old: TrustList | None, new: TrustList) -> tuple[Change, ...]:
    """What the new list says otherwise, what is gone first; without an old one, all that it says is new."""
    before, after = (tuple(facts(old)) if old else ()), tuple(facts(new))
    gone = [Change(added=False, fact=fact) for fact in before if fact not in set(after)]
    return (*gone, *(Change(added=True, fact=fact) for fact in after if fact not in set(before)))


def facts(trust_list: TrustList) -> Iterator[Fact]:
    """Everything that a list says, in its order."""
    for anchor in trust_list.anchors:
        yield Fact("anchor", f"根证书 {_digest(anchor)}", f"anchor {_digest(anchor)}")
    for anchor in trust_list.timestamp_anchors:
        yield Fact("anchor", f"时间戳根证书 {_digest(anchor)}", f"anchor of time-stamps {_digest(anchor)}")
    for signer in trust_list.next_signers:
        yield Fact("signer", f"今后的名单签发证书 {_digest(signer)}", f"later signer of lists {_digest(signer)}")
    for signer in trust_list.status_signers:
        yield Fact("status-signer", f"状态名单签发证书 {_digest(signer)}", f"signer of status lists {_digest(signer)}")
    if trust_list.log is not None:
        yield from _of_log(trust_list.log)
    for body in trust_list.bodies:
        yield from _of_body(body)


def _of_log(log: ListedLog) -> Iterator[Fact]:
    yield Fact("log", f"透明日志 {log.vkey}", f"log {log.vkey}")
    for witness in log.witnesses:
        yield Fact("log", f"日志见证方 {witness}", f"witness of the log {witness}")
    if log.witnesses:
        count = len(log.witnesses)
        yield Fact("log", f"{count}个见证方中至少{log.quorum}个", f"at least {log.quorum} of {count} witnesses")


def _of_body(body: ListedBody) -> Iterator[Fact]:
    who = f"{body.name} {body.code}"
    yield Fact("body", f"机构 {who}（级别{body.level}）", f"body {who} (level {body.level})")
    if body.status_url:
        yield Fact("address", f"{who} 的状态查询地址 {body.status_url}", f"{who}: states at {body.status_url}")
    for seal in body.seals:
        name = _digest(seal.certificate)
        yield Fact("seal", f"{who} 的印章证书 {name}", f"{who}: seal {name}")
        for change in seal.history:
            day = day_of(change.since).isoformat()
            yield Fact(
                "seal-state",
                f"{who} 的印章证书 {name}：自{day}起{_STATES_ZH[change.state]}",
                f"{who}: seal {name} {change.state} since {day}",
            )
    for scope in body.scopes:
        for code in scope.types:
            yield _of_scope(who, code, scope)


def _of_scope(who: str, code: str, scope: Scope) -> Fact:
    first, last = scope.valid_from, scope.valid_until
    zh = f"{who} 可颁发 {code}，地区 {'、'.join(scope.regions)}"
    en = f"{who} may issue {code} in {', '.join(scope.regions)}"
    zh += (f"，自{first}起" if first else "") + (f"，至{last}止" if last else "")
    en += (f" from {first}" if first else "") + (f" until {last}" if last else "")
    return Fact("scope", zh, en)


def _digest(certificate_der: bytes) -> str:
    return hashlib.sha256(certificate_der).hexdigest()[:_SHOWN_DIGITS]
