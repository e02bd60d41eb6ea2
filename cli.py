"""The `license` command: parse → one call → print. It decides nothing.

Results go to stdout, Chinese or English text, or with --json one JSON object a line; errors go to stderr in the same
form. Exit codes: 0 in force (or done), 1 not, 2 undetermined, 3 usage or machine.
"""

# Longer than other modules: one command is one short function, and a reader looks for all of them in one place.
# (A comment, because the docstring is what `license --help` shows.)

import gc
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from inspect import Parameter, Signature, signature
from io import TextIOWrapper
from itertools import tee
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from license_lib.errors import InputError, LicenseError, MachineError

if TYPE_CHECKING:
    from threading import Event

    from license_lib.acceptance import Acceptance, Checklist
    from license_lib.accounts import Role
    from license_lib.accounts.opening import Accounts
    from license_lib.authority import Authority
    from license_lib.bundle import Bundle, Delta, OpenedBundle, Pin
    from license_lib.catalogue import Catalogue
    from license_lib.fsck import Fsck, FsckFinding
    from license_lib.issuing import Issued
    from license_lib.log.findings import LogFinding
    from license_lib.paper import PaperChecks
    from license_lib.publishing.publisher import Published
    from license_lib.rendering import Fonts
    from license_lib.repository.entries import Use
    from license_lib.settings import Settings
    from license_lib.template_craft.check import Report
    from license_lib.trust_list import Snapshot, TrustList
    from license_lib.verification import Verdict, Verifier
    from license_lib.verification.confinement import ConfinedVerifier, Opener
    from license_lib.verification.scans import FileScan

DONE, NOT, UNDETERMINED, FAILED = 0, 1, 2, 3
MOST_JOBS = 4  # unless --jobs asks for more
MOST_APPLICANT_BYTES = 64 * 1024
MOST_CODE_CHARACTERS = 16 * 1024  # of a line that a scanner types: far more than a code holds
MOST_NAME_CHARACTERS = 60  # of a code's text, where it stands for its name
MOST_MINUTES = 10 * 366 * 24 * 60  # ten years: more than any list lives
_FIRST_YEAR, _LAST_YEAR = 1950, 2200
_INTERRUPTED = 130  # how typer reports Ctrl-C
_USUAL = gc.get_threshold()
_SHORT_COMMAND = 300_000  # objects, before the collector of garbage looks at them for the first time

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
keys_app = typer.Typer(no_args_is_help=True, help="密钥 The development PKI.")
catalogue_app = typer.Typer(no_args_is_help=True, help="目录 Licence types.")
qr_app = typer.Typer(no_args_is_help=True, help="二维码 QR codes.")
signature_app = typer.Typer(no_args_is_help=True, help="签名 The signatures of any PDF.")
template_app = typer.Typer(no_args_is_help=True, help="模板 Make licence types: new, check, preview, diff, release.")
app.add_typer(keys_app, name="keys")
app.add_typer(catalogue_app, name="catalogue")
app.add_typer(qr_app, name="qr")
app.add_typer(signature_app, name="signature")
app.add_typer(template_app, name="template")
trust_app = typer.Typer(no_args_is_help=True, help="信任名单 Trust lists: publish, check, update, show.")
app.add_typer(trust_app, name="trust")
bundle_app = typer.Typer(no_args_is_help=True, help="离线包 Offline bundles: make, show, check, update.")
app.add_typer(bundle_app, name="bundle")
paper_app = typer.Typer(no_args_is_help=True, help="纸质 Printed licences: check.")
app.add_typer(paper_app, name="paper")
log_app = typer.Typer(no_args_is_help=True, help="日志 The transparency log: show, proof, witness, cosign, audit.")
app.add_typer(log_app, name="log")
department_app = typer.Typer(no_args_is_help=True, help="部门 Departments, whose people and programs have accounts.")
app.add_typer(department_app, name="department")
staff_app = typer.Typer(no_args_is_help=True, help="人员账户 People: add, list, roles, disable, reset, changes.")
app.add_typer(staff_app, name="staff")
client_app = typer.Typer(no_args_is_help=True, help="部门系统 Programs of departments: add, list, disable, rotate.")
app.add_typer(client_app, name="client")

Home = Annotated[Path, typer.Option("--home", envvar="LICENSE_HOME", help="Folder of license.toml.")]
PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="File with the passphrase; or set LICENSE_PASSPHRASE.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write the PDF here.")]
At = Annotated[datetime | None, typer.Option("--at", help="Judge at this moment instead of now; Beijing time.")]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", min=1, max=64, help="并行 Files judged at once; by default 4 at most."),
]
Audience = Annotated[
    str, typer.Option(help="出示对象 To whom it is shown: a name or a code, spelt alike on both sides.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, errors too.")]
English = Annotated[bool, typer.Option("--english", envvar="LICENSE_ENGLISH", help="English instead of 中文.")]

Folder = Annotated[
    Path | None, typer.Option("--folder", help="Folder of templates: else that of license.toml, else the built-in one.")
]
Variant = Annotated[str, typer.Option(help="Another layout: its name (duplicate), or the choice it is for (副本).")]
Page = Annotated[int, typer.Option(min=1, help="Which page a PNG shows.")]
Dpi = Annotated[int, typer.Option(min=1, max=600, help="Dots per inch of a PNG.")]

Signer = Annotated[Path | None, typer.Option("--signer", help="PEM certificate of who may sign the list.")]

Signers = Annotated[
    list[Path] | None,
    typer.Option(
        "--signer", help="PEM certificate of who signs a city's trust list; else the lists that are accepted."
    ),
]
Trust = Annotated[Path | None, typer.Option("--trust", help="Judge by this trust list alone.")]
Offline = Annotated[
    list[Path] | None,
    typer.Option("--offline", help="离线包 Ask nobody: judge by this bundle, one for each city, or by one trust list."),
]

TypeName = Annotated[str | None, typer.Option("--type", help="Licence type, if the file names none.")]
IssuerName = Annotated[str | None, typer.Option("--issuer", help="Issuing body, if the file names none.")]
Actor = Annotated[str, typer.Option(help="经办人 Who does it.")]
Reason = Annotated[str, typer.Option(help="事由 Why.")]
Body = Annotated[str, typer.Option(help="办理机构 The body that does it.")]
Basis = Annotated[str, typer.Option("--legal-basis", help="法律依据 The legal provision.")]
Paper = Annotated[str, typer.Option(help="文号 The paper that it stands on, such as a decision's number.")]
Effective = Annotated[
    datetime | None, typer.Option("--effective", help="生效时间 From when it has effect, else from now; Beijing time.")
]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]

User = Annotated[
    str, typer.Option("--actor", envvar="LICENSE_ACTOR", help="用证人 Who uses it; the login name if left out.")
]
Purpose = Annotated[str, typer.Option(help="用途 What for.")]
Item = Annotated[str, typer.Option(help="事项编码 Code of the service item that it is used for.")]
Case = Annotated[str, typer.Option(help="案卷号 The case's number.")]

WantedItem = Annotated[str, typer.Option("--item", help="政务服务事项 Code of the service item in service_items.toml.")]
ApplicantFile = Annotated[
    Path, typer.Option("--applicant-file", help="申请人 File with the applicants' numbers, one a line; - is stdin.")
]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day on which a licence is needed.")]

Source = Annotated[str, typer.Argument(metavar="SOURCE", help="Address or folder that holds log/ and status/.")]

Login = Annotated[str, typer.Argument(help="账户名 The name to sign in with.")]
Roles = Annotated[list[str], typer.Option("--role", help="岗位 staff, auditor or administrator; may be repeated.")]
PasswordFile = Annotated[Path | None, typer.Option("--password-file", help="File with the password, else it is asked.")]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password, and print it once.")]
Grants = Annotated[list[str], typer.Option("--grant", help="权限 ACTION:TYPE, such as look:*; may be repeated.")]

Command = Callable[..., int | None]


class Printer:
    """Prints results and errors, as JSON lines or as text in one language; terminals get no control characters."""

    def __init__(self, *, as_json: bool, english: bool) -> None:
        self.as_json = as_json
        self.english = english

    def result(self, value: dict[str, Any], zh: str, en: str) -> None:
        """One result, on stdout at once: a reader follows a batch, and keeps what came before a crash."""
        line = json.dumps(value, ensure_ascii=False) if self.as_json else _plain(en if self.english else zh)
        sys.stdout.write(f"{line}\n")  # in one piece: `print` ends a line separately, and Ctrl-C may come between
        sys.stdout.flush()

    def error(self, error: LicenseError) -> None:
        """What went wrong, on stderr."""
        from license_lib.error_texts import error_value

        line = json.dumps({"error": error_value(error)}, ensure_ascii=False)
        print(line if self.as_json else ("error " if self.english else "错误 ") + self.words(error), file=sys.stderr)

    def words(self, error: LicenseError) -> str:
        """An error as people read it."""
        from license_lib.error_texts import error_lines

        return _plain("\n".join(error_lines(error, english=self.english)))


def command(group: typer.Typer, name: str) -> Callable[[Command], Command]:
    """Add a command. Each has --json and --english, and is called with the printer that they ask for."""

    def add(work: Command) -> Command:
        def run_command(*, as_json: bool, english: bool, **arguments: Any) -> int | None:
            return work(Printer(as_json=as_json, english=english), **arguments)

        _, *own = signature(work).parameters.values()
        common = [
            Parameter(flag, Parameter.KEYWORD_ONLY, default=False, annotation=annotation)
            for flag, annotation in (("as_json", Json), ("english", English))
        ]
        run_command.__signature__ = Signature([*own, *common])  # type: ignore[attr-defined]  # what typer reads
        run_command.__doc__ = work.__doc__
        group.command(name)(run_command)
        return work

    return add


