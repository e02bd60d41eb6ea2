"""What is told beside the verdict on a code from paper.

What the code says, to be compared with the paper; what was proved and what not; and how old the knowledge is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from license_lib.bundle import OpenedBundle
from license_lib.catalogue import PUBLIC_LABELS, Catalogue
from license_lib.qr import QrProof
from license_lib.verification import Proof, Verdict
from license_lib.verification.verdict import PROOF_TEXTS, StepResult

NEVER_PROVED: Final[Mapping[str, tuple[str, str]]] = {
    "paper": ("二维码周围的纸面内容（没有查看）", "what the paper around the code says: nobody looked at it"),
    "bearer": ("出示人就是持证主体", "that who shows the paper is its holder"),
}
"""What no code can prove, Chinese and English."""
_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "bundle": ("离线包", "bundle"),
    "trust-list": ("信任名单", "trust list"),
    "status-list": ("状态名单", "status list"),
    "crl": ("证书吊销信息", "revocation of certificates"),
    "register": ("证照库", "repository"),
    "checkpoint": ("日志检查点", "head of the log"),
}
_TWO_HOURS, _TWO_DAYS = timedelta(hours=2), timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One piece of what a verdict stands on.

    Args:
        kind: `bundle`, `trust-list`, `status-list`, `crl`, `register` or `checkpoint`.
        name: which one; empty where the kind says it.
        as_of: when it was made, signed or looked up; None where it bears no time.
        until: when it ends; None where it says nothing of that.
    """

    kind: str
    name: str
    as_of: datetime | None
    until: datetime | None = None


def knowledge_of(verdict: Verdict, bundle: OpenedBundle | None = None) -> Iterator[Knowledge]:
    """What a verdict stands on: only what it used, and the bundle where that came from."""
    if bundle is not None:
        said = bundle.manifest
        yield Knowledge("bundle", f"{said.list_id} {said.sequence}", said.made, said.good_until)
    used = verdict.evidence
    if used.trust_list is not None:
        listed = used.trust_list
        yield Knowledge("trust-list", f"{listed.list_id} {listed.sequence}", listed.issued_at, listed.next_update)
    if used.status_list is not None:
        yield Knowledge("status-list", used.status_list.uri, used.status_list.as_of, used.status_list.expires)
    elif used.status_as_of is not None:
        yield Knowledge("register", "", used.status_as_of)
    if used.revocation_as_of is not None:
        yield Knowledge("crl", "", used.revocation_as_of)
    if bundle is not None and bundle.checkpoint is not None:
        yield Knowledge("checkpoint", f"{bundle.checkpoint.origin} {bundle.checkpoint.size}", None)


def code_value(verdict: Verdict, bundle: OpenedBundle | None, now: datetime) -> dict[str, Any]:
    """All that as plain JSON values; ages in whole seconds, below zero where something is of the future."""
    proved, open_ = _steps(verdict)
    return {
        "proved": [step.value for step in proved],
        "not_proved": [*(step.value for step in open_), *NEVER_PROVED],
        "knowledge": [
            {
                "kind": one.kind,
                "name": one.name,
                "as_of": one.as_of.isoformat() if one.as_of else None,
                "until": one.until.isoformat() if one.until else None,
                "age_seconds": int((now - one.as_of).total_seconds()) if one.as_of else None,
            }
            for one in knowledge_of(verdict, bundle)
        ],
    }


def code_lines(
    verdict: Verdict, bundle: OpenedBundle | None, catalogue: Catalogue, now: datetime, *, english: bool
) -> Iterator[str]:
    """All that as lines for a person; none where no code was proved, for then there is nothing to rely on."""
    which = int(english)
    if verdict.code is None:
        return
    yield ("二维码所载，请与纸面比对：", "the code says, to be compared with the paper:")[which]
    yield from (f"  {line}" for line in _said(verdict.code, catalogue, which))
    between = ("、", "; ")[which]
    proved, open_ = _steps(verdict)
    if proved:
        said = between.join(PROOF_TEXTS[step][which] for step in proved)
        yield (f"已证明：{said}", f"proved: {said}")[which]
    never = (text[which] for text in NEVER_PROVED.values())
    said = between.join([*(PROOF_TEXTS[step][which] for step in open_), *never])
    yield (f"未证明：{said}", f"not proved: {said}")[which]
    known = between.join(_aged(one, now, which) for one in knowledge_of(verdict, bundle))
    if known:
        yield (f"所依据：{known}", f"on the ground of: {known}")[which]


def _steps(verdict: Verdict) -> tuple[list[Proof], list[Proof]]:
    """The steps that are proved, and those that are not, in order; by a trust list alone, there is no repository."""
    listed = verdict.evidence.trust_list is not None
    steps = (step for step in verdict.required if not (listed and step is Proof.REPOSITORY))
    results = {step: verdict.result_of(step) for step in steps}
    proved = [step for step, result in results.items() if result is StepResult.PROVED]
    return proved, [step for step in results if step not in proved]


def _said(proof: QrProof, catalogue: Catalogue, which: int) -> Iterator[str]:
    kind = catalogue.find(str(proof.identifier.type_code))
    labels = kind.public_labels if kind else PUBLIC_LABELS
    if kind is not None:
        yield (kind.name, kind.english)[which]
    first, last = proof.valid_from, proof.valid_until
    yield (f"证照标识：{proof.identifier}", f"Identifier: {proof.identifier}")[which]
    zh = f"{first} 至 {last}" if last else f"{first} 起，长期"
    en = f"{first} to {last}" if last else f"from {first}, no end date"
    yield (f"有效期限：{zh}", f"Validity: {en}")[which]
    for code, text in proof.public.items():
        zh, en = labels.get(code, (code, code))
        yield (f"{zh}：{text}", f"{en}: {text}")[which]


def _aged(one: Knowledge, now: datetime, which: int) -> str:
    name = f"{_KINDS[one.kind][which]} {one.name}".rstrip()
    return f"{name} ({_age(now - one.as_of, which)})" if one.as_of else name


def _age(age: timedelta, which: int) -> str:
    if age < timedelta(0):
        return ("时间在将来", "of the future")[which]
    if age < _TWO_HOURS:
        minutes = int(age.total_seconds() // 60)
        return (f"{minutes}分钟前", f"{minutes} min old")[which]
    if age < _TWO_DAYS:
        hours = int(age.total_seconds() // 3600)
        return (f"{hours}小时前", f"{hours} h old")[which]
    return (f"{age.days}天前", f"{age.days} days old")[which]
