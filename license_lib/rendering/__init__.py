"""Licence → PDF 照面, with the gap for its seal: plan, print, attach the record."""

from license_lib.rendering.blocks import FacePlan
from license_lib.rendering.face import Press, printed, render
from license_lib.rendering.fonts import Fonts
from license_lib.rendering.photo import check_photo
from license_lib.rendering.plan import check_fit, check_glyphs, plan_face
from license_lib.rendering.press.binding import Attachment, Bound, SealSpace, Signature
from license_lib.rendering.press.stock import Ink, Strip
from license_lib.rendering.preview import page_png
from license_lib.rendering.print_copy import print_copy

__all__ = [
    "Attachment",
    "Bound",
    "FacePlan",
    "Fonts",
    "Ink",
    "Press",
    "SealSpace",
    "Signature",
    "Strip",
    "check_fit",
    "check_glyphs",
    "check_photo",
    "page_png",
    "plan_face",
    "print_copy",
    "printed",
    "render",
]
