"""The press: a licence's file written front to back, in one pass, onto what its template prints every time.

A plate 版 holds what does not change from one licence of a template to the next, as bytes of a file; `Sheet` collects
what does; `bind` writes both, with the gap that the signature fills. Nothing is parsed or copied again after that.
"""
