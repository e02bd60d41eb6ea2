"""The catalogue, permissions, attachments and metadata, changed after sealing."""

import pikepdf
from attacks.on_forms import seal_field
from attacks.registry import attack, update
from attacks.revisions import Style, append, as_written, bodies, opened, root_of, size_of
from attacks.workshop import Workshop
from pikepdf import Array, Dictionary, Name, Pdf, String


def script() -> Dictionary:
    """An action that runs a program in the viewer."""
    return Dictionary(S=Name.JavaScript, JS=String("app.alert('FORGED')"))


@update()
def permissions_removed(document: Pdf) -> None:
    del document.Root.Perms


@update()
def permissions_of_something_else(document: Pdf) -> None:
    document.Root.Perms.DocMDP = document.make_indirect(Dictionary(Type=Name.Sig))


@attack()
def permission_raised(workshop: Workshop) -> bytes:
    """The signature dictionary again under its number, with form filling allowed."""
    pdf = workshop.pdf()
    with opened(pdf) as document:
        number = seal_field(document).V.objgen[0]
    start, end = as_written(pdf, number)
    return append(pdf, {number: pdf[start:end].replace(b"/P 1>>", b"/P 3>>")})


@update()
def usage_rights_added(document: Pdf) -> None:
    document.Root.Perms.UR3 = Dictionary(Type=Name.Sig)


@update()
def open_action_script(document: Pdf) -> None:
    document.Root.OpenAction = script()


@update()
def open_action_launch(document: Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.Launch, F=String("calc.exe"))


@update()
def open_action_address(document: Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.URI, URI=String("https://license.example.invalid/"))


@update()
def open_action_other_document(document: Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.GoToR, F=String("other.pdf"), D=Array([0, Name.Fit]))


@update()
def catalog_actions(document: Pdf) -> None:
    document.Root.AA = Dictionary(WP=script())


@update()
def page_actions(document: Pdf) -> None:
    document.pages[0].AA = Dictionary(O=script())


@update()
def scripts_by_name(document: Pdf) -> None:
    document.Root.Names.JavaScript = Dictionary(Names=Array([String("a"), document.make_indirect(script())]))


@update()
def data_submitted(document: Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.SubmitForm, F=String("https://license.example.invalid/"))


@update()
def data_imported(document: Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.ImportData, F=String("forged.fdf"))


@update()
def threads_added(document: Pdf) -> None:
    bead = document.make_indirect(Dictionary(Type=Name.Bead, R=Array([0, 0, 10, 10])))
    document.Root.Threads = Array([document.make_indirect(Dictionary(Type=Name.Thread, F=bead))])


@update()
def piece_information_added(document: Pdf) -> None:
    document.Root.PieceInfo = Dictionary(Forger=Dictionary(LastModified=String("D:20261122120000Z"), Private=1))


@update()
def portfolio_added(document: Pdf) -> None:
    document.Root.Collection = Dictionary(Type=Name.Collection, View=Name.T, D=String("licence.pdf"))


@update()
def bookmarks_added(document: Pdf) -> None:
    mark = document.make_indirect(Dictionary(Title=String("FORGED"), A=script()))
    document.Root.Outlines = document.make_indirect(Dictionary(Type=Name.Outlines, First=mark, Last=mark, Count=1))
    document.Root.PageMode = Name.UseOutlines


@update()
def page_labels_added(document: Pdf) -> None:
    document.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=String("FORGED "))]))


@update()
def base_address_added(document: Pdf) -> None:
    document.Root.URI = Dictionary(Base=String("https://license.example.invalid/"))


@update()
def viewer_preferences_changed(document: Pdf) -> None:
    document.Root.ViewerPreferences = Dictionary(HideToolbar=True, HideWindowUI=True, DisplayDocTitle=False)


@update()
def version_raised(document: Pdf) -> None:
    document.Root.Version = Name("/2.0")


@update()
def extensions_added(document: Pdf) -> None:
    document.Root.Extensions = Dictionary(ADBE=Dictionary(BaseVersion=Name("/1.7"), ExtensionLevel=8))


@update()
def language_changed(document: Pdf) -> None:
    document.Root.Lang = String("en")


@update()
def requirements_added(document: Pdf) -> None:
    document.Root.Requirements = Array([Dictionary(Type=Name.Requirement, S=Name.EnableJavaScripts)])


