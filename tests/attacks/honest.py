"""The control group: files that must pass, so that the harness cannot pass by refusing everything."""

from collections.abc import Mapping

from attacks.on_evidence import archived, archived_twice, long_term, store, token
from attacks.registry import Surgeon
from attacks.revisions import updated


def honest_files() -> Mapping[str, Surgeon]:
    """By name of the case."""
    return {
        "untouched-business": lambda workshop: workshop.pdf("business"),
        "untouched-neighbour": lambda workshop: workshop.pdf("neighbour"),
        "untouched-residence": lambda workshop: workshop.pdf("residence"),
        "with-evidence": lambda workshop: updated(workshop.pdf(), store(workshop)),
        "with-an-archive": lambda workshop: archived(workshop.pdf(), token(workshop)),
        "with-evidence-and-an-archive": long_term,
        "archived-twice": archived_twice,
    }
