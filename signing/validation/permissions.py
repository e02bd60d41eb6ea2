"""What a signature allows to be changed after it: DocMDP, FieldMDP (ISO 32000-2 §12.8.2), and the rule without."""

from dataclasses import dataclass
from typing import Final

from signing.pdf_reading import Name, Revision, Value
from signing.reports import Change, ChangeKind
from signing.validation.document import Signature, text_of

_ALWAYS: Final = frozenset({ChangeKind.EVIDENCE, ChangeKind.TIME_STAMP})
_SIGNING: Final = _ALWAYS | {ChangeKind.SIGNATURE, ChangeKind.METADATA, ChangeKind.FORM}
_BY_LEVEL: Final = {1: _ALWAYS, 2: _SIGNING, 3: _SIGNING | {ChangeKind.ANNOTATION}}


@dataclass(frozen=True, slots=True)
class Permissions:
    """What one signature allows.

    Attributes:
        level: 1 to 3 of its DocMDP; None if it is no certification signature.
        kinds: the kinds of changes that it allows.
        locked: names of fields that must stay as they are; None: all of them.
        unlocked: names of the only fields that may change; None: no such list.
    """

    level: int | None
    kinds: frozenset[ChangeKind]
    locked: frozenset[str] | None = frozenset()
    unlocked: frozenset[str] | None = None

    def allow(self, change: Change) -> bool:
        """Tell whether a change is allowed."""
        if change.kind not in self.kinds:
            return False
        if change.kind is not ChangeKind.FORM:
            return True
        name = change.where.rpartition("Root/AcroForm/")[2]
        if self.unlocked is not None:
            return any(_is_or_is_in(name, one) for one in self.unlocked)
        return self.locked is not None and not any(_is_or_is_in(name, one) for one in self.locked)


def permissions_of(revision: Revision, signature: Signature) -> Permissions:
    """What a signature allows, as the signed revision says it."""
    level: int | None = None
    locked: frozenset[str] | None = frozenset()
    unlocked: frozenset[str] | None = None
    references = revision.entry(signature.value, "Reference")
    locks = [revision.entry(signature.place.dictionary, "Lock")]
    for one in references if isinstance(references, list) else []:
        reference = revision.resolve(one)
        method, parameters = revision.entry(reference, "TransformMethod"), revision.entry(reference, "TransformParams")
        if method == Name("DocMDP") and _certifies(revision, signature):
            given = revision.entry(parameters, "P")
            level = given if given in {1, 2, 3} else 2 if given is None else 1
        elif method == Name("FieldMDP"):
            locks.append(parameters)
    kinds = _SIGNING if level is None else _BY_LEVEL[level]
    for lock in locks:
        action, names = revision.entry(lock, "Action"), _names(revision, revision.entry(lock, "Fields"))
        if action == Name("All"):
            locked = None
        elif action == Name("Include") and locked is not None:
            locked |= names
        elif action == Name("Exclude"):
            unlocked = names if unlocked is None else unlocked & names
        strict = revision.entry(lock, "P")
        if strict in {1, 2, 3}:
            kinds &= _BY_LEVEL[strict]
    return Permissions(level, kinds, locked, unlocked)


def _certifies(revision: Revision, signature: Signature) -> bool:
    """Tell whether the catalog names this one as the certification signature."""
    permissions = revision.entry(revision.entry(revision.trailer, "Root"), "Perms")
    return isinstance(permissions, dict) and signature.ref is not None and permissions.get("DocMDP") == signature.ref


def _names(revision: Revision, value: Value) -> frozenset[str]:
    entries = value if isinstance(value, list) else []
    return frozenset(text_of(revision.resolve(one)) for one in entries)


def _is_or_is_in(name: str, other: str) -> bool:
    return name == other or name.startswith(f"{other}.")
