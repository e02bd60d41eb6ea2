"""Entries of the usage trail 用证留痕 for people and for programs: who used a licence, when, and what for."""

from collections.abc import Mapping
from typing import Any, Final

from license_lib.calendar import CHINA
from license_lib.lifecycle import Words
from license_lib.repository.entries import Usage, UsageKind

USAGE_KINDS: Final[Mapping[UsageKind, Words]] = {
    UsageKind.LOOK: Words("查看", "looked it up"),
    UsageKind.EXPORT: Words("调取", "took the file"),
    UsageKind.PRINT: Words("打印", "printed it"),
    UsageKind.VERIFY: Words("核验", "had it verified"),
    UsageKind.PRESENT: Words("亮证", "presented it"),
    UsageKind.REDEEM: Words("验亮证码", "redeemed its presentation"),
    UsageKind.AUDIT: Words("查阅用证记录", "read the usage trail"),
}


def used_value(usage: Usage) -> dict[str, Any]:
    """An entry for programs; time in UTC."""
    use = usage.use
    return {
        "sequence": usage.sequence,
        "identifier": usage.identifier,
        "kind": str(usage.kind),
        "at": usage.recorded_at.isoformat(),
        "outcome": usage.outcome or None,
        "actor": use.actor,
        "body": use.body,
        "purpose": use.purpose,
        "item": use.item,
        "case": use.case_number,
        "place": use.place,
        "audience": use.audience,
        "consent": usage.consent,
    }


def used_line(usage: Usage, *, english: bool) -> str:
    """An entry for people: when, who, what they did with which licence, and what for; time in Beijing."""
    use, words = usage.use, USAGE_KINDS[usage.kind]
    audience, consent = ("to {}", "by consent #{}") if english else ("出示给 {}", "依授权 #{}")
    parts = (
        f"{usage.recorded_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        " ".join(filter(None, (use.body, use.actor))),
        words.en if english else words.zh,
        usage.identifier,
        usage.outcome,
        use.purpose,
        use.item,
        use.case_number,
        use.place,
        audience.format(use.audience) if use.audience else "",
        f"#{usage.sequence}" if usage.kind is UsageKind.PRESENT else "",
        consent.format(usage.consent) if usage.consent is not None else "",
    )
    return "  ".join(filter(None, parts))
