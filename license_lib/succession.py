"""New versions 新版本 of a licence: renewed 延续, amended 变更, or replaced 补发、换发."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from license_lib.calendar import start_of
from license_lib.errors import InputError
from license_lib.identifiers import LicenseIdentifier
from license_lib.licenses.request import Draft
from license_lib.lifecycle import EventKind, TypeRules, next_identifier
from license_lib.repository.entries import Cause, Change
from license_lib.repository.repository import Repository
from license_lib.repository.values import StoredLicense


@dataclass(frozen=True, slots=True)
class Succession:
    """What a new version is for the one before.

    Args:
        kind: `renew`, `amend` or `replace`.
        previous: identifier of the version before.
    """

    kind: EventKind
    previous: str

    def change(self, successor: str, valid_from: date, cause: Cause, at: datetime) -> Change:
        """What happens to the version before: it ends as soon as the new one is valid, and not before now.

        Args:
            successor: identifier of the new version. valid_from: its first day.
            at: now.
        """
        begins = max(start_of(valid_from), at)
        return Change(kind=self.kind, cause=cause, effective_at=begins, recorded_at=at, details={"next": successor})


def require_succession(
    repository: Repository,
    succession: Succession,
    checked: Draft,
    cause: Cause,
    *,
    at: datetime,
    rules: Callable[[str], TypeRules],
) -> None:
    """Refuse a new version of what is no version of the same licence, or may have none.

    Args:
        checked: the new version. cause: who issues it, and why.
        at: now.
        rules: life-cycle rules of a type, by its key.

    Raises:
        InputError: `license.unknown`, `license.other-kind`, `license.other-holder`; whatever
            `Repository.require_recordable` refuses.
    """
    before = repository.by_identifier(succession.previous)
    if before is None:
        raise InputError("license.unknown", "there is no licence with this identifier", hint="check the identifier")
    if (before.type_code, before.issuer_code) != (checked.license_type.code.value, checked.issuer.code):
        raise InputError(
            "license.other-kind",
            "the version before is of another type or issuing body",
            hint="issue a licence of its own, and cancel the old one",
        )
    if succession.kind is not EventKind.AMEND and not _is_of_holder(repository, before, checked):
        raise InputError(
            "license.other-holder",
            "none of the holders is one of the version before",
            hint="amend 变更 it if the law lets it pass to somebody else; else issue a licence of its own",
        )
    successor = str(next_identifier(LicenseIdentifier.parse(before.identifier)))
    change = succession.change(successor, checked.valid_from, cause, at)
    repository.require_recordable(before.identifier, change, rules=rules(before.type_key))


def _is_of_holder(repository: Repository, before: StoredLicense, checked: Draft) -> bool:
    """Whether a holder of the new version holds the one before, by any number that the holder has or had."""
    theirs = (repository.by_holder_number(one.number) for one in checked.holders)
    return any(one.identifier == before.identifier for found in theirs for one in found)
