"""What travels with the code, in a checkout or in an installed wheel: templates, migrations, its version."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from license_lib.errors import MachineError

PROGRAM = "license-lib"
_PACKAGE = Path(__file__).resolve().parent


def resource_folder(name: str) -> Path:
    """Find a data folder.

    Args:
        name: `templates` or `migrations`.

    Returns:
        The folder inside the installed package if it is there, else the one at the top of the checkout. The package
        comes first: beside an installed package lies all of site-packages, where any folder may bear the name.

    Raises:
        MachineError: `resource.missing` if neither exists.
    """
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise MachineError(
        "resource.missing",
        f"The folder '{name}' of license-lib is missing",
        hint="install the package again, or run from a complete checkout",
    )


@cache
def program_version() -> str:
    """The installed version; `0` in a checkout that nobody installed."""
    try:
        return version(PROGRAM)
    except PackageNotFoundError:
        return "0"


def fonts_beside(templates: Path) -> Path:
    """The folder of the fonts for a folder of templates: its own, or else the built-in one."""
    own = templates / "fonts"
    return own if own.is_dir() else resource_folder("templates") / "fonts"
