"""The QR on a licence's face: its signed payload, and reading codes from pictures and pages."""

from license_lib.qr.payload import QrError, QrProof, decode, encode, is_proof, proofs_among
from license_lib.qr.pictures import PictureError
from license_lib.qr.presented import is_presentation
from license_lib.qr.scanning import scan, scan_file

__all__ = [
    "PictureError",
    "QrError",
    "QrProof",
    "decode",
    "encode",
    "is_presentation",
    "is_proof",
    "proofs_among",
    "scan",
    "scan_file",
]