def main() -> None:
    """Entry point."""
    gc.set_threshold(_SHORT_COMMAND)  # a quarter of its time went into looking in vain for what could be freed
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # which it is not where there is none
            stream.reconfigure(errors="backslashreplace")  # text that no terminal can show
    if sys.stdout is None:  # it was closed by whoever started us
        sys.exit(FAILED)
    code = run(sys.argv[1:])
    gc.freeze()  # the process ends: Python is not to look through all that there is once more
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code; what goes wrong is printed, never raised."""
    english = "--english" in arguments or os.environ.get("LICENSE_ENGLISH", "") not in {"", "0"}
    printer = Printer(as_json="--json" in arguments, english=english)
    try:
        code = _needed_for(arguments)(list(arguments), standalone_mode=False, prog_name="license") or DONE
        sys.stdout.flush()
    except LicenseError as error:
        printer.error(error)
        code = FAILED
    except typer.TyperException as error:
        problem = error.format_message() or "no command is given"
        printer.error(InputError("usage", problem, hint="license --help, license COMMAND --help"))
        code = FAILED
    except typer.Abort:
        code = _INTERRUPTED
    except (BrokenPipeError, SystemExit):  # the reader went away; typer says so by leaving
        _give_up_output()
        code = FAILED
    except OSError as error:
        _give_up_output()
        printer.error(MachineError("output.unwritable", f"the results could not be written: {error.strerror}"))
        code = FAILED
    except Exception:  # noqa: BLE001 -- Python would end with 1, and 1 says "not in force"
        traceback.print_exc()
        code = FAILED
    if code == _INTERRUPTED:
        printer.error(InputError("interrupted", "stopped; what was issued stays issued", hint="run the same again"))
        code = FAILED
    return code


def _runs_long() -> None:
    """Let memory be freed as usual, in a command that does more than a little; what is loaded by now stays."""
    gc.freeze()
    gc.set_threshold(*_USUAL)


def _needed_for(arguments: Sequence[str]) -> typer.Typer:
    """The part of `app` that a command line names, all of it if it names none: making every command takes time."""
    name = arguments[0] if arguments else ""
    part = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    part.registered_commands = [one for one in app.registered_commands if one.name == name]
    part.registered_groups = [one for one in app.registered_groups if one.name == name]
    part.callback()(lambda: None)  # typer takes a lone command for the whole program otherwise
    return part if part.registered_commands or part.registered_groups else app


@command(app, "init")
def init(printer: Printer, home: Home = Path()) -> None:
    """建立 Make `license.toml` and an empty repository in a folder."""
    from license_lib.setting_up import initialise, require_not_lost

    require_not_lost(home)
    where = str(initialise(home).home.resolve())
    printer.result({"home": where}, f"已建立：{where}", f"ready: {where}")


@command(keys_app, "init")
def keys_init(printer: Printer, home: Home = Path(), passphrase_file: PassphraseFile = None) -> None:
    """生成 Make a development PKI: root, city CA, department seals, time-stamps, CRL and OCSP."""
    from license_lib.calendar import now
    from license_lib.setting_up import create_development_keys

    settings = _settings(home)
    create_development_keys(settings, _passphrase(passphrase_file, confirm=True), at=now())
    folder = str(settings.keys_folder.resolve())
    printer.result(
        {"keys": folder, "development": True},
        f"已生成开发测试密钥（不具法律效力）：{folder}",
        f"development keys, without legal effect: {folder}",
    )


@command(keys_app, "publish")
def keys_publish(printer: Printer, home: Home = Path(), passphrase_file: PassphraseFile = None) -> None:
    """更新 Issue fresh certificate revocation lists before the old ones go stale."""
    from license_lib.calendar import now
    from license_lib.setting_up import publish_development_crls

    publish_development_crls(_settings(home), _passphrase(passphrase_file), at=now())
    printer.result({"published": True}, "已更新证书吊销列表", "revocation lists published")


@command(catalogue_app, "list")
def catalogue_list(printer: Printer, home: Home = Path()) -> None:
    """列出 All licence types."""
    for kind in _catalogue(home):
        code, official = kind.code.value, kind.code.official
        printer.result(
            {"key": kind.key, "name": kind.name, "english": kind.english, "code": code, "official": official},
            f"{kind.key:26} {code}  {'国家代码' if official else '本地代码'}  {kind.name}",
            f"{kind.key:26} {code}  {'official' if official else 'local   '}  {kind.english}",
        )


@command(catalogue_app, "show")
def catalogue_show(printer: Printer, key: str, home: Home = Path()) -> None:
    """查看 One licence type: its rules and fields."""
    kind = _catalogue(home).get(key)
    validity = f"{kind.validity.rule} {kind.validity.years or ''}".strip()
    zh = f"{kind.name}  {kind.code.value}  {kind.code.source}"
    zh += f"\n  持证主体 {kind.holder.kind}  证照编号 {kind.number.rule} {kind.number.hint}  有效期 {validity}"
    en = f"{kind.english}  {kind.code.value}  {'official' if kind.code.official else 'local'} code"
    en += f"\n  holder {kind.holder.kind}  number {kind.number.rule}  validity {validity}"
    for spec in kind.fields:
        place = f"\n  {spec.key:26} {spec.code:14} {spec.type:12}"
        zh += f"{place} {'必填' if spec.required else '选填'} {spec.label}"
        en += f"{place} {'required' if spec.required else 'optional'} {spec.english}"
    printer.result(kind.model_dump(mode="json", exclude={"layout"}), zh, en)


@command(catalogue_app, "check")
def catalogue_check(
    printer: Printer, folder: Annotated[Path | None, typer.Argument(help="Built-in ones if left out.")] = None
) -> int:
    """检查 Load every template of a folder and name every fault with its mend."""
    from dataclasses import asdict

    from license_lib.catalogue import Catalogue, TemplateError
    from license_lib.resources import resource_folder

    try:
        keys = [kind.key for kind in Catalogue.load(folder or resource_folder("templates"))]
    except TemplateError as error:
        problems = [asdict(problem) for problem in error.problems]
        printer.result({"valid": False, "problems": problems}, error.message_zh, error.message)
        return NOT
    zh, en = f"{len(keys)} 种证照模板无误", f"{len(keys)} templates are in order"
    printer.result({"valid": True, "types": keys}, zh, en)
    return DONE


@command(template_app, "new")
def template_new(
    printer: Printer,
    key: Annotated[str, typer.Argument(help="The folder's name: small letters, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="中文名称")],
    like: Annotated[str, typer.Option("--from", help="Begin with a copy of this type.")] = "",
    folder: Folder = None,
    home: Home = Path(),
) -> None:
    """新建 Begin a licence type: a folder that can be checked and looked at at once."""
    from license_lib.template_craft.scaffold import new_template

    made = str(new_template(_own_templates(home, folder), key, name, like=like))
    zh = f"已新建：{made}\n  代码是占位的本地代码。下一步：修改其中的文件，再用 license template check 和 preview 查看"
    en = f"made: {made}\n  its code is a local stand-in; edit the files, then license template check and preview"
    printer.result({"folder": made}, zh, en)


@command(template_app, "check")
def template_check(
    printer: Printer,
    folder: Annotated[Path | None, typer.Argument(help="Folder of templates; or KEY alone, for the usual one.")] = None,
    key: Annotated[str, typer.Argument(help="One type only.")] = "",
    home: Home = Path(),
) -> int:
    """检查 Name all that is wrong with templates, or could go wrong, each with its mend."""
    from license_lib.template_craft.check import check_templates

    if folder is not None and not key and not folder.exists() and folder.name == str(folder):
        folder, key = None, str(folder)
    where = _templates(home, folder)
    return _print_report(printer, check_templates(where, key, fonts=_fonts(home, where), day=_today()))


@command(template_app, "preview")
def template_preview(
    printer: Printer,
    key: str,
    variant: Variant = "",
    outputs: Annotated[
        list[Path] | None, typer.Option("--output", "-o", help="A .pdf or .png file; may be repeated.")
    ] = None,
    page: Page = 1,
    dpi: Dpi = 150,
    folder: Folder = None,
    home: Home = Path(),
    *,
    longest: Annotated[
        bool, typer.Option("--longest", help="The longest legal values instead of the example's.")
    ] = False,
) -> None:
    """预览 Draw a template with its example, 样例 across every page."""
    from license_lib.template_craft.preview import check_outputs, preview, write_picture

    outputs = outputs or [Path(f"{key}-specimen.pdf")]
    check_outputs(outputs)
    where = _templates(home, folder)
    fonts = _fonts(home, where)
    pdf = preview(where, key, fonts=fonts, day=_today(), variant=variant, longest_values=longest)
    for output in outputs:
        write_picture(pdf, output, page=page, dpi=dpi)
        printer.result({"output": str(output)}, f"已写入：{output}", f"written: {output}")


@command(template_app, "diff")
def template_diff(
    printer: Printer,
    key: str,
    old: Annotated[str, typer.Argument(help="Version number; the newest release if left out.")] = "",
    new: Annotated[str, typer.Argument(help="Version number, or what the folder says now.")] = "now",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A .png: gone is red, new is green.")] = None,
    variant: Variant = "",
    page: Page = 1,
    dpi: Dpi = 110,
    folder: Folder = None,
    home: Home = Path(),
) -> int:
    """比较 What changed between two versions; exit code 0 nothing, 1 something."""
    from license_lib.template_craft.difference import two_versions
    from license_lib.template_craft.preview import write_output

    where = _templates(home, folder)
    versions = two_versions(where, key, old, new)
    changes = versions.changes()
    for change in changes:
        printer.result(change.value(), change.text("zh"), change.text("en"))
    if output is not None:
        fonts = _fonts(home, where)
        write_output(output, versions.picture(fonts=fonts, day=_today(), variant=variant, page=page, dpi=dpi))
        printer.result({"output": str(output)}, f"已写入：{output}", f"written: {output}")
    if not changes and not printer.as_json:
        print("no difference" if printer.english else "没有不同", file=sys.stderr)
    return NOT if changes else DONE


@command(template_app, "release")
def template_release(printer: Printer, key: str, folder: Folder = None, home: Home = Path()) -> int:
    """发布 Check a template and freeze it: licences are issued with it from then on."""
    from license_lib.template_craft.release import release_template

    where = _own_templates(home, folder)
    released = release_template(where, key, fonts=_fonts(home, where), day=_today())
    code = _print_report(printer, released.report)
    if released.path is None:
        return code
    path = str(released.path)
    printer.result(
        {"released": path},
        f"已发布：{path}\n  请将此文件纳入版本管理，不得改动",
        f"released: {path}\n  commit it, never change it",
    )
    return DONE


@command(template_app, "schema")
def template_schema(
    printer: Printer, folder: Annotated[Path | None, typer.Argument()] = None, home: Home = Path()
) -> None:
    """编辑 Write the JSON Schema that editors check type.toml and layout.toml with."""
    from license_lib.template_craft.schema import write_schemas

    made = str(write_schemas(_own_templates(home, folder)))
    printer.result({"folder": made}, f"已写入：{made}", f"written: {made}")


@command(app, "issue")
def issue(
    printer: Printer,
    request: Annotated[Path, typer.Argument(help="The request: a .toml or .json file.")],
    license_type: TypeName = None,
    issuer: IssuerName = None,
    output: Output = None,
    home: Home = Path(),
    passphrase_file: PassphraseFile = None,
) -> None:
    """颁发 Issue one licence."""
    from license_lib.batch import read_request

    wanted = read_request(request, {"type": license_type, "issuer": issuer})
    with _authority(home, _passphrase(passphrase_file)) as authority:
        issued = authority.issue(wanted)
    what = f"{issued.license.type_name} {issued.identifier}"
    printer.result(
        _issued(issued),
        f"{'此前已颁发' if issued.already else '已颁发'}：{what}",
        f"{'issued before' if issued.already else 'issued'}: {what}",
    )
    if output is not None:
        _write_pdf(output, issued.pdf, issued.identifier)


@command(app, "issue-batch")
def issue_batch(
    printer: Printer,
    file: Annotated[Path, typer.Argument(help="A .csv or .jsonl file, one licence a row.")],
    *,
    processes: Annotated[
        int, typer.Option(min=0, max=64, help="进程数 Processes that seal, by default one a core; 0: this one alone.")
    ] = os.cpu_count() or 1,
    dask: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="集群 A dask scheduler whose workers seal instead."),
    ] = "",
    home: Home = Path(),
    passphrase_file: PassphraseFile = None,
) -> int:
    """批量颁发 Issue a file of licences; a bad row is reported with its line, the others are issued."""
    from license_lib.batch import read_batch
    from license_lib.batch_progress import BatchProgress
    from license_lib.error_texts import error_value

    _runs_long()
    batch = read_batch(file)
    rows, again = tee(batch)
    passphrase = _passphrase(passphrase_file)
    counts = {"issued": 0, "already": 0, "failed": 0}
    progress = BatchProgress(
        sys.stderr, batch.lines, english=printer.english, as_json=printer.as_json, seconds=time.monotonic
    )
    with interruptible() as undisturbed:
        try:
            with (
                _authority(home, passphrase) as authority,
                closing(
                    authority.issue_all((row.request for row in again), processes=processes, cluster=dask)
                ) as results,
            ):
                for row, result in zip(rows, results, strict=True):
                    if isinstance(result, LicenseError):
                        status, value = "failed", {"error": error_value(result)}
                        words = printer.words(result).replace("\n", "\n  ")
                    else:
                        status, value, words = "already" if result.already else "issued", _issued(result), ""
                    with undisturbed:  # what is counted is told
                        counts[status] += 1
                        if words or printer.as_json:
                            progress.hide()
                            line = {"line": row.line, "status": status, **value}
                            printer.result(line, f"第{row.line}行 {words}", f"line {row.line} {words}")
                        progress.advance(row.line)
        finally:  # also where the machine stops it: what was issued stays issued
            with undisturbed:
                progress.hide()
                printer.result(
                    {"summary": counts},
                    f"新颁发 {counts['issued']}，此前已颁发 {counts['already']}，未颁发 {counts['failed']}",
                    f"issued {counts['issued']}, issued before {counts['already']}, not issued {counts['failed']}",
                )
    return NOT if counts["failed"] else DONE


@command(app, "show")
def show_license(
    printer: Printer,
    identifier: Annotated[str, typer.Argument(help="证照标识")] = "",
    number: Annotated[str, typer.Option(help="证照编号")] = "",
    holder: Annotated[str, typer.Option(help="持证主体代码: ID number or credit code")] = "",
    *,
    output: Output = None,
    at: Annotated[datetime | None, typer.Option("--at", help="Its state at this moment; Beijing time.")] = None,
    actor: User = "",
    purpose: Purpose = "",
    item: Item = "",
    case: Case = "",
    home: Home = Path(),
) -> int:
    """查找 Look up licences by identifier, licence number or holder number."""
    use, moment = _use(actor, purpose, item, case), _moment(at) if at else None
    with _authority(home, None) as authority:
        found = authority.records.find(use, identifier=identifier, number=number, holder_number=holder)
        for stored in found:
            told = authority.records.told(stored, at=moment)
            value = {**told.value(), "record": json.loads(stored.record)}
            printer.result(value, told.line(english=False), told.line(english=True))
        if holder and authority.records.is_corrected(holder):
            print("this number was corrected" if printer.english else "此代码曾经更正", file=sys.stderr)
        if output is not None and len(found) > 1:
            problem = f"{len(found)} licences were found; a file holds one"
            raise InputError("lookup.one", problem, hint="give the identifier of one of them")
        if output is not None and found:
            _write_pdf(output, authority.records.export(use, found[0]), found[0].identifier)
    if not found and not printer.as_json:
        print("nothing found" if printer.english else "没有找到", file=sys.stderr)
    return DONE if found else NOT


@command(app, "print")
def print_license(
    printer: Printer,
    identifier: Annotated[str, typer.Argument(help="证照标识")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Write the file for the printer here.")],
    actor: User = "",
    purpose: Purpose = "",
    item: Item = "",
    case: Case = "",
    home: Home = Path(),
) -> None:
    """打印 Write the file for the printer: the same face and code, the seal as ink, nothing signed."""
    with _authority(home, None) as authority:
        copy = authority.records.print_copy(_use(actor, purpose, item, case), identifier)
    _write(output, copy, f"{output} could not be written")
    printer.result({"output": str(output)}, f"打印件：{output}", f"for the printer: {output}")


@command(app, "verify")
def verify(
    printer: Printer,
    files: Annotated[list[Path] | None, typer.Argument(help="PDF files or pictures.")] = None,
    code: Annotated[str, typer.Option(help="The text of a QR code.")] = "",
    identifier: Annotated[str, typer.Option(help="证照标识 in this repository.")] = "",
    at: At = None,
    jobs: Jobs = None,
    home: Home = Path(),
    *,
    trust: Trust = None,
    offline: Offline = None,
    signer: Signers = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a report, judge nothing.")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="核验报告 Write a report: a .pdf or .html.")] = None,
    seal_by: Annotated[str, typer.Option("--seal-by", help="Whose seal a report as PDF bears: an issuer's id.")] = "",
    checker: Annotated[
        str, typer.Option(envvar="LICENSE_ACTOR", help="核验人 Who checks; the login name if left out.")
    ] = "",
    purpose: Purpose = "",
    item: Item = "",
    case: Case = "",
    log_proof: Annotated[
        Path | None, typer.Option("--log-proof", help="日志证明 Of one FILE; else FILE.tlog-proof beside it, if there.")
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> int:
    """核验 Judge files, a scanned code, or a licence of the repository. Of several, the worst decides: 3, 1, 2, 0."""
    from license_lib.calendar import now
    from license_lib.judges import confined_verifier

    if schema:
        from license_lib.verification.report_schema import report_schema

        print(json.dumps(report_schema(), ensure_ascii=False, indent=2))
        return DONE
    _require_something(files, code, identifier, log_proof)
    present = now()
    moment = _moment(at) if at else present
    names = {"checker": checker, "purpose": purpose, "case": case}
    note = _noting(None if trust or offline else _settings(home), _use(checker, purpose, item, case))
    opener = _opener(home, trust, offline, signer)
    if report is not None:
        file = _only_file(files, code, identifier)
        judge = partial(confined_verifier, opener, method="fork", workers=1)
        return _report(
            printer,
            judge,
            note,
            file,
            report,
            home,
            passphrase_file,
            seal_by,
            names,
            log_proof,
            at=moment,
            now=present,
        )
    if seal_by:
        raise typer.BadParameter("--seal-by is for a --report")
    tally = _Tally(printer)
    # This process has one thread, so that its workers may be forks: they need not import everything again.
    judge = partial(confined_verifier, opener, method="fork", workers=_workers(jobs, files))
    with judge() as verifier:
        for path, verdict in verifier.verify_each(files or (), _judged_bytes, at=moment, now=present):
            if isinstance(verdict, LicenseError):  # the other files are judged all the same
                tally.failed(path, verdict)
            else:
                tally.judged(str(path), note(_with_proof(verifier, verdict, path, log_proof)))
        if code:
            tally.judged("--code", note(verifier.verify_code(code, at=moment, now=present)))
        if identifier:
            looked_up = verifier.status(identifier, at=moment, now=present)
            tally.judged(identifier, note(looked_up) if looked_up else None)
    if len(files or ()) > 1:
        tally.summary()
    return _worst(tally.codes)


@command(app, "accept")
def accept_license(
    printer: Printer,
    file: Annotated[Path, typer.Argument(help="A PDF file or a picture.")],
    *,
    item: WantedItem,
    applicant_file: ApplicantFile,
    until: Until = None,
    actor: User = "",
    purpose: Purpose = "",
    case: Case = "",
    home: Home = Path(),
) -> int:
    """受理 Does a licence in force serve for a service item? Exit codes: 0 it does, 1 not, 2 undetermined."""
    from license_lib.acceptance import Applicants, Decision, ServiceItems, accept
    from license_lib.calendar import now
    from license_lib.configured import load_catalogue
    from license_lib.judges import confined_verifier

    settings = _settings(home)
    catalogue = load_catalogue(settings)
    wanted = ServiceItems.load(home, catalogue).get(item)
    applicants = Applicants.read(_applicants(applicant_file))
    present = now()
    data = _judged_bytes(file)
    note = _noting(settings, _use(actor, purpose or wanted.name, item, case))
    with confined_verifier(settings, method="fork", workers=1) as verifier:
        verdict = note(verifier.verify(data, at=present, now=present))
    acceptance = accept(verdict, wanted, applicants, catalogue, until=until.date() if until else None)
    _print_acceptance(printer, str(file), verdict, acceptance)
    return {Decision.ACCEPTED: DONE, Decision.UNDETERMINED: UNDETERMINED}.get(acceptance.decision, NOT)


@command(app, "materials")
def materials(
    printer: Printer,
    *,
    item: WantedItem,
    applicant_file: ApplicantFile,
    until: Until = None,
    actor: User = "",
    purpose: Purpose = "",
    case: Case = "",
    home: Home = Path(),
) -> int:
    """材料核对 What need not be asked for. Exit codes: 0 all that is required is there, 1 not, 2 not known."""
    from license_lib.acceptance import Answer, Applicants, MaterialsCheck, ServiceItems, check_materials
    from license_lib.calendar import now

    with _authority(home, None) as authority:
        wanted = ServiceItems.load(home, authority.catalogue).get(item)
        check = MaterialsCheck(
            item=wanted,
            applicants=Applicants.read(_applicants(applicant_file)),
            until=until.date() if until else None,
        )
        use, present = _use(actor, purpose or wanted.name, item, case), now()
        checklist = check_materials(
            authority.records,
            use,
            check,
            lambda identifier: authority.verifier.status(identifier, at=present),
            allowed=lambda _: True,
        )
    _print_checklist(printer, checklist)
    answers = {one.answer for one in checklist.lacking}
    return DONE if not answers else UNDETERMINED if answers == {Answer.UNKNOWN} else NOT


@command(signature_app, "verify")
def signature_verify(
    printer: Printer,
    files: Annotated[list[Path], typer.Argument(help="PDF files, licences or not.")],
    *,
    trust: Annotated[Path | None, typer.Option(help="PEM file: trust these certificates, instead of our keys.")] = None,
    trust_embedded: Annotated[
        bool, typer.Option("--trust-embedded", help="Trust each signer's own certificate: judge integrity alone.")
    ] = False,
    at: At = None,
    jobs: Jobs = None,
    home: Home = Path(),
) -> int:
    """验签 Judge every signature of PDF files: intact, altered, unsigned, malformed or indeterminate."""
    from license_lib.calendar import now
    from license_lib.configured import load_trust
    from license_lib.verification.signed_files import confined_judge, file_lines, file_report, load_anchors

    if trust and trust_embedded:
        raise typer.BadParameter("give --trust or --trust-embedded")
    anchors = load_anchors(trust) if trust else None if trust_embedded else load_trust(_settings(home))
    moment = _moment(at) if at else now()
    codes = set()
    with confined_judge(anchors, workers=_workers(jobs, files), method="fork") as judge:
        for path, report in judge.verify_each(files, _judged_bytes, at=moment):
            if isinstance(report, LicenseError):  # the other files are judged all the same
                printer.error(_of_file(path, report))
                codes.add(FAILED)
                continue
            texts = ["\n".join(file_lines(report, language)) for language in ("zh", "en")]
            printer.result(
                {"file": str(path), **file_report(report)}, *(f"{_one_line(path)}: {text}" for text in texts)
            )
            codes.add({"intact": DONE, "indeterminate": UNDETERMINED}.get(report.outcome.value, NOT))
    return _worst(codes)


@command(trust_app, "publish")
def trust_publish(
    printer: Printer,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Else trust-list.jws in the home.")] = None,
    home: Home = Path(),
    passphrase_file: PassphraseFile = None,
) -> None:
    """发布 Sign the next list from license.toml, trust.toml and the public keys."""
    from license_lib.calendar import now
    from license_lib.configured import load_issuers
    from license_lib.trusting import publish_list

    settings, passphrase = _settings(home), _passphrase(passphrase_file)
    made, before, path = publish_list(
        settings, _catalogue(home), load_issuers(settings), passphrase, output=output, at=now()
    )
    _print_changes(printer, before.list if before else None, made.list)
    printer.result(
        {"output": str(path), **_list_value(made)}, *_list_words(made, f"已发布：{path}", f"published: {path}")
    )


@command(trust_app, "show")
def trust_show(
    printer: Printer,
    file: Annotated[Path | None, typer.Argument(help="A list; the accepted ones if left out.")] = None,
    home: Home = Path(),
) -> int:
    """查看 What a list says. It may be anybody's: `check` tells whether to trust it."""
    from license_lib.network import make_fetcher
    from license_lib.trust_list import open_list
    from license_lib.trust_list.changes import facts
    from license_lib.trusting import list_store, read_list

    shown = list_store(home).all_current() if file is None else (open_list(read_list(str(file), make_fetcher())),)
    for snapshot in shown:
        zh, en = _list_words(snapshot, snapshot.list.authority, snapshot.list.authority)
        said = list(facts(snapshot.list))
        value = {**_list_value(snapshot), "list": json.loads(snapshot.list.canonical_bytes())}
        printer.result(value, "\n  ".join([zh, *(f.zh for f in said)]), "\n  ".join([en, *(f.en for f in said)]))
    if not shown and not printer.as_json:
        print("no list was accepted" if printer.english else "没有已接受的名单", file=sys.stderr)
    return DONE if shown else NOT


