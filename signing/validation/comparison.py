"""Whether two revisions say the same in some place, with all that is referred to from there."""

from typing import Final

from signing.pdf_reading import PdfError, Ref, Revision, Stream, Value
from signing.pdf_reading.likeness import alike, members

_MOST_STEPS: Final = 400_000
_DRAWN: Final = frozenset({"Contents", "Resources", "AP", "MK", "DR", "Font", "XObject", "CharProcs", "Pattern"})
"""Entries from where on everything is drawn."""


class Comparison:
    """Compares values of two revisions; what was found equal once is not looked at again.

    Args:
        old: a revision.
        new: a later one.
        judged: objects that are judged at their place: it is enough that both refer to the same one. That goes for
            links, not for what is drawn: there an object is what it holds, whatever else it may be.
    """

    def __init__(self, old: Revision, new: Revision, judged: frozenset[Ref] = frozenset()) -> None:
        self._old, self._new = old, new
        self._judged = judged
        self._equals: set[tuple[Ref, Ref, bool]] = set()
        self._steps = 0

    def _is_untouched(self, ref: Ref) -> bool:
        """Tell whether an object stands where it stood, so that only what it refers to can differ."""
        value = self._old.get(ref)
        return value is self._new.get(ref) and isinstance(value, dict | list | Stream)

    def step(self) -> None:
        """Count a step.

        Raises:
            PdfError: there were more than any honest document needs.
        """
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise PdfError("the document is too large to be compared")

    def equal(self, old: Value, new: Value, key: str = "") -> bool:
        """Whether two values say the same.

        Args:
            old: the one.
            new: the other.
            key: the entry that they stand for.

        Raises:
            PdfError: the document is too large to be compared.
        """
        pending: list[tuple[Value, Value, bool]] = [(old, new, key in _DRAWN)]
        assumed: set[tuple[Ref, Ref, bool]] = set()
        while pending:
            self.step()
            before, after, drawn = pending.pop()
            if isinstance(before, Ref) and isinstance(after, Ref):
                pair = (before, after, drawn)
                if pair in self._equals or pair in assumed:
                    continue
                if before == after and before in self._judged and not drawn:
                    continue
                assumed.add(pair)
                if before == after and self._is_untouched(before):
                    links = self._old.links(before)
                    pending += [(one, one, drawn or not _DRAWN.isdisjoint(keys)) for one, keys in links]
                    continue
            before, after = self._old.resolve(before), self._new.resolve(after)
            if not alike(before, after):
                return False
            if isinstance(before, Stream):
                before, after = before.dictionary, after.dictionary
            if isinstance(before, dict):
                pending += [(value, after[name], drawn or name in _DRAWN) for name, value in before.items()]
            else:
                pending += [(*pair, drawn) for pair in members(before, after)]
        self._equals |= assumed  # only now: what was met on the way to a difference is not known to be equal
        return True
