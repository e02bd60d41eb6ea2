"""Where the files of a folder that others write lead: a template says nothing but what stands in its own folder."""

from pathlib import Path


def leads_outside(path: Path) -> bool:
    """Whether a file is a link out of its folder and the one above it.

    The folders themselves may be links: who keeps the templates decides where they lie. A link that goes round in a
    circle leads nowhere: reading it says so.
    """
    try:
        there = path.resolve()
        return not any(there.is_relative_to(folder.resolve()) for folder in (path.parent, path.parent.parent))
    except (OSError, RuntimeError):
        return False