@update()
def catalog_extended_at_will(document: Pdf) -> None:
    document.Root["/Unheard"] = Dictionary(Of=1)


@update()
def metadata_changed(document: Pdf) -> None:
    xml = document.Root.Metadata
    xml.write(xml.read_bytes().replace(b"license-lib", b"FORGED-lib"))


@update()
def information_changed(document: Pdf) -> None:
    document.trailer.Info.Title = String("FORGED")


@update()
def output_intent_changed(document: Pdf) -> None:
    document.Root.OutputIntents[0].OutputConditionIdentifier = String("FORGED")


@update()
def color_profile_replaced(document: Pdf) -> None:
    document.Root.OutputIntents[0].DestOutputProfile.write(b"no profile")


@attack()
def encryption_added(workshop: Workshop) -> bytes:
    """An update whose trailer names an encryption dictionary: every string behind it reads otherwise."""
    pdf = workshop.pdf()
    number = size_of(pdf)
    handler = b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (b"00" * 32, b"00" * 32)
    return append(pdf, {number: handler}, Style(extra=b"/Encrypt %d 0 R " % number))


def record_file(document: Pdf) -> pikepdf.Object:
    """The file specification of the record."""
    return document.Root.AF[0]


@update()
def record_replaced(document: Pdf) -> None:
    stream = record_file(document).EF.F
    stream.write(stream.read_bytes().replace("样例·张三".encode(), "样例·李四".encode()))


@update()
def record_renamed(document: Pdf) -> None:
    file = record_file(document)
    file.F = file.UF = String("record.json")
    document.Root.Names.EmbeddedFiles.Names[0] = String("record.json")


@update()
def record_relation_changed(document: Pdf) -> None:
    record_file(document).AFRelationship = Name.Unspecified


@update()
def record_removed(document: Pdf) -> None:
    del document.Root.AF
    del document.Root.Names


@update()
def record_elsewhere(document: Pdf) -> None:
    file = Dictionary(Type=Name.Filespec, FS=Name.URL, F=String("https://license.example.invalid/license-record.json"))
    document.Root.AF = Array([document.make_indirect(file)])


@update()
def record_stream_external(document: Pdf) -> None:
    stream = record_file(document).EF.F
    stream.write(b"")
    stream["/F"] = Dictionary(Type=Name.Filespec, F=String("license-record.json"))


@update()
def attachment_added(document: Pdf) -> None:
    stream = document.make_indirect(pikepdf.Stream(document, b"{}", Type=Name.EmbeddedFile))
    file = Dictionary(Type=Name.Filespec, F=String("more.json"), UF=String("more.json"), EF=Dictionary(F=stream))
    added = document.make_indirect(file)
    document.Root.Names.EmbeddedFiles.Names.extend([String("more.json"), added])
    document.Root.AF.append(added)


@update()
def record_twice_under_one_name(document: Pdf) -> None:
    old = record_file(document)
    twin = Dictionary(dict(old.items()))
    stream = document.make_indirect(pikepdf.Stream(document, b"{}", Type=Name.EmbeddedFile))
    twin.EF = Dictionary(F=stream, UF=stream)
    names = document.Root.Names.EmbeddedFiles.Names
    document.Root.Names.EmbeddedFiles.Names = Array([names[0], document.make_indirect(twin), *names])


@update()
def content_stream_external(document: Pdf) -> None:
    content = document.pages[0].Contents
    stream = content if isinstance(content, pikepdf.Stream) else content[0]
    stream.write(b"")
    stream["/F"] = Dictionary(Type=Name.Filespec, F=String("forged.txt"))


@attack()
def unused_object_added(workshop: Workshop) -> bytes:
    """Nothing refers to it yet; a later reader may find a use for it."""
    pdf = workshop.pdf()
    return append(pdf, {size_of(pdf): b"(unused)"})


@attack()
def catalog_copied_and_changed(workshop: Workshop) -> bytes:
    """The trailer names another catalogue, which has no form and so no seal."""
    pdf = workshop.pdf()
    number = size_of(pdf)
    with opened(pdf) as document:
        text = bodies(document)[root_of(pdf)]
    return append(pdf, {number: text.replace(b"/AcroForm", b"/Acr0Form")}, Style(root=number))
