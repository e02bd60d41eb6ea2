"""Text files of people: in UTF-8, with or without mark, or in GB 18030 as Chinese spreadsheets write it; within bounds.

GB 18030 takes nearly any bytes, so a file of which some lines are UTF-8 is refused: it would become other names.
"""

import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, Literal, Self

from license_lib.errors import InputError

LONGEST_LINE: Final = 4 * 1024 * 1024
"""Bytes of a line where a file is read line by line."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_8, _GB_18030 = "utf-8-sig", "gb18030"

# Python's gb18030 codec is the edition of 2005: these eight were private use then (GB 18030-2022, standards of 2023).
_GB_18030_2022 = str.maketrans("\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864", "龴龵龶龷龸龹龺龻")


def read_text(path: Path, max_bytes: int) -> str:
    """A text file, whole.

    Raises:
        InputError: `file.unreadable`, `file.too-large`, `file.encoding`.
    """
    data = read_file(path, max_bytes)
    encoding = _encoding(lambda: data.split(b"\n"), path.name)
    text = data.decode(encoding)
    return text.translate(_GB_18030_2022) if encoding == _GB_18030 else text


def read_file(path: Path, max_bytes: int) -> bytes:
    """A file's bytes, within bounds.

    Raises:
        InputError: `file.unreadable`, `file.too-large`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1) if os.fstat(file.fileno()).st_size <= max_bytes else None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL character
        raise _unreadable(path, error) from None
    if data is None or len(data) > max_bytes:
        raise _too_large(path, max_bytes)
    return data


class TextLines(Iterator[str]):
    """The lines of a text file, with their ends, in bounded memory: it is looked through once, and then read.

    Args:
        path: the file.
        max_bytes: of the file.
        end: what ends a line: a line feed alone, or any of the three usual ends, each kept as it is.

    Attributes:
        count: how many lines there are, at least; a line feed ends one.
        is_blank: there is nothing but white space.

    Raises:
        InputError: `file.unreadable`, `file.too-large` (also for one line), `file.encoding`; later `file.unreadable` if
            the file is changed meanwhile.
    """

    def __init__(self, path: Path, max_bytes: int, *, end: Literal["\n", ""]) -> None:
        self._path = path
        self.count, self.is_blank = 1, True
        try:
            file = open(path, "rb", opener=_at_once)  # noqa: SIM115 -- `Path.open` takes no opener
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from None
        try:
            self._state = _require_usual(file, path, max_bytes)
            encoding = _encoding(lambda: self._looked_through(file), path.name)
            for line in self._looked_through(file):
                self.count += line.endswith(b"\n")
                self.is_blank = self.is_blank and not line.removeprefix(_BYTE_ORDER_MARK).strip()
            file.seek(0)
        except OSError as error:
            file.close()
            raise _unreadable(path, error) from None
        except InputError:
            file.close()
            raise
        self._lines = io.TextIOWrapper(file, encoding=encoding, newline=end)
        self._moved = _GB_18030_2022 if encoding == _GB_18030 else None

    def __iter__(self) -> Self:
        """Itself."""
        return self

    def __next__(self) -> str:
        """The next line; behind the last one the file is closed."""
        try:
            line = "" if self._lines.closed else self._unchanged(self._lines.readline(LONGEST_LINE))
        except (OSError, UnicodeDecodeError) as error:
            self.close()
            raise _unreadable(self._path, error) from None
        except InputError:
            self.close()
            raise
        if not line:
            self.close()
            raise StopIteration
        return line.translate(self._moved) if self._moved else line

    def close(self) -> None:
        """Read no more."""
        self._lines.close()

    def __del__(self) -> None:
        """Whoever reads a batch may stop anywhere."""
        if "_lines" in vars(self):
            self.close()

    def _unchanged(self, line: str) -> str:
        """A line that was just read, if the file still is what was looked through; the end of another may be no end."""
        if _state(os.fstat(self._lines.fileno())) != self._state:
            raise _changed(self._path)
        return line

    def _looked_through(self, file: BinaryIO) -> Iterator[bytes]:
        file.seek(0)
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                problem = f"{self._path.name}: line {number} has more than {LONGEST_LINE:,} bytes"
                raise InputError("file.too-large", problem, hint="put photos beside the file")
            yield line


def _at_once(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes into would be waited for, else."""
    return os.open(path, flags | os.O_NONBLOCK)


def _state(about: os.stat_result) -> tuple[int, int]:
    return about.st_size, about.st_mtime_ns


def _require_usual(file: BinaryIO, path: Path, max_bytes: int) -> tuple[int, int]:
    """The state of a file that may be read line by line."""
    about = os.fstat(file.fileno())
    if not stat.S_ISREG(about.st_mode):  # a pipe cannot be read twice, and may never end
        raise InputError("file.unreadable", f"{path}: not a regular file")
    if about.st_size > max_bytes:
        raise _too_large(path, max_bytes)
    return _state(about)


def _encoding(lines: Callable[[], Iterable[bytes]], name: str) -> str:
    """What all lines of a file are in.

    Raises:
        InputError: `file.encoding`.
    """
    line = _first_other(lines(), "utf-8")
    if not line:
        return _UTF_8
    is_marked = next(iter(lines()), b"").startswith(_BYTE_ORDER_MARK)
    if is_marked or any(map(_surely_utf8, lines())):
        raise InputError("file.encoding", f"{name}: line {line} is not UTF-8, others are", hint="save it as UTF-8")
    if _first_other(lines(), _GB_18030):
        problem = f"{name}: is neither UTF-8 nor GB 18030 (line {line})"
        raise InputError("file.encoding", problem, hint="save it as UTF-8")
    return _GB_18030


def _first_other(lines: Iterable[bytes], encoding: str) -> int:
    """The first line that is not in an encoding, from 1; 0 if all are."""
    for number, line in enumerate(lines, 1):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            return number
    return 0


def _surely_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8 with a character of three bytes or more; text in GB 18030 is so by rare accident only."""
    try:
        return any(character > "\u07ff" for character in line.decode())
    except UnicodeDecodeError:
        return False


def _changed(path: Path) -> InputError:
    hint = "send it again once nobody writes to it; what was done stays done"
    return InputError("file.unreadable", f"{path}: was changed while it was read", hint=hint)


def _unreadable(path: Path, error: OSError | ValueError) -> InputError:
    if isinstance(error, UnicodeDecodeError):
        return _changed(path)
    problem = "is no file name"
    if isinstance(error, OSError):
        problem = error.strerror or "cannot be read"
    return InputError("file.unreadable", f"{path}: {problem}")


def _too_large(path: Path, max_bytes: int) -> InputError:
    return InputError("file.too-large", f"{path.name}: has more than {max_bytes:,} bytes", hint="split it")
