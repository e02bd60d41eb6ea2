"""A department's own folder of templates with one new type, to do well and badly with."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from license_lib.rendering import Fonts
from license_lib.template_craft.check import Report, check_templates
from license_lib.template_craft.scaffold import new_template

DAY = date(2026, 11, 22)
KEY, NAME = "taxi-permit", "样例出租汽车运输证"
ROWS = """
[[fields]]
key = "vehicles"
code = "KZ_CLQD"
label = "车辆清单"
english = "Vehicles"
type = "rows"
max_rows = {rows}
columns = [{{ key = "plate", code = "KZ_CLHP", label = "车辆号牌", english = "Plate", max_length = {most} }}]
"""
TABLE = (
    '{{ field = "vehicles", page = {page}, x = 27, y = 30, w = 243, h = 130, row_h = {row_h}, overflow = "{overflow}", '
    'columns = [{{ field = "plate", w = 243 }}] }},'
)


@dataclass(frozen=True)
class Department:
    """A folder of templates with the type `taxi-permit`, which nobody has touched since it was made."""

    folder: Path
    fonts: Fonts

    @classmethod
    def begin(cls, folder: Path, fonts: Fonts) -> "Department":
        new_template(folder, KEY, NAME)
        return cls(folder, fonts)

    @property
    def type_folder(self) -> Path:
        return self.folder / KEY

    def edit(self, file: str, old: str, new: str) -> None:
        """Change one thing in a file of the type."""
        path = self.type_folder / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} must stand once in {file}"
        path.write_text(text.replace(old, new), "utf-8")

    def add(self, file: str, text: str) -> None:
        """Add to a file of the type, or make it."""
        path = self.type_folder / file
        before = path.read_text("utf-8") if path.exists() else ""
        path.write_text(before + text, "utf-8")

    def add_tables(self, *overflow: str, rows: int, most: int, row_h: int = 8) -> None:
        """A field of rows with a table for it on each further page."""
        self.add("type.toml", ROWS.format(rows=rows, most=most))
        self.add("example.toml", 'vehicles = [{ plate = "样A00001" }]\n')
        tables = "".join(TABLE.format(page=page, row_h=row_h, overflow=how) for page, how in enumerate(overflow, 2))
        self.edit("layout.toml", "# 与共用部分", f"tables = [{tables}\n]\n# 与共用部分")

    def report(self) -> Report:
        return check_templates(self.folder, fonts=self.fonts, day=DAY)

    def found(self) -> dict[tuple[str, str, str], str]:
        """What each finding says, by its code, file and path."""
        return {
            (one.code, one.problem.file.removeprefix(f"{KEY}/"), one.problem.path): one.problem.problem
            for one in self.report().findings
        }
