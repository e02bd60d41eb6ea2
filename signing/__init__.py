"""Seal and validate any PDF. This room never learns what a licence is."""
