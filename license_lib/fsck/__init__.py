"""Does all that a city has issued still agree: database, files, log, status lists and what was published?

Every check reads; nothing is believed because something else says so. What is found is a value with a code, words in
two languages and a remedy. A repair does only what follows from what is whole (`repairs.py`).
"""

from license_lib.fsck.checking import Fsck, Summary
from license_lib.fsck.findings import FSCK_CODES, FsckFinding
from license_lib.fsck.published import Published

__all__ = ["FSCK_CODES", "Fsck", "FsckFinding", "Published", "Summary"]
