"""What a signature allows to be changed after it: DocMDP, FieldMDP (ISO 32000-2 §12.8.2), and the rule without."""

from collections.abc import Sequence
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
        if self.unlocked is not None and not any(_is_or_is_in(name, one) for one in self.unlocked):
            return False
        return self.locked is not None and not any(_is_or_is_in(name, one) for one in self.locked)


def permissions_of(revision: Revision, signature: Signature) -> Permissions:
    """What a signature allows, as the signed revision says it."""
    references = revision.entry(signature.value, "Reference")
    transforms = [revision.resolve(one) for one in references] if isinstance(references, list) else []
    level: int | None = None
    kinds = _SIGNING
    for one in transforms:
        if revision.entry(one, "TransformMethod") == Name("DocMDP"):
            given = revision.entry(revision.entry(one, "TransformParams"), "P")
            asked = _level(given) or (2 if given is None else 1)
            if _certifies(revision, signature):
                level = asked
            kinds &= _BY_LEVEL[asked]  # it was asked for, also where the catalog does not name it
    if level is not None:
        kinds = _BY_LEVEL[level]
    fields = [one for one in transforms if revision.entry(one, "TransformMethod") == Name("FieldMDP")]
    locks = [revision.entry(one, "TransformParams") or {} for one in fields]
    locks.append(revision.entry(signature.place.dictionary, "Lock"))
    return _locked(revision, Permissions(level, kinds), [one for one in locks if one is not None])


def _locked(revision: Revision, given: Permissions, locks: Sequence[Value]) -> Permissions:
    kinds, locked, unlocked = given.kinds, given.locked, given.unlocked
    for lock in locks:
        action, names = revision.entry(lock, "Action"), _names(revision, revision.entry(lock, "Fields"))
        if action == Name("Exclude"):
            unlocked = names if unlocked is None else unlocked & names
        elif action != Name("Include"):  # all, or nobody can tell which
            locked = None
        elif locked is not None:
            locked |= names
        if asked := _level(revision.entry(lock, "P")):
            kinds &= _BY_LEVEL[asked]
    return Permissions(given.level, kinds, locked, unlocked)


def _certifies(revision: Revision, signature: Signature) -> bool:
    """Tell whether the catalog names this one as the certification signature."""
    permissions = revision.entry(revision.entry(revision.trailer, "Root"), "Perms")
    return isinstance(permissions, dict) and signature.ref is not None and permissions.get("DocMDP") == signature.ref


def _level(value: Value) -> int | None:
    return value if isinstance(value, int) and value in _BY_LEVEL else None


def _names(revision: Revision, value: Value) -> frozenset[str]:
    entries = value if isinstance(value, list) else []
    return frozenset(text_of(revision.resolve(one)) for one in entries)


def _is_or_is_in(name: str, other: str) -> bool:
    return name == other or name.startswith(f"{other}.")
