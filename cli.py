"""The `license` command: parse → one call → print. It decides nothing.

Exit codes: 0 in force (or done), 1 not, 2 undetermined, 3 usage or machine.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer

from license_lib.errors import InputError, LicenseError

if TYPE_CHECKING:
    from license_lib.authority import Authority
    from license_lib.issuing import Issued
    from license_lib.settings import Settings
    from license_lib.verification import Verdict

DONE, NOT, UNDETERMINED, FAILED = 0, 1, 2, 3

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
keys_app = typer.Typer(no_args_is_help=True, help="密钥 The development PKI.")
catalogue_app = typer.Typer(no_args_is_help=True, help="目录 Licence types.")
qr_app = typer.Typer(no_args_is_help=True, help="二维码 QR codes.")
app.add_typer(keys_app, name="keys")
app.add_typer(catalogue_app, name="catalogue")
app.add_typer(qr_app, name="qr")

Home = Annotated[Path, typer.Option("--home", envvar="LICENSE_HOME", help="Folder of license.toml.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
English = Annotated[bool, typer.Option("--english", envvar="LICENSE_ENGLISH", help="English instead of 中文.")]
PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="File with the passphrase; or set LICENSE_PASSPHRASE.")
]
At = Annotated[datetime | None, typer.Option("--at", help="Was it in force then? Beijing time; now if left out.")]


def main() -> None:
    """Run the command line; every error is one clear line on stderr and exit code 3."""
    try:
        code = app(standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as error:
        error.show()
        code = FAILED
    except (click.Abort, KeyboardInterrupt):
        print("中断 aborted", file=sys.stderr)
        code = FAILED
    except LicenseError as error:
        print_error(error)
        code = FAILED
    sys.exit(code or DONE)


@app.command()
def init(home: Home = Path(), *, as_json: Json = False) -> None:
    """建立 Make `license.toml` and an empty repository in a folder."""
    from license_lib.authority import initialise

    settings = initialise(home)
    show({"home": str(settings.home), "database": settings.database_url}, as_json, f"已建立 ready: {home.resolve()}")


@keys_app.command("init")
def keys_init(home: Home = Path(), passphrase_file: PassphraseFile = None, *, as_json: Json = False) -> None:
    """生成 Make a development PKI: root, city CA, department seals, time-stamps, CRL and OCSP."""
    from license_lib.authority import create_development_keys, now

    settings = _settings(home)
    create_development_keys(settings, _passphrase(passphrase_file, confirm=True), at=now())
    text = f"已生成开发测试密钥（不具法律效力） development keys, without legal effect: {settings.keys_folder}"
    show({"keys": str(settings.keys_folder), "development": True}, as_json, text)


@keys_app.command("publish")
def keys_publish(home: Home = Path(), passphrase_file: PassphraseFile = None, *, as_json: Json = False) -> None:
    """更新 Issue fresh certificate revocation lists before the old ones go stale."""
    from license_lib.authority import now, publish_development_crls

    settings = _settings(home)
    publish_development_crls(settings, _passphrase(passphrase_file), at=now())
    show({"published": True}, as_json, "已更新吊销列表 revocation lists published")


@catalogue_app.command("list")
def catalogue_list(home: Home = Path(), *, as_json: Json = False) -> None:
    """列出 All licence types."""
    for kind in _catalogue(home):
        official = "官方 official" if kind.code.official else "地方 local"
        show(
            {"key": kind.key, "name": kind.name, "code": kind.code.value, "official": kind.code.official},
            as_json,
            f"{kind.key:26} {kind.code.value}  {official:12} {kind.name}",
        )


@catalogue_app.command("show")
def catalogue_show(key: str, home: Home = Path(), *, as_json: Json = False) -> None:
    """查看 One licence type: its rules and fields."""
    kind = _catalogue(home).get(key)
    if as_json:
        print(kind.model_dump_json(exclude={"layout"}))
        return
    print(
        f"{kind.name} {kind.english}\n  {kind.code.value}  {'' if kind.code.official else '地方代码 '}{kind.code.source}"
    )
    print(f"  持证主体 holder: {kind.holder.kind}  有效期 validity: {kind.validity.rule} {kind.validity.years or ''}")
    for spec in kind.fields:
        need = "必填" if spec.required else "选填"
        print(f"  {spec.key:26} {spec.code:14} {need} {spec.type:12} {spec.label} {spec.english}")


@catalogue_app.command("check")
def catalogue_check(folder: Annotated[Path | None, typer.Argument()] = None, *, as_json: Json = False) -> int:
    """检查 Load every template of a folder and name every fault with its mend."""
    from license_lib.catalogue import Catalogue, TemplateError
    from license_lib.resources import resource_folder

    try:
        types = Catalogue.load(folder or resource_folder("templates"))
    except TemplateError as error:
        problems = [str(problem) for problem in error.problems]
        show({"valid": False, "problems": problems}, as_json, "\n".join(problems))
        return NOT
    show(
        {"valid": True, "types": [kind.key for kind in types]},
        as_json,
        f"{len(types)} 种证照模板无误 templates are in order",
    )
    return DONE


@app.command()
def issue(
    request: Annotated[Path, typer.Argument(help="The request: a .toml or .json file.")],
    license_type: Annotated[str | None, typer.Option("--type", help="Licence type, if the file names none.")] = None,
    issuer: Annotated[str | None, typer.Option("--issuer", help="Issuing body, if the file names none.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the PDF here, too.")] = None,
    home: Home = Path(),
    passphrase_file: PassphraseFile = None,
    *,
    as_json: Json = False,
) -> None:
    """颁发 Issue one licence."""
    from license_lib.batch import read_request

    wanted = read_request(request, {"type": license_type, "issuer": issuer})
    with _authority(home, _passphrase(passphrase_file)) as authority:
        issued = authority.issue(wanted)
    if output is not None:
        output.write_bytes(issued.pdf)
    state = "此前已颁发 issued before" if issued.already else "已颁发 issued"
    show(_issued(issued), as_json, f"{state}: {issued.identifier}  {issued.license.type_name} {issued.license.number}")


@app.command("issue-batch")
def issue_batch(
    file: Annotated[Path, typer.Argument(help="A .csv or .jsonl file, one licence a row.")],
    home: Home = Path(),
    passphrase_file: PassphraseFile = None,
    *,
    as_json: Json = False,
) -> int:
    """批量颁发 Issue a file of licences; a bad row is reported with its line, the others are issued."""
    from license_lib.batch import read_batch

    rows = list(read_batch(file))
    counts = {"issued": 0, "already": 0, "failed": 0}
    with _authority(home, _passphrase(passphrase_file)) as authority, _progress(len(rows)) as advance:
        for row, result in zip(rows, authority.issue_all(row.request for row in rows), strict=True):
            advance()
            if isinstance(result, LicenseError):
                counts["failed"] += 1
                fault = {"line": row.line, "status": "failed", "code": result.code, "reason": str(result)}
                show(fault, as_json, f"第{row.line}行 line {row.line}: {result.code}: {result}")
                continue
            status = "already" if result.already else "issued"
            counts[status] += 1
            if as_json:
                show({"line": row.line, "status": status, **_issued(result)}, as_json, "")
    show(
        {"summary": counts},
        as_json,
        f"新颁发 {counts['issued']}，此前已颁发 {counts['already']}，失败 {counts['failed']} "
        f"(issued, issued before, failed; {len(rows)} rows)",
    )
    return NOT if counts["failed"] else DONE


@app.command("show")
def show_license(
    identifier: Annotated[str, typer.Argument(help="证照标识")] = "",
    number: Annotated[str, typer.Option(help="证照编号")] = "",
    holder: Annotated[str, typer.Option(help="持证主体代码: ID number or credit code")] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the PDF of the one licence here.")
    ] = None,
    home: Home = Path(),
    *,
    as_json: Json = False,
) -> int:
    """查找 Look up licences by identifier, licence number or holder number."""
    with _authority(home, None) as authority:
        found = authority.find(identifier=identifier, number=number, holder_number=holder)
        for stored in found:
            record = json.loads(stored.record)
            events = [
                {"kind": one.kind.value, "effective_at": one.effective_at.isoformat(), "reason": one.reason}
                for one in authority.repository.events(stored.identifier)
            ]
            text = (
                f"{stored.identifier}  {stored.type_name} {stored.number}  {stored.issuer_name}  {stored.state.value}"
            )
            value = {"identifier": stored.identifier, "state": stored.state.value, "record": record, "events": events}
            show(value, as_json, text)
        if output is not None:
            if len(found) != 1:
                raise InputError(
                    "lookup.one", f"{len(found)} licences were found; a file holds one", hint="be more exact"
                )
            output.write_bytes(authority.repository.files.get(found[0].file_digest))
    if not found and not as_json:
        print("没有找到 nothing found", file=sys.stderr)
    return DONE if found else NOT


@app.command()
def verify(
    files: Annotated[list[Path] | None, typer.Argument(help="PDF files or pictures.")] = None,
    code: Annotated[str, typer.Option(help="The text of a QR code.")] = "",
    identifier: Annotated[str, typer.Option(help="证照标识 in this repository.")] = "",
    at: At = None,
    home: Home = Path(),
    *,
    as_json: Json = False,
    english: English = False,
) -> int:
    """核验 Judge files, a scanned code, or a licence of the repository."""
    from license_lib.authority import now, open_verifier
    from license_lib.calendar import CHINA

    present = now()
    moment = at.replace(tzinfo=CHINA) if at else present
    verifier = open_verifier(_settings(home))
    verdicts: list[tuple[str, Verdict | None]] = [
        (str(path), verifier.verify(_bytes(path), at=moment, now=present)) for path in files or []
    ]
    if code:
        verdicts.append((code[:40], verifier.verify_code(code, at=moment, now=present)))
    if identifier:
        verdicts.append((identifier, verifier.status(identifier, at=moment, now=present)))
    if not verdicts:
        raise click.UsageError("give a file, --code or --identifier")
    return max(_print_verdict(name, verdict, as_json, english=english) for name, verdict in verdicts)


@qr_app.command("scan")
def qr_scan(files: list[Path], *, as_json: Json = False) -> int:
    """扫描 Read every QR code of pictures and PDF files, one line a file."""
    from license_lib.qr import PictureError, QrError, decode, is_proof
    from license_lib.qr.scanning import scan_file

    found_all = True
    for path in files:
        line: dict[str, Any] = {"file": str(path), "texts": [], "licenses": []}
        try:
            line["texts"] = list(scan_file(_bytes(path)))
            for text in filter(is_proof, line["texts"]):
                proof = decode(text)
                line["licenses"].append({"identifier": str(proof.identifier), "public": dict(proof.public)})
        except (PictureError, QrError) as error:
            line["error"] = {"code": error.code, "reason": str(error)}
        found_all = found_all and bool(line["texts"])
        show(line, as_json, f"{path}: " + ("; ".join(line["texts"]) or str(line.get("error", {}).get("reason", "—"))))
    return DONE if found_all else NOT


@app.command()
def revoke(
    identifier: str,
    reason: Annotated[str, typer.Option(help="撤销原因")],
    actor: Annotated[str, typer.Option(help="经办人")],
    legal_basis: Annotated[str, typer.Option(help="法律依据")] = "",
    home: Home = Path(),
    *,
    as_json: Json = False,
) -> None:
    """撤销 Revoke a licence, with effect from now."""
    with _authority(home, None) as authority:
        event = authority.revoke(identifier, reason=reason, actor=actor, legal_basis=legal_basis)
    value = {"identifier": identifier, "event": event.kind.value, "effective_at": event.effective_at.isoformat()}
    show(value, as_json, f"已撤销 revoked: {identifier}")


@app.command()
def serve(
    home: Home = Path(), host: str = "127.0.0.1", port: Annotated[int, typer.Option(min=1, max=65535)] = 8000
) -> None:
    """启动 Start the verification service. It needs no key and no passphrase."""
    import uvicorn
    from verify_api.app import create_app

    uvicorn.run(create_app(_settings(home)), host=host, port=port, access_log=False)


@app.command("check-number")
def check_number(number: str, *, as_json: Json = False, english: English = False) -> int:
    """查号 What kind of number is this, is it valid, and if not, why?"""
    from license_lib.authority import now
    from license_lib.calendar import day_of
    from license_lib.identifiers import identify

    check = identify(number, on=day_of(now()))
    reason = check.reason_en if english else check.reason_zh
    value = {"kind": check.kind.value, "valid": check.valid, "reason": check.reason_en, "reason_zh": check.reason_zh}
    show(value, as_json, f"{check.kind.value}: {'有效 valid' if check.valid else '无效 invalid'} {reason}")
    return DONE if check.valid else NOT


def show(value: dict[str, Any], as_json: bool, text: str) -> None:  # noqa: FBT001 -- every command hands its flag on
    """Print a result as one JSON line, or as text."""
    print(json.dumps(value, ensure_ascii=False) if as_json else text)


def print_error(error: LicenseError) -> None:
    """One line, and a hint line if there is a hint."""
    print(f"错误 error [{error.code}]: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"提示 hint: {error.hint}", file=sys.stderr)


def _settings(home: Path) -> "Settings":
    from license_lib.settings import Settings

    return Settings.load(home)


def _catalogue(home: Path) -> Any:
    from license_lib.authority import load_catalogue
    from license_lib.catalogue import Catalogue
    from license_lib.resources import resource_folder
    from license_lib.settings import FILE_NAME

    return (
        load_catalogue(_settings(home)) if (home / FILE_NAME).exists() else Catalogue.load(resource_folder("templates"))
    )


def _authority(home: Path, passphrase: bytes | None) -> "Authority":
    from license_lib.authority import Authority

    return Authority(_settings(home), passphrase=passphrase)


def _passphrase(file: Path | None, *, confirm: bool = False) -> bytes:
    if file is not None:
        return _bytes(file).strip()
    given = os.environ.get("LICENSE_PASSPHRASE")
    if given is None and sys.stdin.isatty():
        given = typer.prompt("口令 passphrase", hide_input=True, confirmation_prompt=confirm)
    if not given:
        raise InputError("key.passphrase", "no passphrase is given", hint="use --passphrase-file or LICENSE_PASSPHRASE")
    return given.encode()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError("file.unreadable", f"{path}: {error.strerror}") from None


def _issued(issued: "Issued") -> dict[str, Any]:
    return {"identifier": issued.identifier, "number": issued.license.number, "already": issued.already}


def _print_verdict(name: str, verdict: "Verdict | None", as_json: bool, *, english: bool) -> int:  # noqa: FBT001 -- as show
    from license_lib.verification import OUTCOME_TEXTS, Outcome
    from license_lib.verification.report import verdict_report

    if verdict is None:
        show(
            {"input": name, "outcome": None, "findings": []},
            as_json,
            f"{name}: 证照库中没有此证照 not in the repository",
        )
        return UNDETERMINED
    if as_json:
        show({"input": name, **verdict_report(verdict)}, as_json, "")
    else:
        zh, en = OUTCOME_TEXTS[verdict.outcome]
        print(f"{name}: {verdict.outcome} {en if english else zh}")
        for finding in verdict.findings:
            language = "en" if english else "zh"
            print(f"  {finding.code}: {finding.text(language)}")
            if finding in verdict.decisive and finding.remedy(language):
                print(f"    → {finding.remedy(language)}")
    return {Outcome.IN_FORCE: DONE, Outcome.UNDETERMINED: UNDETERMINED}.get(verdict.outcome, NOT)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on stderr, where somebody is looking."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("颁发 issuing", total=total)
        yield lambda: bar.advance(task)


if __name__ == "__main__":
    main()