@command(trust_app, "check")
def trust_check(
    printer: Printer,
    source: Annotated[str, typer.Argument(help="A file or an address; else trust-list.jws in the home.")] = "",
    signer: Signer = None,
    home: Home = Path(),
) -> int:
    """检查 Would this list be accepted, and what would change? Exit code 2: nobody has said who may sign it."""
    return _take_list(printer, source or str(home / "trust-list.jws"), signer, home, keep=False)


@command(trust_app, "update")
def trust_update(
    printer: Printer,
    source: Annotated[str, typer.Argument(help="A file or an address.")],
    signer: Signer = None,
    home: Home = Path(),
) -> int:
    """更新 Accept a newer list. The first one needs --signer: the certificate of who signs it, got by another way."""
    return _take_list(printer, source, signer, home, keep=True)


@command(app, "publish")
def publish(
    printer: Printer,
    *,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on, and publish what becomes new within seconds.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="重写 Write all files anew, also those that are there.")
    ] = False,
    every: Annotated[float, typer.Option("--every", min=0.1, max=3600, help="秒 With --follow: look so often.")] = 1,
    home: Home = Path(),
    passphrase_file: PassphraseFile = None,
) -> int:
    """公布 Write status lists and the log into the public folder. Nothing new: nothing is written."""
    from license_lib.calendar import now
    from license_lib.publishing.following import follow as follow_publisher

    with _authority(home, _passphrase(passphrase_file)) as authority:
        if again or not follow:
            _print_published(printer, authority.publisher.publish(again=again))
        if not follow:
            return DONE
        with _until_stopped() as stopped:
            wait = lambda: not stopped.wait(every)  # noqa: E731 - one line, used once
            for done in follow_publisher(authority.publisher, wait=wait, clock=now):
                if isinstance(done, LicenseError):
                    printer.error(done)
                else:
                    _print_published(printer, done)
    return DONE


@command(log_app, "show")
def log_show(printer: Printer, home: Home = Path()) -> int:
    """查看 What is published of our log, and who witnessed it."""
    from license_lib.publishing.composing import make_heads

    with _authority(home, None) as authority:
        signed, size = make_heads(authority.settings).newest(), authority.repository.log.head().size
    if signed is None:
        printer.result(
            {"published": None, "entries": size}, f"尚未公布；库中{size}条", f"not published; {size} entries"
        )
        return NOT
    head = signed.checkpoint
    witnesses = [line.key.name for line in signed.witnessed]
    value = {"origin": head.origin, "size": head.size, "root": head.root.hex(), "witnesses": witnesses}
    printer.result(
        {"published": value, "entries": size},
        f"{head.origin}  已公布{head.size}条，库中{size}条\n  根 {head.root.hex()}\n"
        f"  见证方 {'、'.join(witnesses) or '无'}",
        f"{head.origin}  {head.size} entries published of {size}\n  root {head.root.hex()}\n"
        f"  witnesses {', '.join(witnesses) or 'none'}",
    )
    return DONE


