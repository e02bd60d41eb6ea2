"""Presentation codes and what redeeming one gave, for people and for programs."""

from collections.abc import Iterator
from typing import Any

from license_lib.calendar import CHINA
from license_lib.presenting.desk import Consent, Presentation, PresentationCode
from license_lib.verification import OUTCOME_TEXTS, Outcome
from license_lib.verification.report import verdict_report


def code_value(code: PresentationCode) -> dict[str, Any]:
    """A code for programs; times in UTC. `outcome` is what it would say now."""
    return {
        "text": code.text,
        "made_at": code.made_at.isoformat(),
        "expires_at": code.expires_at.isoformat(),
        "consent": code.consent,
        "outcome": code.verdict.outcome.value,
    }


def code_words(code: PresentationCode) -> tuple[str, str]:
    """The same for people, Chinese and English; a licence that is not in force is told before it is shown."""
    until = f"{code.expires_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    zh, en = (
        f"{code.text}\n  {until} 前可验一次，授权 #{code.consent}",
        f"{code.text}\n  once, until {until}, consent #{code.consent}",
    )
    outcome = code.verdict.outcome
    if outcome is not Outcome.IN_FORCE:
        state_zh, state_en = OUTCOME_TEXTS[outcome]
        zh, en = f"{zh}\n  注意：对方将看到“{state_zh}”", f"{en}\n  note: it will be told as: {state_en}"
    return zh, en


def presentation_value(shown: Presentation) -> dict[str, Any]:
    """What redeeming gave, for programs: no name and no number but what the licence shows in public."""
    return {
        "accepted": shown.accepted,
        "verdict": verdict_report(shown.verdict, minimal=True),
        "public": {each.code: each.text for each in shown.public},
        "consent": consent_value(shown.consent) if shown.consent else None,
    }


def consent_value(consent: Consent) -> dict[str, Any]:
    """A consent record for programs, without the names of who presented and who redeemed; times in UTC."""
    used = consent.redeemer
    return {
        "given": consent.given,
        "used": consent.used,
        "given_at": consent.given_at.isoformat(),
        "used_at": consent.used_at.isoformat(),
        "audience": used.audience,
        "purpose": used.purpose,
        "item": used.item,
        "case": used.case_number,
    }


def presentation_lines(shown: Presentation, *, english: bool) -> Iterator[str]:
    """What the licence shows in public and the consent, for people; nothing where the code was refused."""
    document, consent = shown.verdict.license, shown.consent
    if document is None or consent is None:
        return
    yield f"  {document.type_name}  {document.identifier}"
    for each in shown.public:
        yield f"  {each.label.en if english else each.label.zh}: {each.text}"
    first, last = document.valid_from.isoformat(), document.valid_until
    if english:
        yield f"  issued by {document.issuer.name}, valid from {first}{f' to {last}' if last else ', no end date'}"
    else:
        yield f"  {document.issuer.name}颁发，有效期 {first} {f'至 {last}' if last else '起，长期'}"
    used = consent.redeemer
    given = f"{consent.given_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    words = ("consent", "by", "for") if english else ("授权", "出示于", "出示给")
    parts = [
        f"{words[0]} #{consent.given} → #{consent.used}",
        f"{words[1]} {given}",
        used.purpose,
        used.item,
        used.case_number,
    ]
    yield "  " + "  ".join(filter(None, [*parts, f"{words[2]} {used.audience}" if used.audience else ""]))
