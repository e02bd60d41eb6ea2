"""Licence → unsigned PDF 照面: plan, draw, attach the record. Checking what fits needs no PDF library."""

from license_lib.rendering.blocks import FacePlan
from license_lib.rendering.face import render
from license_lib.rendering.finishing import Attachment, SealSpace
from license_lib.rendering.fonts import Fonts
from license_lib.rendering.photo import check_photo
from license_lib.rendering.plan import check_fit, check_glyphs, plan_face
from license_lib.rendering.preview import page_png
from license_lib.rendering.print_copy import print_copy

__all__ = [
    "Attachment",
    "FacePlan",
    "Fonts",
    "SealSpace",
    "check_fit",
    "check_glyphs",
    "check_photo",
    "page_png",
    "plan_face",
    "print_copy",
    "render",
]