@command(log_app, "proof")
def log_proof(
    printer: Printer,
    identifier: Annotated[str, typer.Argument(help="证照标识")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Else IDENTIFIER.tlog-proof.")] = None,
    home: Home = Path(),
) -> None:
    """证明 Write the proof that a licence's issue is in the published log; put it beside the licence."""
    from license_lib.log.proofs import SUFFIX
    from license_lib.publishing.composing import make_heads

    with _authority(home, None) as authority:
        proof = make_heads(authority.settings).prove(authority.repository, identifier)
    path = output or Path(f"{identifier}{SUFFIX}")
    _write(path, proof.encoded(), f"{path} could not be written")
    value = {"output": str(path), "index": proof.index}
    printer.result(value, f"日志证明：{path}（第{proof.index}条）", f"proof: {path} (entry {proof.index})")


@command(log_app, "notice")
def log_notice(
    printer: Printer,
    identifier: Annotated[str, typer.Argument(help="证照标识")],
    sequence: Annotated[
        int | None, typer.Option(help="序号 Which event, as history numbers them; else the last.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Else IDENTIFIER-SEQUENCE.notice.")] = None,
    actor: User = "",
    purpose: Purpose = "",
    item: Item = "",
    case: Case = "",
    home: Home = Path(),
) -> None:
    """告知 Write an event for the party it concerns, with its salt: log audit --notice finds out whether it stands."""
    with _authority(home, None) as authority:
        notice = authority.records.notice(_use(actor, purpose, item, case), identifier, sequence)
    path = output or Path(f"{identifier}-{json.loads(notice)['event']['sequence']}.notice")
    _write(path, notice, f"{path} could not be written")
    printer.result({"output": str(path)}, f"办理告知：{path}", f"notice: {path}")


@command(log_app, "witness-key")
def log_witness_key(
    printer: Printer,
    file: Annotated[Path, typer.Argument(help="Where; its public half goes into FILE.vkey.")],
    name: Annotated[str, typer.Option(help="The witness's name, like an address without https://.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """见证密钥 Make a witness's key. Give the line that is printed to those who are to count its signatures."""
    from license_lib.witnessing import make_witness_key

    vkey = make_witness_key(file, name, _passphrase(passphrase_file, confirm=True), os.urandom)
    printer.result({"vkey": vkey}, vkey, vkey)


@command(log_app, "witness")
def log_witness(
    printer: Printer,
    source: Source,
    *,
    vkey: Annotated[str, typer.Option(help="公钥 The log's verifier key; it bears the log's origin.")],
    state: Annotated[Path, typer.Option(help="The witness's folder, which remembers what was signed. Back it up.")],
    key: Annotated[Path, typer.Option(help="The witness's key, as witness-key made it.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the cosigned checkpoint here.")] = None,
    passphrase_file: PassphraseFile = None,
) -> int:
    """见证 Sign the newest checkpoint of somebody's log, if it continues the last one that was signed here."""
    from license_lib.calendar import now
    from license_lib.log.findings import LogError
    from license_lib.network import make_fetcher
    from license_lib.publishing.reading import log_reader, reader
    from license_lib.witnessing import cosign

    fetch = log_reader(reader(source, make_fetcher()))
    try:
        made = cosign(fetch, vkey, folder=state, key=key, passphrase=_passphrase(passphrase_file), now=now())
    except LogError as error:
        printer.result(*_log_finding("", error.finding))
        return NOT
    if output is not None:
        _write(output, made.checkpoint, f"{output} could not be written")
    printer.result({"cosignature": made.line}, made.line, made.line)
    return DONE


@command(log_app, "cosign")
def log_cosign(
    printer: Printer,
    file: Annotated[Path, typer.Argument(help="What a witness made: its line, or the checkpoint with it.")],
    home: Home = Path(),
) -> None:
    """收签 Take a witness's signature into the published checkpoint. Known witnesses stand in license.toml."""
    from license_lib.log.proofs import MAX_PROOF_BYTES
    from license_lib.publishing.composing import make_heads

    with _authority(home, None) as authority:
        names = make_heads(authority.settings).take(authority.repository, _bytes(file, MAX_PROOF_BYTES))
    printer.result({"witnesses": list(names)}, f"已收签：{'、'.join(names)}", f"taken in: {', '.join(names)}")


@command(log_app, "audit")
def log_audit(
    printer: Printer,
    source: Source,
    *,
    state: Annotated[Path, typer.Option(help="The auditor's folder for this log: the next audit goes on from it.")],
    vkey: Annotated[str, typer.Option(help="公钥 The log's verifier key.")] = "",
    trust_list: Annotated[Path | None, typer.Option("--trust-list", help="Or a trust list that names the log.")] = None,
    known: Annotated[
        list[Path] | None, typer.Option("--known", help="A checkpoint that was got elsewhere, such as from a witness.")
    ] = None,
    licenses: Annotated[
        list[Path] | None, typer.Option("--license", help="证照 A licence's file: is it in the log?")
    ] = None,
    notices: Annotated[
        list[Path] | None, typer.Option("--notice", help="告知 A notice of an event: does the log say the same?")
    ] = None,
    status: Annotated[
        bool, typer.Option("--status", help="Do the status lists say what follows from the log?")
    ] = False,
    home: Home = Path(),
) -> int:
    """审计 Read a whole log, and find what contradicts it. Exit codes: 0 nothing, 1 something, 2 unreadable."""
    from license_lib.auditing import audit_published, listed_policy, policy_of
    from license_lib.calendar import now
    from license_lib.log.proofs import MAX_PROOF_BYTES
    from license_lib.network import make_fetcher
    from license_lib.publishing.reading import reader
    from license_lib.repository.notices import MAX_NOTICE_BYTES

    if bool(vkey) == bool(trust_list):
        raise typer.BadParameter("give --vkey or --trust-list")
    listed = _listed(trust_list, home) if trust_list else None
    policy = policy_of(vkey) if listed is None else listed_policy(listed)
    if policy is None:
        raise InputError("trust.log-missing", "the trust list names no log", hint="give --vkey")
    report = audit_published(
        reader(source, make_fetcher()),
        policy,
        state,
        now=now(),
        known=[_bytes(path, MAX_PROOF_BYTES) for path in known or ()],
        licenses=[(str(path), _judged_bytes(path)) for path in licenses or ()],
        notices=[(str(path), _bytes(path, MAX_NOTICE_BYTES)) for path in notices or ()],
        status=status,
        signers=listed.list.status_signers if listed else (),
    )
    for found in report.findings:
        printer.result(*_log_finding(found.about, found.finding))
    head = report.head
    size = head.size if head else 0
    value = {
        "complete": report.complete,
        "size": size,
        "root": head.root.hex() if head else None,
        "status_lists": report.lists,
        "licenses": report.licenses,
        "notices": report.notices,
        "findings": len(report.findings),
    }
    zh = "已审计" if report.complete else "未能审计全部"
    zh += f"：日志{size}条，状态名单{report.lists}份，证照{report.licenses}份，告知{report.notices}份，"
    en = (
        f"{'audited' if report.complete else 'not all could be audited'}: {size} entries, {report.lists} status lists, "
    )
    printer.result(
        {"audit": value},
        zh + f"发现{len(report.findings)}项",
        en + f"{report.licenses} licences, {report.notices} notices; {len(report.findings)} findings",
    )
    if report.undetermined:
        return UNDETERMINED
    return NOT if report.findings else DONE


@command(qr_app, "scan")
def qr_scan(
    printer: Printer,
    files: Annotated[list[Path], typer.Argument(help="Pictures and PDF files.")],
    *,
    seconds: Annotated[
        float, typer.Option(min=0, max=15, help="Time for a file that is hard to read; 0: one look.")
    ] = 2,
    jobs: Jobs = None,
) -> int:
    """扫描 Read every QR code of pictures and PDF files, one line a file. Nothing is judged: that is `license verify`.

    Exit codes: 0 each file had a code, 1 one had none, or a broken one, 2 one was refused, 3 one could not be opened.
    """
    from license_lib.calendar import now
    from license_lib.qr.retries import Patience
    from license_lib.verification.scans import FileScan, confined_scanner, scan_value

    codes = set()
    patience = Patience(seconds, time.monotonic)
    with confined_scanner(patience, workers=_workers(jobs, files), method="fork") as scanner:
        for path, scanned in scanner.verify_each(files, _judged_bytes, at=now()):
            if isinstance(scanned, MachineError):
                raise _of_file(path, scanned)
            scan = FileScan(error=scanned) if isinstance(scanned, LicenseError) else scanned
            codes.add(_scan_code(scan))
            words = []
            for nothing in ("没有二维码", "no code"):
                named = [("亮证码 " if text in scan.presentations else "") + _one_line(text) for text in scan.texts]
                lines = [*named, *([printer.words(scan.error)] if scan.error else [])]
                words.append(f"{_one_line(path)}: " + ("\n  ".join(lines) or nothing))
            printer.result({"file": str(path), **scan_value(scan)}, *words)
    return max(codes)


def _scan_code(scan: "FileScan") -> int:
    if scan.error is None:
        return DONE if scan.texts else NOT
    return {"file": FAILED, "qr": NOT}.get(scan.error.code.partition(".")[0], UNDETERMINED)


@command(qr_app, "verify")
def qr_verify(
    printer: Printer,
    codes: Annotated[list[str], typer.Argument(metavar="TEXT|FILE…", help="Texts, pictures, PDF files; - is stdin.")],
    at: At = None,
    jobs: Jobs = None,
    home: Home = Path(),
    *,
    offline: Offline = None,
    signer: Signers = None,
    max_staleness: Annotated[
        int | None,
        typer.Option(
            "--max-staleness", min=1, max=MOST_MINUTES, help="分钟 With --offline: the oldest bundle to rely on."
        ),
    ] = None,
    seconds: Annotated[float, typer.Option(min=0, max=15, help="Time for a photo that is hard to read.")] = 2,
    actor: User = "",
    purpose: Purpose = "",
    item: Item = "",
    case: Case = "",
) -> int:
    """核验 Judge licence codes from the paper alone, one line each. Of several, the worst decides: 3, 1, 2, 0.

    With --offline, no network, home or database is asked. From stdin, one code a line, as scanners type.
    """
    from license_lib.calendar import now
    from license_lib.offline import OfflineVerifier

    if max_staleness and not offline:
        raise typer.BadParameter("--max-staleness is for --offline")
    opener = _opener(home, None, offline, signer, max_staleness)
    note = _noting(None if offline else _settings(home), _use(actor, purpose, item, case))
    scans = _scans([Path(one) for one in codes if not _is_text(one)], seconds, jobs)  # forks: before a database is open
    tally = _Tally(printer)
    with opener() as judge:
        for name, found in _codes(codes, scans):
            if isinstance(found, LicenseError):
                tally.failed(Path(name), found)
                continue
            present = now()
            moment = _moment(at) if at else present
            text, nothing = found
            if nothing:
                tally.judged(name, judge.refuse(nothing, at=moment, now=present))
                continue
            verdict = note(judge.verify_code(text, at=moment, now=present))
            bundle = judge.bundle_of(verdict) if isinstance(judge, OfflineVerifier) else None
            tally.judged(name, verdict, _beside(text, verdict, bundle, judge, present))
    if tally.total > 1:
        tally.summary()
    return _worst(tally.codes)


@command(bundle_app, "make")
def bundle_make(
    printer: Printer,
    output: Annotated[Path, typer.Option("--output", "-o", help="Write the bundle here.")],
    since: Annotated[Path | None, typer.Option("--since", help="增量 Only what this earlier bundle lacks.")] = None,
    home: Home = Path(),
    passphrase_file: PassphraseFile = None,
) -> None:
    """制作 Write the newest bundle: the trust list and what was published. Run `license publish` before."""
    from license_lib.bundle import BundleError
    from license_lib.calendar import now

    with _authority(home, _passphrase(passphrase_file)) as authority:
        newest = authority.publisher.bundles.newest(now())
    made: Bundle | Delta = newest
    if since is not None:
        base = _bundle_file(since).signed
        if base.manifest.list_id != newest.signed.manifest.list_id:
            raise BundleError("bundle.base", f"{since}: this is the bundle of another city")
        made = newest.since(base)
    _write_bundle(output, made)
    printer.result({"output": str(output), **_bundle_value(made)}, *_bundle_words(made, f"{output}"))


@command(bundle_app, "show")
def bundle_show(printer: Printer, file: Path) -> None:
    """查看 What a bundle or a delta says. It may be anybody's: `check` tells whether to rely on it."""
    shown = _bundle_file(file)
    parts = [f"\n  {part.kind:12} {part.name}  {part.size} B" for part in shown.signed.manifest.parts]
    printer.result(_bundle_value(shown), *(words + "".join(parts) for words in _bundle_words(shown, str(file))))


@command(bundle_app, "check")
def bundle_check(printer: Printer, file: Path, signer: Signers = None, home: Home = Path()) -> int:
    """检查 May this bundle be relied on now? Exit codes: 0 it may, 1 not, 2 nobody can say, 3 it cannot be read."""
    from license_lib.bundle import open_bundle
    from license_lib.calendar import now

    def checked() -> "OpenedBundle":
        opened = open_bundle(_bytes(file, _most_of_a_bundle()), _pin(signer, home))
        opened.require_current(now())
        return opened

    return _print_bundle(printer, checked, "可以使用", "may be relied on")


@command(bundle_app, "update")
def bundle_update(
    printer: Printer,
    old: Path,
    new: Annotated[Path, typer.Argument(metavar="DELTA|NEW", help="A delta for it, or a whole newer bundle.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Write the bundle here; it may be OLD.")],
) -> int:
    """更新 Go on to a newer bundle of the same city; OLD was checked before. Exit codes as for `check`."""
    from license_lib.bundle import Kind, open_bundle, pinned, read_bundle, update
    from license_lib.trust_list import open_list

    def updated() -> "OpenedBundle":
        data = _bytes(old, _most_of_a_bundle())
        (listed,) = read_bundle(data).of_kind(Kind.TRUST_LIST).values()
        base = open_bundle(data, pinned(open_list(listed).signer))
        made = update(base, _bytes(new, _most_of_a_bundle()))
        _write_bundle(output, made.bundle)
        return made

    return _print_bundle(printer, updated, f"已更新：{output}", f"updated: {output}")


@command(paper_app, "check")
def paper_check(
    printer: Printer,
    files: Annotated[list[Path], typer.Argument(help="Photos, scans and PDF files of printed licences.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="核对单 Of one FILE: an .html to compare by, or a .json.")
    ] = None,
    at: At = None,
    home: Home = Path(),
    *,
    trust: Trust = None,
    offline: Offline = None,
    signer: Signers = None,
    seen: Annotated[
        str, typer.Option(metavar="same|different", help="What you saw, comparing one FILE with its licence.")
    ] = "",
    field: Annotated[
        list[str] | None, typer.Option("--field", help="Code of a field that differs; may be given several times.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0, max=15, help="Time for a photo that is hard to read.")] = 2,
    jobs: Jobs = None,
    checker: Annotated[
        str, typer.Option(envvar="LICENSE_ACTOR", help="核验人 Who checks; the login name if left out.")
    ] = "",
    purpose: Purpose = "",
    item: Item = "",
    case: Case = "",
) -> int:
    """纸质核对 The signed texts of each licence's code beside the picture of the paper, to be compared by eye.

    The exit code is 2 until somebody has compared (--seen), 1 if the paper differs or the code is not in force.
    """
    from license_lib.calendar import now
    from license_lib.paper import confined_checker
    from license_lib.qr.retries import Patience

    if seen not in {"", "same", "different"} or (field and seen != "different"):
        raise typer.BadParameter("--seen is same or different; --field goes with --seen different")
    if (output or seen) and len(files) != 1:
        raise typer.BadParameter("--output and --seen are for one FILE")
    if output is not None and output.suffix.lower() not in {".html", ".json"}:
        raise InputError("output.kind", f"{output}: a paper check is written as .html or .json")
    present = now()
    moment = _moment(at) if at else present
    note = _noting(None if trust or offline else _settings(home), _use(checker, purpose, item, case))
    opener, patience = _opener(home, trust, offline, signer), Patience(seconds, time.monotonic)
    workers = _workers(jobs, files)
    codes = set()
    with confined_checker(
        opener, patience, pictures=output is not None, records=True, workers=workers, method="fork"
    ) as checker_:
        for path, checks in checker_.verify_each(files, _judged_bytes, at=moment, now=present):
            if isinstance(checks, LicenseError):
                printer.error(_of_file(path, checks))
                codes.add(FAILED)
                continue
            for check in checks.checks:
                note(check.verdict)
            judged = _seen(checks, seen, field or ())
            codes.add(_print_paper(printer, str(path), judged))
            if output is not None:
                names = {"checker": checker, "purpose": purpose, "case": case}
                _write_paper(printer, path, output, judged, names, present)
    return _worst(codes)


@command(app, "seal")
def seal_document(
    printer: Printer,
    file: Annotated[Path, typer.Argument(help="A PDF that is no licence: an official document 电子公文.")],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Write the sealed PDF here.")],
    issuer: Annotated[str, typer.Option("--issuer", help="Whose seal.")],
    keyword: Annotated[str, typer.Option(help="关键字 The seal's middle lies over this text.")] = "",
    occurrence: Annotated[int | None, typer.Option(help="Which one, from 0; -1, as without, is the last.")] = None,
    page: Annotated[int | None, typer.Option(min=1, help="页码 Page, if no keyword is given.")] = None,
    x: Annotated[float | None, typer.Option(help="毫米 Its middle from the left, or right of the keyword.")] = None,
    y: Annotated[float | None, typer.Option(help="毫米 The same from the top, or downwards.")] = None,
    across_pages: Annotated[bool, typer.Option(help="骑缝章 Several pages get a seal across their edges.")] = True,
    reason: Annotated[str, typer.Option(help="事由")] = "",
    home: Home = Path(),
    passphrase_file: PassphraseFile = None,
) -> None:
    """盖章 Seal any PDF with a body's seal, at a text or a place of a page."""
    from license_lib.official_documents import SealPlace

    place = SealPlace(keyword, occurrence, page, x, y)
    with _authority(home, _passphrase(passphrase_file)) as authority:
        sealed = authority.seal_document(_bytes(file), issuer, place, across_pages=across_pages, reason=reason or None)
    _write(output, sealed, f"nothing was sealed: {output} could not be written")
    printer.result({"output": str(output)}, f"已盖章：{output}", f"sealed: {output}")


@command(app, "archive-renew")
def archive_renew(
    printer: Printer,
    file: Annotated[Path | None, typer.Argument(help="A sealed PDF that is not in the repository.")] = None,
    *,
    output: Output = None,
    within: Annotated[
        int, typer.Option(min=0, max=36500, help="天数 Whose time-stamp ends within so many days.")
    ] = 365,
    identifier: Annotated[str, typer.Option(help="证照标识 Only this licence.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be renewed.")] = False,
    home: Home = Path(),
    passphrase_file: PassphraseFile = None,
) -> int:
    """存档 Renew archive time-stamps before they age: of the repository's files, or of one FILE."""
    if file is not None:
        if output is None or identifier or dry_run:
            raise typer.BadParameter("a FILE needs --output, and neither --identifier nor --dry-run")
        with _authority(home, _passphrase(passphrase_file)) as authority:
            archived = authority.archiving.archive_file(_bytes(file))
        _write(output, archived.pdf, f"nothing was archived: {output} could not be written")
        until = archived.until.isoformat()
        value = {"output": str(output), "until": until}
        printer.result(value, f"已存档：{output}，至 {until}", f"archived: {output}, until {until}")
        return DONE
    if output is not None:
        raise typer.BadParameter("--output is for a FILE")
    return _renew_archives(printer, home, None if dry_run else _passphrase(passphrase_file), within, identifier)


@command(app, "fsck")
def fsck(
    printer: Printer,
    *,
    repair: Annotated[bool, typer.Option("--repair", help="修复 Mend what can be mended safely.")] = False,
    deep: Annotated[bool, typer.Option("--deep", help="深入 Read every file and every record, too.")] = False,
    home: Home = Path(),
) -> int:
    """检查 Do database, files, log, status lists and what was published still agree? Exit code 1 if they do not."""
    from license_lib.calendar import now
    from license_lib.health.facts import Done
    from license_lib.health.notes import FSCK, note
    from license_lib.upkeep import open_fsck

    with (
        _stages() as progress,
        open_fsck(_settings(home), now=now(), repair=repair, deep=deep, progress=progress) as opened,
    ):
        code = _print_fsck(printer, opened, repair=repair)
        note(home, FSCK, Done(opened.now, sound=code == DONE))
        return code


@command(app, "health")
def health(printer: Printer, home: Home = Path()) -> int:
    """运行状况 Is anything to be looked at, or acted on? Exit code 1 if something must be acted on."""
    from license_lib.calendar import now
    from license_lib.health import State
    from license_lib.health.gathering import health_of
    from license_lib.health.telling import line_text, line_value, types_value

    report = health_of(_settings(home), now())
    if printer.as_json:
        printer.result({"state": str(report.state), "at": report.at.isoformat(), "types": types_value(report)}, "", "")
    for line in report.lines:
        printer.result(line_value(line), line_text(line, english=False), line_text(line, english=True))
    return NOT if report.state is State.ACT else DONE


@command(app, "backup")
def backup(
    printer: Printer,
    destination: Annotated[Path, typer.Argument(help="Folder of backups; files that are there are not copied again.")],
    *,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="重读 Read files that are there again, and copy damaged ones anew.")
    ] = False,
    home: Home = Path(),
) -> int:
    """备份 Back up database and files while others go on issuing, and read the backup again. Keys are not in it."""
    from license_lib.calendar import now
    from license_lib.upkeep import back_up

    with _stages() as progress:
        made = back_up(_settings(home), destination, now=now(), thorough=thorough, progress=progress)
    for finding in made.findings:
        _print_fsck_finding(printer, finding, "damage")
    manifest = made.manifest
    size = {"licenses": manifest.tables["license"], "entries": manifest.size, "files": manifest.files}
    value = {"backup": str(made.folder), **size, "new_files": made.copied.new, "root": manifest.root}
    value |= {"missing": list(manifest.missing), "mended": made.copied.mended, "unread": made.copied.unread}
    zh = f"已备份并核对：{made.folder}\n  证照 {size['licenses']}，日志 {size['entries']} 条，文件 {size['files']}"
    zh += f"（新增 {made.copied.new}，修好 {made.copied.mended}，沿用未重读 {made.copied.unread}）"
    zh += f"\n  日志根 {manifest.root}\n  不含密钥：keys 文件夹须另行备份"
    en = f"backed up and read again: {made.folder}\n  {size['licenses']} licences, {size['entries']} log entries, "
    en += f"{size['files']} files ({made.copied.new} new, {made.copied.mended} mended, "
    en += f"{made.copied.unread} taken over unread)\n  log root {manifest.root}"
    en += "\n  keys are not in it: back up the keys folder apart"
    printer.result(value, zh, en)
    return NOT if made.findings or manifest.missing else DONE


@command(app, "restore")
def restore(
    printer: Printer,
    source: Annotated[Path, typer.Argument(help="Folder of backups (its newest one is taken), or one snapshot in it.")],
    *,
    check: Annotated[bool, typer.Option("--check", help="Only read all of it and say whether it is whole.")] = False,
    home: Home = Path(),
) -> int:
    """恢复 Restore a backup into a home that holds no data yet, then check the whole (fsck)."""
    from license_lib.backups import Backup
    from license_lib.calendar import now
    from license_lib.upkeep import open_fsck, restore_backup

    with _stages() as progress:
        if check:
            opened = Backup.open(source)
            opened.verify(now=now(), progress=progress)
        else:
            opened, settings = restore_backup(source, home, now=now(), progress=progress)
    manifest = opened.manifest
    made_at, count = manifest.made_at.isoformat(), manifest.tables["license"]
    value = {"backup": str(opened.folder), "made_at": made_at, "licenses": count, "entries": manifest.size}
    zh, en = ("备份完整", "the backup is whole") if check else ("已恢复", "restored")
    words = f"{opened.folder}  {made_at}"
    printer.result({"restored": not check, **value}, f"{zh}：{words}  证照 {count}", f"{en}: {words}  {count} licences")
    if check:
        return DONE
    with _stages() as progress, open_fsck(settings, now=now(), progress=progress) as checked:
        return _print_fsck(printer, checked, repair=False)


def _new_version(name: str, doc: str) -> None:
    """Add the command that issues a new version of a licence."""

    def succeed(
        printer: Printer,
        identifier: Annotated[str, typer.Argument(help="证照标识 Of the version before.")],
        request: Annotated[Path, typer.Argument(help="The request, as for `license issue`.")],
        *,
        actor: Actor,
        reason: Reason,
        body: Body = "",
        legal_basis: Basis = "",
        paper: Paper = "",
        license_type: Annotated[str | None, typer.Option("--type", help="Licence type, if another key.")] = None,
        issuer: Annotated[str | None, typer.Option("--issuer", help="Issuing body, if its id changed.")] = None,
        output: Output = None,
        home: Home = Path(),
        passphrase_file: PassphraseFile = None,
    ) -> None:
        from license_lib.batch import read_request
        from license_lib.repository.entries import Cause

        cause = Cause(actor=actor, body=body, reason=reason, legal_basis=legal_basis, paper=paper)
        with _authority(home, _passphrase(passphrase_file)) as authority:
            before = authority.repository.by_identifier(identifier)
            kind, by = (before.type_key, authority.issuers.get(before.issuer_code).id) if before else (None, None)
            wanted = read_request(request, {"type": license_type or kind, "issuer": issuer or by})
            issued = getattr(authority, name)(identifier, wanted, cause)
        zh = f"{'此前已颁发' if issued.already else '已颁发'}新版本：{issued.identifier}，代替 {identifier}"
        en = f"{'issued before' if issued.already else 'issued'}: {issued.identifier} in place of {identifier}"
        printer.result({**_issued(issued), "previous": identifier}, zh, en)
        if output is not None:
            _write_pdf(output, issued.pdf, issued.identifier)

    succeed.__doc__ = doc
    command(app, name)(succeed)


_new_version("renew", "延续 Issue a new version of a licence for a further period; it takes the old one's place.")
_new_version("amend", "变更 Issue a new version of a licence with other facts; it takes the old one's place.")
_new_version("replace", "补发（换发） Issue a new version of a licence that was lost or damaged.")


def _act(name: str, doc: str) -> None:
    """Add the command that puts an event on record which needs nothing but who, why and when."""

    def act(
        printer: Printer,
        identifier: Annotated[str, typer.Argument(help="证照标识")],
        *,
        actor: Actor,
        reason: Reason,
        body: Body = "",
        legal_basis: Basis = "",
        paper: Paper = "",
        effective: Effective = None,
        home: Home = Path(),
    ) -> None:
        cause = {"actor": actor, "body": body, "reason": reason, "legal_basis": legal_basis, "paper": paper}
        _record(printer, home, identifier, name, cause, effective, {})

    act.__doc__ = doc
    command(app, name)(act)


_act("suspend", "暂扣 Suspend a licence.")
_act("reinstate", "发还 Give a suspended licence back.")
_act("revoke", "撤销 Revoke a licence that should not have been issued.")
_act("withdraw", "吊销 Withdraw a licence as a penalty.")
_act("cancel", "注销 Cancel a licence.")
_act("transfer-out", "转出 Hand a licence over to another authority.")
_act("transfer-in", "转入 Take a licence back from another authority.")
_act("holder-ended", "持证主体死亡或者终止 The holder died or was dissolved.")


@command(app, "inspect")
def inspect_license(
    printer: Printer,
    identifier: Annotated[str, typer.Argument(help="证照标识")],
    *,
    passed: Annotated[bool, typer.Option("--passed/--failed", help="合格或不合格 The result.")],
    next_due: Annotated[
        datetime | None, typer.Option("--next-due", formats=["%Y-%m-%d"], help="下次年检截止日 Else as the type says.")
    ] = None,
    actor: Actor,
    reason: Reason = "年检",
    body: Body = "",
    legal_basis: Basis = "",
    paper: Paper = "",
    effective: Effective = None,
    home: Home = Path(),
) -> None:
    """年检 Put the result of an inspection on record."""
    details: dict[str, object] = {"passed": passed}
    if next_due is not None:
        details["next_due"] = str(next_due.date())
    cause = {"actor": actor, "body": body, "reason": reason, "legal_basis": legal_basis, "paper": paper}
    _record(printer, home, identifier, "inspect", cause, effective, details)


@command(app, "correct")
def correct(
    printer: Printer,
    identifier: Annotated[str, typer.Argument(help="证照标识")],
    sequence: Annotated[int, typer.Argument(help="事件序号 Of the wrong event, see `license history`.")],
    *,
    actor: Actor,
    reason: Reason,
    moved_to: Annotated[
        datetime | None, typer.Option("--moved-to", help="When it truly took effect; Beijing time.")
    ] = None,
    annul: Annotated[bool, typer.Option("--annul", help="未发生 It did not happen.")] = False,
    body: Body = "",
    legal_basis: Basis = "",
    paper: Paper = "",
    home: Home = Path(),
) -> None:
    """更正 Correct an event by another one: nothing on record is ever changed."""
    if (moved_to is None) != annul:
        raise typer.BadParameter("give --moved-to or --annul")
    details: dict[str, object] = {"corrects": sequence}
    if moved_to is not None:
        details["effective_at"] = _moment(moved_to, "--moved-to").isoformat()
    cause = {"actor": actor, "body": body, "reason": reason, "legal_basis": legal_basis, "paper": paper}
    _record(printer, home, identifier, "correct", cause, None, details)


@command(app, "history")
def history(
    printer: Printer,
    identifier: Annotated[str, typer.Argument(help="证照标识")],
    at: At = None,
    actor: User = "",
    purpose: Purpose = "",
    item: Item = "",
    case: Case = "",
    home: Home = Path(),
) -> None:
    """沿革 What a licence went through, and its versions before and after."""
    with _authority(home, None) as authority:
        use = _use(actor, purpose, item, case)
        found = authority.records.history(use, identifier, at=_moment(at) if at else None)
    printer.result(found.value(), "\n".join(found.lines(english=False)), "\n".join(found.lines(english=True)))


@command(app, "extend")
def extend(
    printer: Printer,
    license_type: Annotated[str, typer.Argument(help="Key or name of the licence type.")],
    *,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="有效期至 The last day from now on.")],
    actor: Actor,
    reason: Reason,
    body: Body = "",
    legal_basis: Basis = "",
    paper: Paper = "",
    issuer: Annotated[str, typer.Option(help="Only those of this issuing body: its id or code.")] = "",
    issued_from: Day = None,
    issued_until: Day = None,
    expires_from: Day = None,
    expires_until: Day = None,
    effective: Effective = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="试算 Say what would happen, and record nothing.")] = False,
    home: Home = Path(),
) -> int:
    """延长有效期 Extend a whole type by decree, or what is chosen of it. Run again, it goes on where it stopped."""
    from license_lib.calendar import now
    from license_lib.error_texts import error_value
    from license_lib.extending import Decree
    from license_lib.repository.entries import Cause
    from license_lib.repository.values import Selection

    days = {"issued_from": issued_from, "issued_until": issued_until}
    days |= {"expires_from": expires_from, "expires_until": expires_until}
    counts = {"extended": 0, "already": 0, "refused": 0}
    with _authority(home, None) as authority:
        decree = Decree(
            selection=Selection(
                type_key=authority.catalogue.get(license_type).key,
                issuer_code=authority.issuers.get(issuer).issuer.code if issuer else "",
                **{name: day.date() if day else None for name, day in days.items()},
            ),
            until=until.date(),
            cause=Cause(actor=actor, body=body, reason=reason, legal_basis=legal_basis, paper=paper),
            effective_at=_moment(effective, "--effective") if effective else now(),
        )
        try:
            for one in authority.extend(decree, dry_run=dry_run):
                refused = one.refused
                counts["refused" if refused else "already" if one.already else "extended"] += 1
                if refused is not None:
                    value = {"identifier": one.license.identifier, "error": error_value(refused)}
                    line = f"{one.license.identifier}  {printer.words(refused)}"
                    printer.result(value, line, line)
                elif printer.as_json and not one.already:
                    printer.result({"identifier": one.license.identifier, "valid_until": str(decree.until)}, "", "")
        finally:  # also where the machine stops it: what was extended stays extended
            would = ("将延长", "would be extended") if dry_run else ("已延长", "extended")
            printer.result(
                {"summary": counts, "dry_run": dry_run},
                f"{would[0]} {counts['extended']}，此前已延长 {counts['already']}，不能延长 {counts['refused']}",
                f"{would[1]} {counts['extended']}, before {counts['already']}, refused {counts['refused']}",
            )
    return NOT if counts["refused"] else DONE


@command(app, "correct-number")
def correct_number(
    printer: Printer,
    file: Annotated[Path, typer.Argument(help="File with two lines, the number as it was and as it is; - is stdin.")],
    *,
    kind: Annotated[str, typer.Option(help="持证主体代码类型 GB/T 36903: 111 ID card, 001 credit code, …")],
    new_kind: Annotated[str, typer.Option("--new-kind", help="Of the new number, if another.")] = "",
    join: Annotated[
        bool, typer.Option("--join", help="合并 The new number's other licences are the same holder's.")
    ] = False,
    actor: Actor,
    reason: Reason,
    body: Body = "",
    legal_basis: Basis = "",
    paper: Paper = "",
    home: Home = Path(),
) -> None:
    """更正代码 Correct a holder's number: both find the holder's licences. Numbers come from a file, not from here."""
    from license_lib.records import canonical
    from license_lib.repository.entries import Cause, HolderNumber

    numbers = [canonical(line) for line in _applicants(file).split()]
    if len(numbers) != 2:  # noqa: PLR2004 — old and new
        raise InputError("usage", "there are not two numbers", hint="the old one on a line, the new one on the next")
    old, new = HolderNumber(numbers[0], kind), HolderNumber(numbers[1], new_kind or kind)
    cause = Cause(actor=actor, body=body, reason=reason, legal_basis=legal_basis, paper=paper)
    with _authority(home, None) as authority:
        made = authority.correct_number(old, new, cause, join=join)
    printer.result({"sequence": made.sequence}, f"已更正：#{made.sequence}", f"corrected: #{made.sequence}")


@command(app, "correct-number-back")
def correct_number_back(
    printer: Printer,
    sequence: Annotated[int, typer.Argument(help="Of the correction, as `license correct-number` said it.")],
    *,
    actor: Actor,
    reason: Reason,
    body: Body = "",
    legal_basis: Basis = "",
    paper: Paper = "",
    home: Home = Path(),
) -> None:
    """撤回代码更正 Take a correction of a holder's number back: it was wrong."""
    from license_lib.repository.entries import Cause

    cause = Cause(actor=actor, body=body, reason=reason, legal_basis=legal_basis, paper=paper)
    with _authority(home, None) as authority:
        made = authority.withdraw_correction(sequence, cause)
    printer.result({"sequence": made.sequence}, f"已撤回：#{made.sequence}", f"taken back: #{made.sequence}")


@command(app, "usage")
def usage(
    printer: Printer,
    identifier: Annotated[str, typer.Argument(help="证照标识")] = "",
    holder: Annotated[str, typer.Option(help="持证主体代码: ID number or credit code")] = "",
    actor: User = "",
    purpose: Purpose = "",
    item: Item = "",
    case: Case = "",
    home: Home = Path(),
) -> int:
    """用证留痕 Who used a licence, or a holder's licences: who, when, what for."""
    from license_lib.used import used_line, used_value

    with _authority(home, None) as authority:
        use = _use(actor, purpose or "查询用证记录", item, case)
        found = authority.records.used(use, identifier=identifier, holder_number=holder)
    for one in found:
        printer.result(used_value(one), used_line(one, english=False), used_line(one, english=True))
    if not found and not printer.as_json:
        print("nobody used it" if printer.english else "没有用证记录", file=sys.stderr)
    return DONE if found else NOT


@command(app, "present")
def present(
    printer: Printer,
    identifier: Annotated[str, typer.Argument(help="证照标识")],
    *,
    seconds: Annotated[int, typer.Option(help="How long the code lives, 30 to 120.")] = 60,
    audience: Audience = "",
    holder_file: Annotated[
        Path | None,
        typer.Option("--holder-file", help="File with the number of the holder who is logged in; - is stdin."),
    ] = None,
    qr: Annotated[Path | None, typer.Option("--qr", help="Draw it: a .png or .svg; else a terminal shows it.")] = None,
    actor: User = "",
    purpose: Purpose = "",
    item: Item = "",
    case: Case = "",
    home: Home = Path(),
) -> None:
    """亮证 Make a presentation code: whoever scans it first gets the licence's state, once, within its time."""
    from license_lib.presenting.telling import code_value, code_words
    from license_lib.rendering.qr_pictures import qr_lines, qr_painter

    painter = qr_painter(qr) if qr else None  # before a code is made for a picture that cannot be
    use = replace(_use(actor, purpose, item, case), audience=audience)
    holder = _applicants(holder_file).strip() if holder_file else ""
    if holder_file and not holder:
        raise InputError("file.unreadable", "there is no number in --holder-file", hint="give one number")
    with _authority(home, None) as authority:
        code = authority.present(identifier, use, holder_number=holder, seconds=seconds)
    if qr and painter:
        _write(qr, painter(code.text), f"{qr} could not be written")
    drawn = f"{qr_lines(code.text)}\n" if qr is None and sys.stdout.isatty() else ""
    zh, en = (drawn + words for words in code_words(code))
    printer.result(code_value(code), zh, en)


@command(app, "redeem")
def redeem(
    printer: Printer,
    text: Annotated[str, typer.Argument(help="What was scanned; - is stdin.")],
    *,
    audience: Audience = "",
    actor: User = "",
    purpose: Purpose = "",
    item: Item = "",
    case: Case = "",
    home: Home = Path(),
) -> int:
    """验亮证码 Use a presentation code up, and show its licence as of now; exit code 2 if it is refused."""
    from license_lib.presenting.telling import presentation_lines, presentation_value

    scanned = _applicants(Path(text)) if text == "-" else text
    with _authority(home, None) as authority:
        shown = authority.redeem(scanned, replace(_use(actor, purpose, item, case), audience=audience))
    zh, en = (
        "\n".join(
            [*_verdict_lines(name, shown.verdict, language), *presentation_lines(shown, english=language == "en")]
        )
        for name, language in (("亮证码", "zh"), ("presentation", "en"))
    )
    printer.result(presentation_value(shown), zh, en)
    return _code_of(shown.verdict)


@command(department_app, "add")
def department_add(printer: Printer, short: str, name: str, home: Home = Path()) -> None:
    """增设 Add a department by a short name, or give one another name."""
    from license_lib.accounts import Department

    with _accounts(home) as accounts:
        accounts.staff.add_department(Department(short, name))
    printer.result({"department": short, "name": name}, f"部门 {short}：{name}", f"department {short}: {name}")


@command(department_app, "list")
def department_list(printer: Printer, home: Home = Path()) -> None:
    """列出 All departments."""
    with _accounts(home) as accounts:
        for one in accounts.staff.departments():
            printer.result({"department": one.id, "name": one.name}, f"{one.id}  {one.name}", f"{one.id}  {one.name}")


@command(staff_app, "add")
def staff_add(
    printer: Printer,
    login: Login,
    name: Annotated[str, typer.Option(help="姓名 As colleagues know them.")],
    department: Annotated[str, typer.Option(help="部门 Short name of their department.")],
    role: Roles,
    password_file: PasswordFile = None,
    *,
    generate: Generate = False,
    home: Home = Path(),
) -> None:
    """增设 Add an account; its authenticator is set up at the first sign-in."""
    with _accounts(home) as accounts:
        password = _password(password_file, generate=generate)
        accounts.staff.add(login, name, department, _roles(role), password=accounts.passwords.hashed(password))
    _told_password(printer, login, password if generate else None)


@command(staff_app, "list")
def staff_list(printer: Printer, home: Home = Path()) -> None:
    """列出 All accounts."""
    with _accounts(home) as accounts:
        for one in accounts.staff.all():
            value = {
                "login": one.login,
                "name": one.name,
                "department": one.department.id,
                "roles": sorted(one.roles),
                "second_factor": one.seed is not None,
                "provider": one.from_provider,
                "disabled": one.disabled,
            }
            line = f"{one.login}  {one.name}  {one.department.id}  {' '.join(sorted(one.roles))}"
            printer.result(
                value, line + ("  已停用" if one.disabled else ""), line + ("  disabled" if one.disabled else "")
            )


@command(staff_app, "roles")
def staff_roles(printer: Printer, login: Login, role: Roles, home: Home = Path()) -> None:
    """变更岗位 Give somebody other roles, with effect from their next request."""
    with _accounts(home) as accounts:
        accounts.staff.set_roles(login, _roles(role))
    printer.result({"login": login, "roles": sorted(role)}, f"已变更：{login}", f"changed: {login}")


@command(staff_app, "disable")
def staff_disable(printer: Printer, login: Login, home: Home = Path()) -> None:
    """停用 Let somebody in no more; what they have open ends at once."""
    with _accounts(home) as accounts:
        accounts.staff.disable(login)
    printer.result({"login": login, "disabled": True}, f"已停用：{login}", f"disabled: {login}")


@command(staff_app, "reset")
def staff_reset(
    printer: Printer,
    login: Login,
    password_file: PasswordFile = None,
    *,
    generate: Generate = False,
    home: Home = Path(),
) -> None:
    """重置 Give somebody a new password; their authenticator is set up anew, and a wait after wrong guesses ends."""
    with _accounts(home) as accounts:
        password = _password(password_file, generate=generate)
        accounts.staff.reset(login, accounts.passwords.hashed(password))
        accounts.attempts.forget(login)
    _told_password(printer, login, password if generate else None)


@command(staff_app, "changes")
def staff_changes(
    printer: Printer,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
    home: Home = Path(),
) -> None:
    """变更记录 Who changed which account, program or department, the newest first."""
    from license_lib.accounts.telling import change_line, change_value

    with _accounts(home) as accounts:
        for one in accounts.changes.newest(limit):
            printer.result(change_value(one), change_line(one, english=False), change_line(one, english=True))


@command(client_app, "add")
def client_add(
    printer: Printer,
    client: str,
    department: Annotated[str, typer.Option(help="部门 Short name of its department.")],
    grant: Grants,
    certificate: Annotated[
        Path | None, typer.Option(help="证书 The certificate that it shows our proxy, instead of a secret.")
    ] = None,
    home: Home = Path(),
) -> None:
    """增设 Add a program; its secret is printed once."""
    from license_lib.accounts import Grant
    from license_lib.accounts.clients import read_certificate, require_types

    grants = [Grant.parse(one) for one in grant]
    require_types(grants, _catalogue(home))
    shown = read_certificate(_bytes(certificate)) if certificate else None
    with _accounts(home) as accounts:
        secret = accounts.clients.add(
            client,
            department,
            grants,
            certificate=shown.fingerprint if shown else None,
            until=shown.until if shown else None,
        )
    _told_secret(printer, client, secret)


@command(client_app, "list")
def client_list(printer: Printer, home: Home = Path()) -> None:
    """列出 All programs."""
    with _accounts(home) as accounts:
        for one in accounts.clients.all():
            grants = sorted(map(str, one.grants))
            value = {"client": one.id, "department": one.department.id, "grants": grants, "disabled": one.disabled}
            line = f"{one.id}  {one.department.id}  {' '.join(grants)}"
            printer.result(
                value, line + ("  已停用" if one.disabled else ""), line + ("  disabled" if one.disabled else "")
            )


@command(client_app, "disable")
def client_disable(printer: Printer, client: str, home: Home = Path()) -> None:
    """停用 Let a program in no more; its tokens end at once."""
    with _accounts(home) as accounts:
        accounts.clients.disable(client)
    printer.result({"client": client, "disabled": True}, f"已停用：{client}", f"disabled: {client}")


@command(client_app, "rotate")
def client_rotate(printer: Printer, client: str, home: Home = Path()) -> None:
    """更换密钥 Give a program a new secret, printed once; the old one and its tokens end at once."""
    with _accounts(home) as accounts:
        secret = accounts.clients.rotate(client)
    _told_secret(printer, client, secret)


@app.command()
def serve(
    home: Home = Path(),
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
) -> None:
    """启动 Start the verification service. It needs no key and no passphrase."""
    from verify_api.app import serve as serve_until_stopped

    _runs_long()
    serve_until_stopped(_settings(home), host=host, port=port)


@command(app, "check-number")
def check_number(printer: Printer, number: str) -> int:
    """查号 What kind of number is this, is it valid, and if not, why?"""
    from license_lib.calendar import day_of, now
    from license_lib.identifiers import identify

    check = identify(number, on=day_of(now()))
    value = {"kind": check.kind.value, "valid": check.valid, "reason": check.reason_en, "reason_zh": check.reason_zh}
    zh, en = f"{check.kind.name_zh}：{check.reason_zh}", f"{check.kind.value}: {check.reason_en}"
    printer.result({**value, "code": check.reason_code}, zh, en)
    return DONE if check.valid else NOT


def _give_up_output() -> None:
    """Let what is still buffered go nowhere: at exit, Python would fail on it once more and end with 120."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _one_line(name: object) -> str:
    """A name as a part of a line: a file's may hold a line end, and look like two results."""
    return str(name).replace("\n", "\\n")


def _plain(text: str) -> str:
    """Text for a terminal: what is not printable is escaped, for a scanned code may hold any character."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def _settings(home: Path) -> "Settings":
    from license_lib.settings import Settings

    return Settings.load(home)


def _opener(
    home: Path,
    trust: Path | None,
    offline: list[Path] | None,
    signers: list[Path] | None,
    max_staleness: int | None = None,
) -> "Opener":
    """What opens a verifier: on this home's configuration; on bundles, or on one trust list, which need none."""
    if trust and offline:
        raise typer.BadParameter("give --trust or --offline")
    if signers and not (trust or offline):
        raise typer.BadParameter("--signer is for --trust and --offline")
    if not trust and not offline:
        from license_lib.judges import open_verifier
        from license_lib.repository.database import load_dialect

        configured = _settings(home)
        load_dialect(configured.database_url)  # once, for the forked workers and for the usage trail, which comes later
        return partial(open_verifier, configured)
    from license_lib.network import make_fetcher
    from license_lib.offline import OfflineVerifierOpener
    from license_lib.settings import FILE_NAME, StatusSettings
    from license_lib.trusting import ListVerifierOpener, read_list

    if not offline:
        return ListVerifierOpener(read_list(str(trust), make_fetcher()), _pin(signers, home), _templates(home))
    files = [(path, _bytes(path, _most_of_a_bundle())) for path in offline]
    settings = _settings(home).status if (home / FILE_NAME).exists() else StatusSettings()
    oldest = timedelta(minutes=max_staleness) if max_staleness else settings.max_staleness
    match files:
        case [(_, document)] if document.isascii():  # a list is a text, and a bundle never is
            return ListVerifierOpener(document, _pin(signers, home), _templates(home), offline=True)
    return OfflineVerifierOpener(files, _pin(signers, home), _templates(home), max_staleness=oldest)


def _catalogue(home: Path) -> "Catalogue":
    from license_lib.catalogue import Catalogue

    return Catalogue.load(_templates(home))


def _templates(home: Path, folder: Path | None = None) -> Path:
    """The folder of templates that is given, or that of `license.toml`, or the built-in one."""
    from license_lib.configured import templates_folder
    from license_lib.resources import resource_folder
    from license_lib.settings import FILE_NAME

    if folder is not None:
        return folder
    return templates_folder(_settings(home)) if (home / FILE_NAME).exists() else resource_folder("templates")


def _own_templates(home: Path, folder: Path | None) -> Path:
    """The same, to write into: never into the installation, unless it is named."""
    from license_lib.resources import resource_folder

    where = _templates(home, folder)
    if folder is None and where == resource_folder("templates"):
        hint = 'give --folder, or say templates = "templates" in license.toml'
        raise InputError("template.built-in", "the built-in types are not to be changed", hint=hint)
    return where


def _fonts(home: Path, templates: Path) -> "Fonts":
    """What would print the licences of a folder of templates here."""
    from license_lib.rendering import Fonts
    from license_lib.resources import fonts_beside
    from license_lib.settings import FILE_NAME

    added = _settings(home).added_fonts if (home / FILE_NAME).exists() else ()
    return Fonts.load(fonts_beside(templates), added)


def _today() -> date:
    from license_lib.calendar import day_of, now

    return day_of(now())


def _authority(home: Path, passphrase: bytes | None) -> "Authority":
    from license_lib.authority import Authority

    return Authority(_settings(home), passphrase=passphrase)


def _accounts(home: Path) -> "Accounts":
    from license_lib.accounts.changes import Actor
    from license_lib.accounts.opening import Accounts
    from license_lib.calendar import now

    return Accounts.open(_settings(home), now, by=Actor(_login_name(), "command line"))


def _roles(names: list[str]) -> "list[Role]":
    from license_lib.accounts import Role

    if unknown := sorted(set(names) - set(Role)):
        raise InputError("staff.roles", f"{_one_line(unknown[0])} is no role", hint=f"give some of {', '.join(Role)}")
    return [Role(name) for name in names]


def _password(file: Path | None, *, generate: bool) -> str:
    """A person's password: from a file, made here, or asked for at a terminal; never an argument."""
    from license_lib.accounts.secrets import new_recovery_code

    if generate:
        return new_recovery_code(os.urandom)
    if file is not None:
        return _bytes(file).rstrip(b"\r\n").decode(errors="replace")
    if sys.stdin.isatty():
        return str(typer.prompt("口令 password", hide_input=True, confirmation_prompt=True, err=True))
    raise InputError("password.missing", "no password is given", hint="use --password-file or --generate")


def _told_password(printer: Printer, login: str, password: str | None) -> None:
    shown = {"password": password} if password else {}
    zh, en = (
        (f"，口令（只显示这一次）：{password}", f", password (shown this once): {password}") if password else ("", "")
    )
    printer.result({"login": login, **shown}, f"账户已就绪：{login}{zh}", f"account ready: {login}{en}")


def _told_secret(printer: Printer, client: str, secret: str) -> None:
    value, zh, en = {"client": client}, f"客户端已就绪：{client}", f"client ready: {client}"
    if secret:
        value |= {"secret": secret}
        zh, en = f"{zh}，密钥（只显示这一次）：{secret}", f"{en}, secret (shown this once): {secret}"
    printer.result(value, zh, en)


def _passphrase(file: Path | None, *, confirm: bool = False) -> bytes:
    given = os.environ.get("LICENSE_PASSPHRASE", "").encode(errors="surrogateescape")
    if file is not None:
        given = _bytes(file).rstrip(b"\r\n")
    elif not given and sys.stdin.isatty():
        given = str(typer.prompt("口令 passphrase", hide_input=True, confirmation_prompt=confirm, err=True)).encode()
    if not given:
        raise InputError("key.passphrase", "no passphrase is given", hint="use --passphrase-file or LICENSE_PASSPHRASE")
    return given


def _judged_bytes(path: Path) -> bytes:
    """As much of a file as is ever examined, and one byte more, by which a larger one shows."""
    from license_lib.verification.verifier import MAX_FILE_BYTES

    return _bytes(path, MAX_FILE_BYTES + 1)


def _with_proof(verifier: "ConfinedVerifier", verdict: "Verdict", file: Path, given: Path | None) -> "Verdict":
    """The verdict with what a proof of the log says, if one was named or lies beside the file."""
    from license_lib.log.proofs import MAX_PROOF_BYTES, SUFFIX

    beside = (file.with_name(file.name + SUFFIX), file.with_suffix(SUFFIX))
    path = given or next((one for one in beside if one.is_file()), None)
    return verifier.with_log_proof(verdict, _bytes(path, MAX_PROOF_BYTES + 1)) if path else verdict


def _moment(at: datetime, option: str = "--at") -> datetime:
    """A moment as it was typed, in Beijing; what no licence could know of is a slip."""
    from license_lib.calendar import CHINA

    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise typer.BadParameter(f"{option} is to be between {_FIRST_YEAR} and {_LAST_YEAR}")
    return at.replace(tzinfo=CHINA)


def _bytes(path: Path, most: int = -1) -> bytes:
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe may never end
            raise InputError("file.unreadable", f"{path}: not a regular file")
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise InputError("file.unreadable", f"{path}: {error.strerror}") from None


def _record(
    printer: Printer,
    home: Path,
    identifier: str,
    kind: str,
    cause: dict[str, str],
    effective: datetime | None,
    details: dict[str, object],
) -> None:
    from license_lib.history import event_line, event_value
    from license_lib.lifecycle import EventKind
    from license_lib.repository.entries import Cause

    moment = _moment(effective, "--effective") if effective else None
    with _authority(home, None) as authority:
        event = authority.record(identifier, EventKind(kind), Cause(**cause), effective_at=moment, details=details)
    value = {"identifier": identifier, **event_value(event)}
    zh, en = event_line(event, english=False), event_line(event, english=True)
    printer.result(value, f"已登记：{identifier}  {zh}", f"on record: {identifier}  {en}")


def _use(actor: str, purpose: str, item: str, case: str) -> "Use":
    """Who uses a record at this terminal."""
    from license_lib.repository.entries import Use

    return Use(actor=actor or _login_name(), purpose=purpose, item=item, case_number=case, place="terminal")


def _login_name() -> str:
    """Who is logged in; empty for nobody."""
    from getpass import getuser

    with suppress(OSError, KeyError):
        return getuser()
    return ""


def _noting(settings: "Settings | None", use: "Use") -> "Callable[[Verdict], Verdict]":
    """What puts verdicts on the usage trail before they are told; nothing without settings.

    The trail is opened for each: no database may be open while workers are forked.
    """
    from license_lib.calendar import now
    from license_lib.judges import open_trail
    from license_lib.trail import require_use

    if settings is None or not settings.usage.verifications:
        return lambda verdict: verdict
    require_use(use, purpose_required=settings.usage.purpose_required)

    def note(verdict: "Verdict") -> "Verdict":
        with open_trail(settings, now) as trail:
            trail.verified(verdict, use)
        return verdict

    return note


def _write_pdf(path: Path, pdf: bytes, identifier: str) -> None:
    problem = f"the licence is on record as {identifier}, but {path} could not be written"
    _write(path, pdf, problem, hint=f"license show {identifier} --output FILE writes it elsewhere")


def _write(path: Path, data: bytes, problem: str, *, hint: str = "") -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise MachineError("output.unwritable", f"{problem}: {error.strerror}", hint=hint) from None


def _issued(issued: "Issued") -> dict[str, Any]:
    return {"identifier": issued.identifier, "type": issued.license.template.key, "already": issued.already}


def _renew_archives(printer: Printer, home: Path, passphrase: bytes | None, within: int, identifier: str) -> int:
    """Renew what is due in the repository, or without a passphrase say what is."""
    from license_lib.archiving import Renewal
    from license_lib.error_texts import error_value

    counts = {"due": 0, "renewed": 0, "failed": 0}
    with _authority(home, passphrase) as authority:
        due = authority.archiving.due(timedelta(days=within), identifier=identifier)
        looked = (Renewal(one.identifier, one.until) for one in due)
        try:
            for one in looked if passphrase is None else authority.archiving.renew(due):
                status = "failed" if one.error else "renewed" if one.until else "due"
                counts[status] += 1
                ended, until = (end.isoformat() if end else None for end in (one.ended, one.until))
                value: dict[str, Any] = {"identifier": one.identifier, "status": status, "ended": ended, "until": until}
                words = f"{one.identifier}  {ended or '-'} → {until or '-'}"
                if one.error:
                    value["error"] = error_value(one.error)
                    words += "\n  " + printer.words(one.error).replace("\n", "\n  ")
                zh = {"failed": "未存档", "renewed": "已存档", "due": "应存档"}[status]
                printer.result(value, f"{zh} {words}", f"{status} {words}")
        finally:  # also where the machine stops it: what was renewed stays renewed
            printer.result(
                {"summary": counts},
                f"应存档 {counts['due']}，已存档 {counts['renewed']}，未存档 {counts['failed']}",
                f"due {counts['due']}, renewed {counts['renewed']}, failed {counts['failed']}",
            )
    return NOT if counts["failed"] else DONE


def _print_fsck(printer: Printer, opened: "Fsck", *, repair: bool) -> int:
    """Findings as they come, and how much was seen."""
    from license_lib.fsck import FsckFinding

    counts = {"damage": 0, "harmless": 0, "repaired": 0}
    for seen in opened.run(repair=repair):
        if isinstance(seen, FsckFinding):
            severity = "repaired" if seen.repaired else "harmless" if seen.harmless else "damage"
            counts[severity] += 1
            _print_fsck_finding(printer, seen, severity)
            continue
        size = {"licenses": seen.licenses, "entries": seen.entries, "files": seen.files}
        root = seen.root.hex() if seen.root else None
        value = {"summary": {**counts, **size, "open_reservations": seen.open_reservations, "root": root}}
        zh = f"证照 {seen.licenses}，日志 {seen.entries} 条，文件 {seen.files}，未完成的预留 {seen.open_reservations}；"
        zh += f"损坏 {counts['damage']}，无害 {counts['harmless']}，已修复 {counts['repaired']}"
        en = f"{seen.licenses} licences, {seen.entries} log entries, {seen.files} files, "
        en += f"{seen.open_reservations} open reservations; "
        en += f"{counts['damage']} damaged, {counts['harmless']} harmless, {counts['repaired']} repaired"
        printer.result(value, zh, en)
    return NOT if counts["damage"] else DONE


def _print_fsck_finding(printer: Printer, finding: "FsckFinding", severity: str) -> None:
    value: dict[str, Any] = {"severity": severity, "code": finding.code, "params": dict(finding.params)}
    texts = {language: (finding.text(language), finding.remedy(language)) for language in ("zh", "en")}
    value |= {f"text_{language}": text for language, (text, _) in texts.items()}
    value |= {f"remedy_{language}": remedy for language, (_, remedy) in texts.items()}
    word = {"damage": "损坏", "harmless": "无害", "repaired": "已修复"}[severity]
    lines = [f"{word} [{finding.code}] {texts['zh'][0]}", f"{severity} [{finding.code}] {texts['en'][0]}"]
    if severity == "damage":
        lines = [f"{line}\n  → {texts[language][1]}" for line, language in zip(lines, ("zh", "en"), strict=True)]
    printer.result(value, *lines)


def _print_report(printer: Printer, report: "Report") -> int:
    from dataclasses import asdict

    for finding in report.findings:
        severity = finding.severity
        zh = f"{'错误' if severity == 'error' else '提醒'} [{finding.code}] {finding.problem.text_zh}"
        value = {"severity": severity, "code": finding.code, **asdict(finding.problem)}
        printer.result(value, zh, f"{severity} [{finding.code}] {finding.problem}")
    for one in report.codes:
        name = f"{one.type} {one.layout}".strip()
        sizes = {"ordinary": one.ordinary, "longest": one.longest}
        texts = {  # no finding, but what a department decides by
            of: (f"版本 {code.version}，{code.modules}×{code.modules}，模块 {code.module:.2f} 毫米",
                 f"version {code.version}, {code.modules}×{code.modules}, modules of {code.module:.2f} mm")
            for of, code in sizes.items()
        }  # fmt: skip
        printer.result(
            {"type": one.type, "layout": one.layout}
            | {of: {"version": code.version, "modules": code.modules, "module_mm": round(code.module, 3),
                    "size_mm": code.size} for of, code in sizes.items()},
            f"二维码 {name}（{one.ordinary.size:g} 毫米）：样例 {texts['ordinary'][0]}；最长 {texts['longest'][0]}",
            f"code of {name} ({one.ordinary.size:g} mm): example {texts['ordinary'][1]}; longest {texts['longest'][1]}",
        )  # fmt: skip
    errors, warnings = report.errors, len(report.findings) - report.errors
    printer.result(
        {"types": list(report.types), "errors": errors, "warnings": warnings},
        f"{len(report.types)} 种证照模板：错误 {errors}，提醒 {warnings}",
        f"{len(report.types)} templates: {errors} errors, {warnings} warnings",
    )
    return NOT if errors else DONE


def _workers(jobs: int | None, files: Sequence[Path] | None) -> int:
    """How many files are judged at once: no more than there are."""
    cores = os.cpu_count() or 1  # more workers than that would only wait for each other, and time is limited
    return max(1, min(jobs or min(cores, MOST_JOBS), max(cores, MOST_JOBS), len(files or ())))


def _worst(codes: Collection[int]) -> int:
    return next(worst for worst in (FAILED, NOT, UNDETERMINED, DONE) if worst in codes)


def _of_file(path: Path, error: LicenseError) -> LicenseError:
    """An error that names its file: among many, nobody else does."""
    if isinstance(error, InputError):  # that the file cannot be read: it does
        return error
    return MachineError(error.code, f"{path}: {error.message}", hint=error.hint)


def _is_text(given: str) -> bool:
    """Is an argument the text of a code, or stdin, and no file?"""
    return given == "-" or given[:8].lower().startswith(("https://", "http://"))


def _scans(files: list[Path], seconds: float, jobs: int | None) -> "dict[Path, FileScan | LicenseError]":
    from license_lib.calendar import now
    from license_lib.qr.retries import Patience
    from license_lib.verification.scans import confined_scanner

    if not files:
        return {}
    with confined_scanner(Patience(seconds, time.monotonic), workers=_workers(jobs, files), method="fork") as scanner:
        return dict(scanner.verify_each(files, _judged_bytes, at=now()))


def _codes(
    given: Sequence[str], scans: "dict[Path, FileScan | LicenseError]"
) -> Iterator[tuple[str, tuple[str, str] | LicenseError]]:
    """Each code with a name for it; instead of its text, why a file has none (a finding), or could not be opened."""
    from license_lib.qr import is_proof

    for one in given:
        if one == "-":
            while line := sys.stdin.readline(MOST_CODE_CHARACTERS):
                if text := line.strip():
                    yield _shortened(text), (text, "")
            continue
        if _is_text(one):
            yield _shortened(one), (one, "")
            continue
        scan = scans[Path(one)]
        if isinstance(scan, LicenseError):
            yield one, scan
            continue
        proofs = [text for text in scan.texts if is_proof(text)]
        if not proofs:
            yield one, ("", scan.error.code if scan.error else "qr.foreign" if scan.texts else "qr.none")
        yield from ((one, (text, "")) for text in proofs)


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_NAME_CHARACTERS else f"{text[: MOST_NAME_CHARACTERS - 1]}…"


def _beside(
    text: str, verdict: "Verdict", bundle: "OpenedBundle | None", judge: "Verifier", present: datetime
) -> tuple[dict[str, Any], list[str], list[str]]:
    """What is told beside the verdict on a code: as values, and as lines in both languages."""
    from license_lib.offline import code_lines, code_value

    zh, en = (list(code_lines(verdict, bundle, judge.catalogue, present, english=each)) for each in (False, True))
    return {"text_read": text, **code_value(verdict, bundle, present)}, zh, en


def _pin(signers: list[Path] | None, home: Path) -> "Pin":
    """Who may sign the trust list in a bundle: those who are named, else as the lists say that this home accepted."""
    from license_lib.bundle import pinned
    from license_lib.trusting import list_store, read_signer

    return pinned(*map(read_signer, signers)) if signers else list_store(home).recognise


def _most_of_a_bundle() -> int:
    """As much of a file as is ever read, and one byte more, by which a larger one shows."""
    from license_lib.bundle.files import MAX_BUNDLE_BYTES

    return MAX_BUNDLE_BYTES + 1


def _bundle_file(path: Path) -> "Bundle | Delta":
    from license_lib.bundle import read_file

    return read_file(_bytes(path, _most_of_a_bundle()))


def _write_bundle(path: Path, made: "Bundle | Delta") -> None:
    """Whole or not at all: it may take the place of the only one that somebody has."""
    from license_lib.whole_files import write_whole

    try:
        write_whole(path, made.encoded())
    except OSError as error:
        raise MachineError("output.unwritable", f"{path} could not be written: {error.strerror}") from None


def _print_bundle(printer: Printer, judge: "Callable[[], OpenedBundle]", zh: str, en: str) -> int:
    from license_lib.bundle import BundleError
    from license_lib.error_texts import error_value
    from license_lib.trust_list import TrustListError

    try:
        accepted = judge().bundle
    except (BundleError, TrustListError) as error:
        words = printer.words(error)
        printer.result({"accepted": False, "error": error_value(error)}, f"不予采用：{words}", f"refused: {words}")
        return UNDETERMINED if error.code in {"bundle.version", "trust.unpinned"} else NOT
    printer.result({"accepted": True, **_bundle_value(accepted)}, *_bundle_words(accepted, zh, en))
    return DONE


def _bundle_value(made: "Bundle | Delta") -> dict[str, Any]:
    from license_lib.bundle import Delta

    said = made.signed.manifest
    return {
        "list_id": said.list_id,
        "sequence": said.sequence,
        "made": said.made.isoformat(),
        "good_until": said.good_until.isoformat(),
        "digest": made.signed.sha256.hex(),
        "base": made.base.hex() if isinstance(made, Delta) else None,
        "bytes": len(made.encoded()),
        "parts": [
            {"kind": part.kind.value, "name": part.name, "sha256": part.sha256.hex(), "size": part.size}
            | ({"included": part.sha256 in made.contents} if isinstance(made, Delta) else {})
            for part in said.parts
        ],
    }


def _bundle_words(made: "Bundle | Delta", zh: str, en: str = "") -> tuple[str, str]:
    from license_lib.bundle import Delta
    from license_lib.calendar import CHINA

    said = made.signed.manifest
    kind_zh, kind_en = ("增量包", "delta") if isinstance(made, Delta) else ("离线包", "bundle")
    start, end = (f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}" for moment in (said.made, said.good_until))
    return (
        f"{zh}  {kind_zh} {said.list_id} 第{said.sequence}号，{start}制作，有效至{end}（北京时间）",
        f"{en or zh}  {kind_en} {said.list_id} number {said.sequence}, made {start}, good until {end} (Beijing time)",
    )


class _Tally:
    """Prints verdicts, and counts them."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._counts: dict[str, int] = {}
        self.codes: set[int] = set()

    @property
    def total(self) -> int:
        return sum(self._counts.values())

    def judged(
        self, name: str, verdict: "Verdict | None", beside: tuple[dict[str, Any], list[str], list[str]] | None = None
    ) -> None:
        self.codes.add(_print_verdict(self._printer, name, verdict, beside))
        self._count(verdict.outcome.value if verdict else "UNDETERMINED")

    def failed(self, path: Path, error: LicenseError) -> None:
        self._printer.error(_of_file(path, error))
        self.codes.add(FAILED)
        self._count("failed")

    def summary(self) -> None:
        """How many of each outcome, on one line."""
        from license_lib.verification import OUTCOME_TEXTS

        names = {outcome.value: texts for outcome, texts in OUTCOME_TEXTS.items()} | {
            "failed": ("未核验", "Not judged")
        }
        counts = {name: self._counts.get(name, 0) for name in names}
        zh, en = (", ".join(f"{names[name][which]} {count}" for name, count in counts.items()) for which in (0, 1))
        words = (f"共 {self.total}：{zh.replace(', ', '；')}", f"{self.total} in all: {en}")
        self._printer.result({"summary": counts}, *words)

    def _count(self, name: str) -> None:
        self._counts[name] = self._counts.get(name, 0) + 1


def _print_verdict(
    printer: Printer,
    name: str,
    verdict: "Verdict | None",
    beside: tuple[dict[str, Any], list[str], list[str]] | None = None,
) -> int:
    from license_lib.verification import Outcome
    from license_lib.verification.report import verdict_report

    if verdict is None:
        value = {"input": name, "outcome": Outcome.UNDETERMINED.value, "findings": []}
        printer.result(value, f"{name}: 证照库中没有此证照", f"{name}: not in this repository")
        return UNDETERMINED
    value, *told = beside or ({}, [], [])
    texts = [
        "\n".join([*_verdict_lines(name, verdict, language), *(f"  {line}" for line in more)])
        for language, more in zip(("zh", "en"), told, strict=True)
    ]
    printer.result({"input": name, **verdict_report(verdict), **value}, *texts)
    return _code_of(verdict)


def _verdict_lines(name: str, verdict: "Verdict", language: str) -> list[str]:
    from license_lib.findings import Effect
    from license_lib.verification import OUTCOME_TEXTS

    lines = [f"{_one_line(name)}: {verdict.outcome} {OUTCOME_TEXTS[verdict.outcome][language == 'en']}"]
    for finding in verdict.findings:
        lines.append(f"  {finding.code}: {finding.text(language)}")
        if (finding in verdict.decisive or finding.effect is Effect.NOTE) and finding.remedy(language):
            lines.append(f"    → {finding.remedy(language)}")
    return lines


def _code_of(verdict: "Verdict") -> int:
    from license_lib.verification import Outcome

    return {Outcome.IN_FORCE: DONE, Outcome.UNDETERMINED: UNDETERMINED}.get(verdict.outcome, NOT)


def _print_published(printer: Printer, done: "Published") -> None:
    """One line a round; a time-stamp that failed on stderr, beside it."""
    from license_lib.error_texts import error_value

    lists = ", ".join(map(str, done.lists))
    value: dict[str, Any] = {"size": done.size, "added": done.added, "lists": list(done.lists), "stamped": done.stamped}
    if done.bundle:
        value["bundle"] = done.bundle
    if done.warning:
        value["warning"] = error_value(done.warning)
    if done.unbundled:
        value["unbundled"] = error_value(done.unbundled)
    zh = f"日志{done.size}条（新增{done.added}），状态名单{lists or '未变'}{'，已加时间戳' if done.stamped else ''}"
    en = f"{done.size} entries ({done.added} new), status lists {lists or 'unchanged'}"
    en += ", time-stamped" if done.stamped else ""
    printer.result(
        value, *((f"{zh}，离线包第{done.bundle}号", f"{en}, bundle {done.bundle}") if done.bundle else (zh, en))
    )
    if done.warning and not printer.as_json:
        words = printer.words(done.warning)
        print(f"no time-stamp yet: {words}" if printer.english else f"暂无时间戳：{words}", file=sys.stderr)
    if done.unbundled and not printer.as_json:
        words = printer.words(done.unbundled)
        print(f"no new bundle: {words}" if printer.english else f"未制作新的离线包：{words}", file=sys.stderr)


@contextmanager
def _until_stopped() -> "Iterator[Event]":
    """An event that SIGINT and SIGTERM set, in place of what they do otherwise."""
    import signal
    from threading import Event

    stopped = Event()
    before = {number: signal.signal(number, lambda *_: stopped.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Undisturbed:
    """A block that Ctrl-C stops only at its end."""

    def __init__(self) -> None:
        self._within = self._asked = False

    def hear(self, *_: object) -> None:
        """Take what Ctrl-C sends."""
        if not self._within:
            raise KeyboardInterrupt
        self._asked = True

    def __enter__(self) -> None:
        self._within = True

    def __exit__(self, *_: object) -> None:
        self._within = False
        if self._asked:
            self._asked = False
            raise KeyboardInterrupt


@contextmanager
def interruptible() -> "Iterator[_Undisturbed]":
    """A kind of block, for work that Ctrl-C may stop between two of them."""
    import signal

    undisturbed = _Undisturbed()
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:  # in the background of a shell
        signal.signal(signal.SIGINT, undisturbed.hear)
    try:
        yield undisturbed
    finally:
        signal.signal(signal.SIGINT, before)


def _log_finding(about: str, finding: "LogFinding") -> tuple[dict[str, Any], str, str]:
    """A finding about a log as `Printer.result` takes it."""
    value = {
        "about": about or "log",
        "code": finding.code,
        "params": dict(finding.params),
        "text": {"zh": finding.text("zh"), "en": finding.text("en")},
        "remedy": {"zh": finding.remedy("zh"), "en": finding.remedy("en")},
    }
    zh, en = (
        f"{_one_line(about or where)}: {finding.code}: {finding.text(language)}\n  → {finding.remedy(language)}"
        for language, where in (("zh", "日志"), ("en", "log"))
    )
    return {"finding": value}, zh, en


def _listed(path: Path, home: Path) -> "Snapshot":
    """A trust list that was signed by whom this home expects."""
    from license_lib.network import make_fetcher
    from license_lib.trust_list import open_list
    from license_lib.trusting import list_store, read_list

    snapshot = open_list(read_list(str(path), make_fetcher()))
    list_store(home).recognise(snapshot)
    return snapshot


def _take_list(printer: Printer, source: str, signer: Path | None, home: Path, *, keep: bool) -> int:
    from license_lib.calendar import now
    from license_lib.error_texts import error_value
    from license_lib.network import make_fetcher
    from license_lib.trust_list import TrustListError, open_list
    from license_lib.trusting import list_store, read_list, read_signer

    store, document = list_store(home), read_list(source, make_fetcher())
    named = read_signer(signer) if signer else None
    try:
        before = store.current(open_list(document).list.list_id)
        taken = (store.accept if keep else store.judge)(document, now=now(), signer=named)
    except TrustListError as error:
        words = printer.words(error)
        printer.result({"accepted": False, "error": error_value(error)}, f"不予接受：{words}", f"refused: {words}")
        return UNDETERMINED if error.code == "trust.unpinned" else NOT
    _print_changes(printer, before.list if before else None, taken.list)
    zh, en = ("已接受", "accepted") if keep else ("可以接受", "acceptable")
    printer.result({"accepted": keep, **_list_value(taken)}, *_list_words(taken, zh, en))
    return DONE


def _print_changes(printer: Printer, before: "TrustList | None", after: "TrustList") -> None:
    from license_lib.trust_list.changes import changes

    for change in changes(before, after):
        printer.result(change.value(), change.zh, change.en)


def _list_value(snapshot: "Snapshot") -> dict[str, Any]:
    said = snapshot.list
    return {
        "list_id": said.list_id,
        "sequence": said.sequence,
        "sha256": snapshot.sha256,
        "issued_at": said.issued_at.isoformat(),
        "next_update": said.next_update.isoformat(),
    }


def _list_words(snapshot: "Snapshot", zh: str, en: str) -> tuple[str, str]:
    said = snapshot.list
    return (
        f"{zh}  名单 {said.list_id} 第{said.sequence}号，有效至 {said.next_update.isoformat()}",
        f"{en}  list {said.list_id} number {said.sequence}, good until {said.next_update.isoformat()}",
    )


def _applicants(path: Path) -> str:
    """The text of a file, or of stdin: a number on the command line would be seen by others, and kept in histories."""
    from license_lib.text_files import read_text

    if str(path) != "-":
        return read_text(path, MOST_APPLICANT_BYTES)
    try:
        return sys.stdin.buffer.read(MOST_APPLICANT_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("file.encoding", "stdin: is not UTF-8", hint="give one number a line") from None


def _print_acceptance(printer: Printer, name: str, verdict: "Verdict", acceptance: "Acceptance") -> None:
    from license_lib.acceptance import DECISION_TEXTS, acceptance_report
    from license_lib.verification import OUTCOME_TEXTS
    from license_lib.verification.report import verdict_report

    texts = []
    for which, language in enumerate(("zh", "en")):
        item = acceptance.item.name if language == "zh" else acceptance.item.english
        decided = DECISION_TEXTS[acceptance.decision][which]
        lines = [f"{name}: {acceptance.decision} {decided}  {item}"]
        for reason in acceptance.findings:
            lines += [f"  {reason.code}: {reason.text(language)}", f"    → {reason.remedy(language)}"]
        lines.append(f"  {verdict.outcome} {OUTCOME_TEXTS[verdict.outcome][which]}")
        for found in verdict.decisive:
            lines += [f"    {found.code}: {found.text(language)}", f"      → {found.remedy(language)}"]
        texts.append("\n".join(lines))
    printer.result({"input": name, **acceptance_report(acceptance), "verdict": verdict_report(verdict)}, *texts)


def _print_checklist(printer: Printer, checklist: "Checklist") -> None:
    from license_lib.acceptance import checklist_value

    value = checklist_value(checklist)
    texts = []
    for language, name in (("zh", "name"), ("en", "english")):
        lines = [value["item"][name]]
        for one in value["materials"]:
            optional = "" if one["required"] else {"zh": "（非必需）", "en": " (not required)"}[language]
            lines.append(f"  {one[name]}{optional}: {one['text'][language]}")
            for found in one["licenses"]:
                until = found["valid_until"] or {"zh": "长期", "en": "no end date"}[language]
                lines.append(f"    {found['type']} {found['identifier']}  {found['issuer']}  → {until}")
                lines += [f"      {why['text'][language]} → {why['remedy'][language]}" for why in found["reasons"]]
        texts.append("\n".join(lines))
    printer.result(value, *texts)


def _require_something(files: list[Path] | None, code: str, identifier: str, log_proof: Path | None) -> None:
    if not (files or code or identifier):
        raise typer.BadParameter("give a file, --code or --identifier")
    if log_proof is not None:
        _only_file(files, code, identifier, "--log-proof")


def _only_file(files: list[Path] | None, code: str, identifier: str, option: str = "--report") -> Path:
    """The file that an option is about."""
    if files is None or len(files) != 1 or code or identifier:
        raise typer.BadParameter(f"{option} is for one FILE")
    return files[0]


def _report(
    printer: Printer,
    judge: "Callable[[], ConfinedVerifier]",
    note: "Callable[[Verdict], Verdict]",
    file: Path,
    output: Path,
    home: Path,
    passphrase_file: Path | None,
    seal_by: str,
    names: dict[str, str],
    log_proof: Path | None,
    *,
    at: datetime,
    now: datetime,
) -> int:
    """Judge one file, and write the report about it: sealed if a body is named."""
    from license_lib.official_documents import SealPlace
    from license_lib.verification.report import verdict_report
    from license_lib.verification_reports import Check, named_report, report_html, report_pdf

    kind = output.suffix.lower()
    if kind not in {".pdf", ".html"} or (seal_by and kind != ".pdf"):
        raise InputError("output.kind", f"{output}: a report is a .pdf or an .html, and only a .pdf bears a seal")
    data = _bytes(file)
    if output.exists() and output.samefile(file):
        raise InputError("output.kind", f"{output}: the report would take the place of what was judged")
    check = Check.of(file.name, data, checked_at=now, **names)
    passphrase = _passphrase(passphrase_file) if seal_by else None
    with judge() as verifier:
        verdict = verifier.verify(data, at=at, now=now)
        verdict = note(_with_proof(verifier, verdict, file, log_proof))
        told = named_report(verdict_report(verdict), verifier.catalogue, verifier.issuers)
    if kind == ".html":
        made = report_html(told, check).encode()
    elif seal_by:
        with _authority(home, passphrase) as authority:
            office = authority.issuers.get(seal_by).issuer.name
            drawn = report_pdf(told, check, _fonts(home, _templates(home)), office=office)
            made = authority.seal_document(drawn, seal_by, SealPlace(), reason="核验")
    else:
        made = report_pdf(told, check, _fonts(home, _templates(home)))
    _write(output, made, f"{output} could not be written")
    code = _print_verdict(printer, str(file), verdict)
    printer.result({"output": str(output)}, f"核验报告：{output}", f"report: {output}")
    return code


def _seen(checks: "PaperChecks", seen: str, fields: Sequence[str]) -> "PaperChecks":
    """The checks with what the clerk saw on the paper of the only licence."""
    if not seen:
        return checks
    if len(checks.checks) != 1:
        raise InputError("paper.nothing", "--seen needs a file with one licence in it", hint="photograph it alone")
    said: Literal["same", "different"] = "same" if seen == "same" else "different"
    return replace(checks, checks=(checks.checks[0].seen(said, fields),))


def _print_paper(printer: Printer, name: str, checks: "PaperChecks") -> int:
    """One line a licence, or one for a file without any."""
    from license_lib.paper import check_value
    from license_lib.paper.words import ANSWERS
    from license_lib.verification import OUTCOME_TEXTS, Outcome
    from license_lib.verification.report import finding_value

    notes = [finding_value(finding) for finding in checks.findings]
    if not checks.checks:
        value = {"input": name, "outcome": Outcome.UNDETERMINED.value, "file_findings": notes}
        lines = ["; ".join(finding.text(language) for finding in checks.findings) for language in ("zh", "en")]
        printer.result(value, *(f"{_one_line(name)}: UNDETERMINED {line}" for line in lines))
        return UNDETERMINED
    codes = []
    for check in checks.checks:
        texts = []
        for index, language in enumerate(("zh", "en")):
            words = (OUTCOME_TEXTS[check.verdict.outcome][index], ANSWERS[check.paper][index])
            code, paper = (("二维码", "纸面"), ("code", "paper"))[index]
            said = [f"{_one_line(name)}: {check.outcome} {code}: {words[0]}; {paper}: {words[1]}"]
            found = (*check.findings, *check.verdict.findings, *checks.findings)
            said += [f"  {one.code}: {one.text(language)}" for one in found if one.code != "paper.compare"]
            texts.append("\n".join(said))
        printer.result({"input": name, **check_value(check), "file_findings": notes}, *texts)
        codes.append({Outcome.IN_FORCE: DONE, Outcome.UNDETERMINED: UNDETERMINED}.get(check.outcome, NOT))
    return _worst(codes)


def _write_paper(
    printer: Printer, path: Path, output: Path, checks: "PaperChecks", names: dict[str, str], present: datetime
) -> None:
    from license_lib.paper import check_value
    from license_lib.paper.report import paper_html
    from license_lib.verification.report import finding_value
    from license_lib.verification_reports import Check

    if output.exists() and output.samefile(path):
        raise InputError("output.kind", f"{output}: the report would take the place of what was checked")
    check = Check.of(path.name, _judged_bytes(path), checked_at=present, **names)
    if output.suffix.lower() == ".html":
        made = paper_html(checks, check, english=printer.english).encode()
    else:
        licenses = [check_value(one, pictures=True) for one in checks.checks]
        found = [finding_value(one) for one in checks.findings]
        value = {"input": check.name, "check": check.value, "file_findings": found, "licenses": licenses}
        made = json.dumps(value, ensure_ascii=False, indent=1).encode()
    _write(output, made, f"{output} could not be written")
    printer.result({"output": str(output)}, f"核对单：{output}", f"paper check: {output}")


@contextmanager
def _stages() -> Iterator[Callable[[str, int, int], None]]:
    """Progress bars on stderr, one for each thing that is looked at, where somebody is looking."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    words = {"log": "日志 log", "licenses": "证照 licences", "files": "文件 files", "rows": "数据 rows"}
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty()) as bar:
        tasks: dict[str, Any] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(words.get(what, what), total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield show


if __name__ == "__main__":
    main()
