"""A strict reader of PDF files (ISO 32000-2 §7): one meaning for every byte, or none.

Other readers repair what is broken, each in its own way, and that is how a file comes to show one thing to a person and
another to a verifier. This one repairs nothing, and says what every byte of a file is for.
"""

from signing.pdf_reading.file_map import FileMap, Revision, map_file
from signing.pdf_reading.values import HexString, Name, PdfError, Ref, Stream, Value

__all__ = ["FileMap", "HexString", "Name", "PdfError", "Ref", "Revision", "Stream", "Value", "map_file"]
