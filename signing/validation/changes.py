"""What one revision of a document changed of the one before: both are walked side by side, from their trailers.

Everything that a reader could reach is compared. The few places in which long-term evidence, signatures, form values
and annotations may stand are known by name; what differs anywhere else is `OTHER`, and nobody allows that.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from signing.pdf_reading import Name, PdfError, Ref, Revision, Stream, Value
from signing.reports import Change, ChangeKind
from signing.validation.comparison import Comparison
from signing.validation.document import FormField, form_fields
from signing.validation.shapes import is_extensions, is_invisible, is_security_store, shows_nothing

_DEEPEST: Final = 400
_UNTOUCHED: Final = frozenset(
    {"Size", "Prev", "ID", "XRefStm", "Type", "W", "Index", "Filter", "DecodeParms", "Length", "DocChecksum"}
)
"""Entries of a trailer that speak of the file, not of the document (ISO 32000-2 table 15, and 17 for its streams)."""
_SIGNING: Final = frozenset({"V", "AP", "Rect", "F", "MK", "DA", "P", "M", "Lock", "Border", "BS"})
"""What signing an empty signature field may set."""
_FILLING: Final = frozenset({"V", "AP", "AS", "I", "RV", "TI", "MK", "Ff", "DA", "M"})
_DEFAULTS: Final = frozenset({"DR", "DA", "Q"})

_KNOWN_IN_CATALOG: Final[Mapping[str, tuple[ChangeKind, Callable[[Revision, Value], bool]]]] = {
    "DSS": (ChangeKind.EVIDENCE, is_security_store),
    "Extensions": (ChangeKind.EVIDENCE, is_extensions),
    "Metadata": (ChangeKind.METADATA, lambda revision, value: isinstance(revision.resolve(value), Stream)),
    "Version": (ChangeKind.METADATA, lambda revision, value: isinstance(revision.resolve(value), Name)),
}
"""Entries of the catalog that may change: what that is, and the shape that it must have."""


def changes(old: Revision, new: Revision) -> tuple[Change, ...]:
    """What differs between two revisions of a file.

    Raises:
        PdfError: the document is too deep or too large to be compared.
    """
    walk = _Walk(old, new)
    walk.trailers()
    return tuple(dict.fromkeys(walk.found))


class _Walk:
    """One comparison.

    Catalog, pages and fields are judged at their place: wherever else something refers to one of them, it is enough
    that it refers to the same one. Every other object is compared with all it refers to, once.
    """

    def __init__(self, old: Revision, new: Revision) -> None:
        self.old = old
        self.new = new
        self.found: list[Change] = []
        self._new_widgets: set[Ref] = set()
        self._pages_seen: set[Ref] = set()
        self._names = {one.ref: one.name for one in form_fields(old) if one.ref is not None}
        self._fields_before = self._names.keys()
        root = old.trailer.get("Root")
        judged = self._fields_before | set(self._page_refs())
        if isinstance(root, Ref) and root == new.trailer.get("Root"):
            judged |= {root}
        self._comparison = Comparison(old, new, frozenset(judged))

    def _page_refs(self) -> Iterator[Ref]:
        """All nodes of the tree of pages."""
        root = self.old.entry(self.old.trailer, "Root")
        pending = [root.get("Pages")] if isinstance(root, dict) else []
        seen: set[Ref] = set()
        while pending:
            node = pending.pop()
            if isinstance(node, Ref) and node not in seen:
                seen.add(node)
                yield node
                kids = self.old.entry(self.old.get(node), "Kids")
                pending += kids if isinstance(kids, list) else []

    def note(self, kind: ChangeKind, where: str) -> None:
        """Remember a difference."""
        self.found.append(Change(kind, where))

    def trailers(self) -> None:
        """Compare all that can be reached."""
        before, after = self.old.trailer, self.new.trailer
        for key in sorted((before.keys() | after.keys()) - _UNTOUCHED - {"Root", "Info"}):
            self.same(before.get(key), after.get(key), key)
        if not self._equal(before.get("Info"), after.get("Info")):
            self.note(ChangeKind.METADATA, "Info")
        if not isinstance(self.new.entry(after, "Info"), dict | None):
            self.note(ChangeKind.OTHER, "Info")
        self._catalog(self.old.entry(before, "Root"), self.new.entry(after, "Root"))

    def _catalog(self, old: Value, new: Value) -> None:
        if not isinstance(old, dict) or not isinstance(new, dict):
            raise PdfError("the document has no catalog")
        self._form(old, new)
        for key in sorted((old.keys() | new.keys()) - {"AcroForm"}):
            before, after, where = old.get(key), new.get(key), f"Root/{key}"
            known = _KNOWN_IN_CATALOG.get(key)
            if key == "Perms":
                self._permissions(before, after, where)
            elif key == "Pages":
                self._pages(before, after, where, 0)
            elif known is None:
                self.same(before, after, where)
            elif not self._equal(before, after):
                kind, has_shape = known
                self.note(kind if has_shape(self.new, after) else ChangeKind.OTHER, where)

    def _permissions(self, old: Value, new: Value, where: str) -> None:
        """A certification signature that was added announces itself here; the rest must stay."""
        before, after = self.old.resolve(old) or {}, self.new.resolve(new) or {}
        if not isinstance(before, dict) or not isinstance(after, dict) or before.keys() - after.keys():
            self.note(ChangeKind.OTHER, where)
            return
        for key in sorted(after):
            if key in before:
                self.same(before[key], after[key], f"{where}/{key}")
            else:
                self.note(ChangeKind.SIGNATURE if key == "DocMDP" else ChangeKind.OTHER, f"{where}/{key}")

    # -- the form -----------------------------------------------------------------------------------------------------

    def _form(self, old_root: dict[str, Value], new_root: dict[str, Value]) -> None:
        old, new = self.old.entry(old_root, "AcroForm"), self.new.entry(new_root, "AcroForm")
        if new is None and old is None:
            return
        if not isinstance(new, dict) or not isinstance(old, dict | None):
            self.note(ChangeKind.OTHER, "Root/AcroForm")
            return
        for one in form_fields(self.new):
            if one.ref is None:
                self.note(ChangeKind.OTHER, f"Root/AcroForm/{one.name}")
            elif one.ref not in self._fields_before:
                self._added_field(one.ref, one, f"Root/AcroForm/{one.name}")
        self._fields(
            self.old.entry(old or {}, "Fields") or [],
            self.new.entry(new, "Fields") or [],
            "Root/AcroForm",
        )
        for key in sorted(((old or {}).keys() | new.keys()) - {"Fields"}):
            value, where = (old or {}).get(key), f"Root/AcroForm/{key}"
            if key in _DEFAULTS and value is None:
                continue  # for fields that are to be drawn
            if key == "SigFlags" and _only_raised(self.old.resolve(value), self.new.entry(new, key)):
                continue
            if key == "DR":
                self._resources(value, new.get(key), where)
            else:
                self.same(value, new.get(key), where, key)

    def _resources(self, old: Value, new: Value, where: str) -> None:
        """Default resources (§12.7.3) are fonts that fields are drawn with: they may grow, and keep what they had."""
        before, after = self.old.entry(self.old.resolve(old), "Font"), self.new.entry(self.new.resolve(new), "Font")
        if not isinstance(before, dict | None) or not isinstance(after, dict | None):
            self.note(ChangeKind.OTHER, where)
            return
        for name in sorted(before or {}):
            self.same((before or {})[name], (after or {}).get(name), f"{where}/Font/{name}", "Font")

    def _added_field(self, ref: Ref, one: FormField, where: str) -> None:
        """A new field must be a signature's. Its widgets may be shown on pages."""
        if one.kind != "Sig":
            self.note(ChangeKind.OTHER if one.dictionary.get("FT") else ChangeKind.FORM, where)
            return
        self._new_widgets.add(ref)
        self._judge_signature(one.dictionary, where)

    def _judge_signature(self, field: dict[str, Value], where: str) -> None:
        value = self.new.entry(field, "V")
        stamp = isinstance(value, dict) and value.get("SubFilter") == Name("ETSI.RFC3161")
        if stamp and is_invisible(self.new, field):
            self.note(ChangeKind.TIME_STAMP, where)
        else:
            self.note(ChangeKind.SIGNATURE, where)
        if {"AA", "A"} & field.keys():
            self.note(ChangeKind.OTHER, where)
        if value is None and self._is_seen(self.new, field):
            self.note(ChangeKind.OTHER, f"{where}/AP")  # nobody signed what is shown there

    def _is_seen(self, revision: Revision, field: dict[str, Value]) -> bool:
        return not is_invisible(revision, field) and not shows_nothing(revision, revision.entry(field, "AP"))

    def _fields(self, old: Value, new: Value, where: str) -> None:
        """Fields that were there stay, in their order; new ones were judged already."""
        before, after = self._refs(old), self._refs(new)
        if before is None or after is None or not _keeps(before, after):
            self.note(ChangeKind.OTHER, f"{where}/Fields")
            return
        added = set(after) - set(before)
        if any(ref not in self._new_widgets and not self._is_inner(ref) for ref in added):
            self.note(ChangeKind.OTHER, f"{where}/Fields")
        for ref in before:
            self._field(ref, where, 0)

    def _is_inner(self, ref: Ref) -> bool:
        """A new field without a value of its own that only groups signature fields."""
        kids = self.new.entry(self.new.get(ref), "Kids")
        return isinstance(kids, list) and bool(kids) and all(kid in self._new_widgets for kid in kids)

    def _field(self, ref: Ref, where: str, depth: int) -> None:
        old, new = self.old.get(ref), self.new.get(ref)
        if not isinstance(old, dict) or not isinstance(new, dict) or depth > _DEEPEST:
            self.note(ChangeKind.OTHER, where)
            return
        where = f"Root/AcroForm/{self._names.get(ref, '')}"
        kind = str(self._inherited(self.old, old, "FT") or "")
        differing = [
            key
            for key in sorted((old.keys() | new.keys()) - {"Kids", "Parent"})
            if not self._equal(old.get(key), new.get(key), key)
        ]
        self.same(old.get("Parent"), new.get("Parent"), f"{where}/Parent")
        kids, new_kids = self.old.entry(old, "Kids"), self.new.entry(new, "Kids")
        if kids is not None or new_kids is not None:
            before, after = self._refs(kids or []), self._refs(new_kids or [])
            if (
                before is None
                or after is None
                or not _keeps(before, after)
                or set(after) - set(before) - self._new_widgets
            ):
                self.note(ChangeKind.OTHER, f"{where}/Kids")
            else:
                for kid in before:
                    self._field(kid, where, depth + 1)
        if not differing:
            return
        if kind == "Sig" and old.get("V") is None and set(differing) <= _SIGNING:
            self._judge_signature(new, where)
            if {"AP", "Rect", "F"} & set(differing) and self._is_seen(self.old, old):
                self.note(ChangeKind.OTHER, f"{where}/AP")  # whoever signed before saw another appearance
        elif (
            kind in {"Tx", "Btn", "Ch"}
            and set(differing) <= _FILLING
            and ("V" in differing or self._value_changed(old, new))
        ):
            self.note(ChangeKind.FORM, where)
        else:
            self.note(ChangeKind.OTHER, f"{where}/{differing[0]}")

    def _value_changed(self, old: dict[str, Value], new: dict[str, Value]) -> bool:
        """A widget's looks may follow the value of the field above it."""
        above = old.get("Parent")
        if not isinstance(above, Ref) or above != new.get("Parent"):
            return False
        return not self._equal(self.old.entry(self.old.get(above), "V"), self.new.entry(self.new.get(above), "V"))

    def _inherited(self, revision: Revision, field: dict[str, Value], key: str) -> Value:
        for _ in range(32):
            if key in field:
                return revision.resolve(field[key])
            above = revision.entry(field, "Parent")
            if not isinstance(above, dict):
                return None
            field = above
        return None

    # -- pages --------------------------------------------------------------------------------------------------------

    def _pages(self, old: Value, new: Value, where: str, depth: int) -> None:
        self._comparison.step()
        if isinstance(old, Ref):
            if old in self._pages_seen:
                return
            self._pages_seen.add(old)
        before, after = self.old.resolve(old), self.new.resolve(new)
        if old != new or not isinstance(before, dict) or not isinstance(after, dict) or depth > _DEEPEST:
            self.note(ChangeKind.OTHER, where)
            return
        for key in sorted(before.keys() | after.keys()):
            inner = f"{where}/{key}"
            if key == "Kids":
                self._kids(self.old.entry(before, key), self.new.entry(after, key), inner, depth)
            elif key == "Annots":
                self._annotations(before.get(key), after.get(key), inner)
            elif key == "Tabs" and before.get(key) is None and isinstance(after.get(key), Name):
                continue  # the order of the tabulator key
            else:
                self.same(before.get(key), after.get(key), inner, key)

    def _kids(self, old: Value, new: Value, where: str, depth: int) -> None:
        """The same pages in the same order."""
        if not isinstance(old, list) or old != new:
            self.note(ChangeKind.OTHER, where)
            return
        for index, kid in enumerate(old):
            self._pages(kid, kid, f"{where}/{index}", depth + 1)

    def _annotations(self, old: Value, new: Value, where: str) -> None:
        before, after = self.old.resolve(old) or [], self.new.resolve(new) or []
        if not isinstance(before, list) or not isinstance(after, list) or after[: len(before)] != before:
            self.note(ChangeKind.OTHER, where)
            return
        for index, one in enumerate(before):
            if not isinstance(one, Ref) or one not in self._fields_before:
                self.same(one, one, f"{where}/{index}")
        for index, one in enumerate(after[len(before) :], len(before)):
            if isinstance(one, Ref) and one in self._new_widgets:
                continue
            subtype = self.new.entry(self.new.resolve(one), "Subtype")
            known = isinstance(subtype, Name) and subtype != Name("Widget")
            self.note(ChangeKind.ANNOTATION if known else ChangeKind.OTHER, f"{where}/{index}")

    # -- anything else ------------------------------------------------------------------------------------------------

    def same(self, old: Value, new: Value, where: str, key: str = "") -> None:
        """Note a difference, if there is one, as one that nobody allows."""
        if not self._equal(old, new, key):
            self.note(ChangeKind.OTHER, where)

    def _equal(self, old: Value, new: Value, key: str = "") -> bool:
        return self._comparison.equal(old, new, key)

    def _refs(self, value: Value) -> list[Ref] | None:
        return (
            value
            if isinstance(value, list) and all(isinstance(one, Ref) for one in value) and len(set(value)) == len(value)
            else None
        )


def _only_raised(old: Value, new: Value) -> bool:
    """Tell whether the hint that there are signatures (§12.7.3, table 225) hints at what it did, and at more."""
    return isinstance(new, int) and (old is None or (isinstance(old, int) and new & old == old))


def _keeps(before: list[Ref], after: list[Ref]) -> bool:
    """Tell whether all that was in a list is in it still, in the same order."""
    known = set(before)
    return [one for one in after if one in known] == before
