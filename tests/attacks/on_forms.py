"""The form and the seal's own field, changed after sealing: forged fields, a moved look, a seal that is hidden."""

from typing import Any

import pikepdf
from attacks.on_pages import OVER_THE_FACE, annotate, ink
from attacks.registry import attack, update
from attacks.revisions import append, as_written, bodies, opened
from attacks.workshop import Workshop
from pikepdf import Array, Dictionary, Name, Pdf, String


def seal_field(document: Pdf) -> Any:
    """The field of the seal, which is its widget too."""
    return document.Root.AcroForm.Fields[0]


@update()
def form_removed(document: Pdf) -> None:
    del document.Root.AcroForm


@update()
def fields_emptied(document: Pdf) -> None:
    document.Root.AcroForm.Fields = Array([])


@update()
def seal_field_loses_its_value(document: Pdf) -> None:
    del seal_field(document).V


@update()
def seal_field_of_another_type(document: Pdf) -> None:
    seal_field(document).FT = Name.Tx


@update()
def seal_field_renamed(document: Pdf) -> None:
    seal_field(document).T = String("Approved")


@update()
def seal_moved(document: Pdf) -> None:
    seal_field(document).Rect = Array(OVER_THE_FACE)


@update()
def seal_hidden(document: Pdf) -> None:
    seal_field(document).F = 2


@update()
def seal_look_replaced(document: Pdf) -> None:
    seal_field(document).AP = Dictionary(N=ink(document))


@update()
def seal_look_in_place(document: Pdf) -> None:
    seal_field(document).AP.N.write(b"1 1 1 rg 0 0 119 119 re f")


@update()
def seal_removed_from_the_page(document: Pdf) -> None:
    document.pages[0].Annots = Array([])


@update()
def seal_duplicated(document: Pdf) -> None:
    twin = Dictionary(dict(seal_field(document).items()))
    twin.T, twin.Rect = String("Seal2"), Array(OVER_THE_FACE)
    added = document.make_indirect(twin)
    document.Root.AcroForm.Fields.append(added)
    document.pages[0].Annots.append(added)


@update()
def seal_listed_twice(document: Pdf) -> None:
    fields = document.Root.AcroForm.Fields
    fields.append(fields[0])


@update()
def seal_under_a_parent(document: Pdf) -> None:
    field = seal_field(document)
    parent = Dictionary(T=String("Group"), Kids=Array([field]), FT=Name.Tx, V=String("FORGED"))
    field.Parent = document.make_indirect(parent)
    document.Root.AcroForm.Fields = Array([field.Parent])


@update()
def empty_signature_field_with_a_look(document: Pdf) -> None:
    field = annotate(document, "Widget", FT=Name.Sig, T=String("Second"))
    document.Root.AcroForm.Fields.append(field)


@update()
def empty_signature_field_of_no_size(document: Pdf) -> None:
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("Second"), Rect=Array([0, 0, 0, 0]))
    document.Root.AcroForm.Fields.append(document.make_indirect(field))


@update()
def text_field_filled(document: Pdf) -> None:
    field = annotate(document, "Widget", FT=Name.Tx, T=String("capital"), V=String("FORGED 90,000,000"))
    document.Root.AcroForm.Fields.append(field)


@update()
def appearances_wanted(document: Pdf) -> None:
    document.Root.AcroForm.NeedAppearances = True
    field = annotate(document, "Widget", FT=Name.Tx, T=String("capital"), V=String("FORGED 90,000,000"))
    field.DA = String("/Helv 30 Tf 0 g")
    document.Root.AcroForm.Fields.append(field)


@update()
def xfa_form_added(document: Pdf) -> None:
    xml = b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><template/></xdp:xdp>"
    document.Root.AcroForm.XFA = document.make_indirect(pikepdf.Stream(document, xml))


@update()
def calculation_added(document: Pdf) -> None:
    script = Dictionary(S=Name.JavaScript, JS=String("event.value = 90000000"))
    field = annotate(document, "Widget", FT=Name.Tx, T=String("capital"), AA=Dictionary(C=script))
    form = document.Root.AcroForm
    form.Fields.append(field)
    form.CO = Array([field])


@update()
def signature_flags_cleared(document: Pdf) -> None:
    document.Root.AcroForm.SigFlags = 0


@attack()
def seal_value_copied(workshop: Workshop) -> bytes:
    """The field's value is a copy of the signature dictionary, behind the seal: its gap is not the one covered."""
    pdf = workshop.pdf()
    with opened(pdf) as document:
        field = seal_field(document)
        copy = max(value.objgen[0] for value in document.objects) + 2
        text = bodies(document)
        number, seal_number = field.objgen[0], field.V.objgen[0]
        changed_field = text[number].replace(b"/V %d 0 R" % seal_number, b"/V %d 0 R" % copy)
        assert changed_field != text[number]
    start, end = as_written(pdf, seal_number)
    return append(pdf, {number: changed_field, copy: pdf[start:end]})


@attack()
def seal_value_reasoned_anew(workshop: Workshop) -> bytes:
    """The same object number, the same gap text, and another reason beside it."""
    pdf = workshop.pdf()
    with opened(pdf) as document:
        seal_number = seal_field(document).V.objgen[0]
    start, end = as_written(pdf, seal_number)
    return append(pdf, {seal_number: pdf[start:end].replace(b"/Type/Sig/", b"/Name(FORGED)/Type/Sig/", 1)})
