"""The demo: set up an authority in a folder, issue over all types, then try to fool the verifier.

    python docs/demo/run.py build/demo

Leaves the sealed files, previews to look at, and a home that `license serve --home` can serve. It ends with an error
if any case is judged otherwise than it should be.
"""

import secrets
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from forgeries import change_byte, paint_over, paste_code
from rich.console import Console
from rich.progress import track
from rich.table import Table

from license_lib.acceptance.items import FILE_NAME as SERVICE_ITEMS
from license_lib.accounts import Department, Role
from license_lib.accounts.opening import Accounts
from license_lib.accounts.secrets import new_recovery_code
from license_lib.auditing import audit_published, policy_of
from license_lib.authority import Authority, now
from license_lib.batch import BatchRow, read_batch, read_request
from license_lib.bundle import open_bundle, pinned
from license_lib.calendar import day_of
from license_lib.configured import fonts_folder
from license_lib.errors import LicenseError
from license_lib.issuing import Issued
from license_lib.offline import OfflineVerifier
from license_lib.publishing import PublicFolder
from license_lib.publishing.folder import BUNDLE, status_name
from license_lib.qr import scan_file
from license_lib.rendering import Fonts, page_png
from license_lib.resources import resource_folder
from license_lib.setting_up import create_development_keys, initialise
from license_lib.settings import FILE_NAME, Settings
from license_lib.status import Status
from license_lib.status.tokens import read_token
from license_lib.trusting import SIGNER, publish_list, read_signer
from license_lib.verification import OUTCOME_TEXTS, Outcome, Verdict
from signing.keys import load_credential

EXAMPLES = Path(__file__).resolve().parent / "examples"
MARKER = ".license-demo"
console = Console(width=118, highlight=False)


@dataclass(frozen=True)
class Case:
    """One file and what has to be said of it: the outcome, and the finding that gives the reason."""

    name: str
    title: str
    file: bytes
    outcome: Outcome
    reason: str


def main(folder: Path) -> int:
    """Run the demo in a folder; 0 if everything was judged as it should be."""
    console.rule("电子证照演示 Electronic licences: the whole chain")
    passphrase = secrets.token_urlsafe(24).encode()
    settings = _prepare(folder, passphrase)
    with Authority(settings, passphrase=passphrase) as authority:
        issued = list(_issue(authority))
        if len({one.license.type_code for one in issued}) != len(authority.catalogue):
            console.print("[red]not every type was issued")
            return 1
        _repeat(authority)
        _gallery(authority, issued, folder / "gallery")
        wrong = _judge(authority, list(_cases(authority, issued, passphrase, folder / "stranger")), folder / "cases")
        wrong |= _publish(authority, issued, folder / "auditor")
        wrong |= _tell_the_world(authority, passphrase)
    _let_in(settings, folder / "staff")
    console.print(f"\n文件 files: {folder}/cases  {folder}/gallery   证照库 repository: {folder}/data")
    console.print(
        f"继续 next: [bold]make serve[/], or  license --help;  license verify {folder}/cases/*.pdf --home {folder}"
    )
    return wrong


def _prepare(folder: Path, passphrase: bytes) -> Settings:
    """A new home; an earlier demo in the same folder makes way, anything else is left alone."""
    if folder.exists():
        if not (folder / MARKER).exists() and any(folder.iterdir()):
            raise SystemExit(f"{folder} holds something else: give an empty folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()
    settings = initialise(folder)
    with (folder / FILE_NAME).open("a", encoding="utf-8") as more:
        more.write("\n# The demo's own: elsewhere a password alone is not enough.\n[sign_in]\nsecond_factor = false\n")
    shutil.copy(EXAMPLES.parent / SERVICE_ITEMS, folder / SERVICE_ITEMS)
    settings = Settings.load(folder)
    create_development_keys(settings, passphrase, at=now())
    secret = folder / "passphrase"
    secret.touch(mode=0o600)
    secret.write_bytes(passphrase)
    console.print(f"已建立 ready: {folder} (SQLite, 本地文件 local files, 开发测试密钥 development keys)\n")
    return settings


def _let_in(settings: Settings, note: Path) -> None:
    """Somebody who can sign in to the demo's service: by a password alone, for nobody has their authenticator at hand."""
    login, password = "demo", new_recovery_code(secrets.token_bytes)
    with Accounts.open(settings, now) as accounts:
        for body in settings.issuers:
            accounts.staff.add_department(Department(body.id, body.name))
        accounts.staff.add(login, "演示人员", "market", list(Role), password=accounts.passwords.hashed(password))
    note.touch(mode=0o600)
    note.write_text(f"{login}\n{password}\n", encoding="utf-8")
    console.print(
        f"\n登录 sign in at /sign-in, then open /counter: [bold]{login}[/]  {password}   (只在此显示，并存于 shown here, kept in {note})"
    )


def _issue(authority: Authority) -> Iterator[Issued]:
    rows: list[BatchRow] = [
        row
        for name in ("business-licenses.csv", "permits.jsonl", "with-faults.csv")
        for row in read_batch(EXAMPLES / name)
    ]
    counts: Counter[str] = Counter()
    started = now()
    results = authority.issue_all(row.request for row in rows)
    for row, result in track(zip(rows, results, strict=True), "颁发 issuing", total=len(rows), console=console):
        if isinstance(result, LicenseError):
            counts["refused"] += 1
            console.print(
                f"  第{row.line}行未颁发 line {row.line} refused: [yellow]{result.code}[/] {result.message[:90]}"
            )
            continue
        counts[result.license.type_name] += 1
        yield result
    seconds = (now() - started).total_seconds()
    table = Table("证照类型 type", "颁发 issued", box=None)
    for name, number in counts.items():
        if name != "refused":
            table.add_row(name, str(number))
    console.print(table)
    total = sum(counts.values()) - counts["refused"]
    console.print(
        f"共 {total} 份，用时 {seconds:.1f} 秒 ({total} licences in {seconds:.1f} s; {counts['refused']} bad rows refused)\n"
    )


def _repeat(authority: Authority) -> None:
    """The same batch once more: nothing is issued twice."""
    rows = read_batch(EXAMPLES / "permits.jsonl")
    again = [one for one in authority.issue_all(row.request for row in rows) if isinstance(one, Issued)]
    fresh = sum(not one.already for one in again)
    console.print(f"同一批再次提交：新颁发 {fresh} 份 the same batch once more: {fresh} new, {len(again)} as before\n")


def _gallery(authority: Authority, issued: list[Issued], folder: Path) -> None:
    folder.mkdir()
    first = {one.license.type_code: one for one in reversed(issued)}
    for kind in authority.catalogue:
        pdf = first[kind.code.value].pdf
        (folder / f"{kind.key}.pdf").write_bytes(pdf)
        (folder / f"{kind.key}.png").write_bytes(page_png(pdf, dpi=110))


def _cases(authority: Authority, issued: list[Issued], passphrase: bytes, stranger_home: Path) -> Iterator[Case]:
    clean, other, third, *_ = [one for one in issued if one.license.type_name == "营业执照"]
    yield Case("clean", "原件 a clean licence", clean.pdf, Outcome.IN_FORCE, "seal.development")
    yield Case("printed", "打印件的照片 a picture of its print", page_png(clean.pdf), Outcome.IN_FORCE, "paper.compare")
    yield Case(
        "changed-byte", "改动一个字节 one byte changed", change_byte(clean.pdf), Outcome.NOT_GENUINE, "seal.altered"
    )
    yield Case(
        "changed-face",
        "涂改照面后另存 face changed, re-saved",
        paint_over(clean.pdf),
        Outcome.NOT_GENUINE,
        "seal.coverage",
    )
    pasted = paste_code(
        other.license,
        authority.catalogue.get("business-license"),
        scan_file(clean.pdf)[0],
        fonts=Fonts.load(fonts_folder(authority.settings)),
        credential=load_credential(authority.settings.keys_folder, "market", passphrase=passphrase, at=now()),
        at=now(),
    )
    yield Case("pasted-code", "贴上别人的二维码 another's QR pasted", pasted, Outcome.NOT_GENUINE, "qr.mismatch")
    authority.revoke(third.identifier, reason="以欺骗手段取得", actor="样例·经办人", legal_basis="行政许可法第六十九条")
    yield Case("revoked", "已撤销 revoked", third.pdf, Outcome.NOT_IN_FORCE, "status.revoked")
    old = day_of(now()) - timedelta(days=3 * 366)
    wanted = read_request(resource_folder("templates") / "residence-permit" / "example.toml", {
        "type": "residence-permit", "issuer": "police",
    })  # fmt: skip
    expired = authority.issue(replace(wanted, issued_on=old, valid_from=old, request_key="demo:expired"))
    yield Case("expired", "已过期 expired", expired.pdf, Outcome.NOT_IN_FORCE, "validity.expired")
    settings = initialise(stranger_home)
    create_development_keys(settings, passphrase, at=now())
    row = next(iter(read_batch(EXAMPLES / "business-licenses.csv")))
    if isinstance(row.request, LicenseError):
        raise row.request
    with Authority(settings, passphrase=passphrase) as stranger:
        foreign = stranger.issue(row.request)
    yield Case(
        "unknown-issuer", "陌生机构盖章 sealed by a stranger", foreign.pdf, Outcome.UNDETERMINED, "seal.unknown-issuer"
    )


def _judge(authority: Authority, cases: list[Case], folder: Path) -> int:
    folder.mkdir()
    table = Table("案例 case", "结论 outcome", "依据 finding", "", box=None)
    wrong = 0
    for case in cases:
        picture = case.file.startswith(b"\x89PNG")
        (folder / f"{case.name}.{'png' if picture else 'pdf'}").write_bytes(case.file)
        if not picture:
            (folder / f"{case.name}.png").write_bytes(page_png(case.file, dpi=80))
        verdict = authority.verify(case.file)
        codes = [finding.code for finding in verdict.findings]
        right = verdict.outcome is case.outcome and case.reason in codes
        wrong += not right
        table.add_row(
            case.title,
            _colored(verdict),
            ", ".join(codes),
            "" if right else f"[red]expected {case.outcome}, {case.reason}",
        )
    console.print(table)
    return int(wrong > 0)


def _publish(authority: Authority, issued: list[Issued], auditor: Path) -> int:
    """Status lists and log for the world: a revocation arrives in the list, and an outsider finds nothing wrong."""
    public = authority.settings.public_folder
    stored = authority.repository.by_identifier(issued[-1].identifier)
    if stored is None or stored.status is None:
        raise SystemExit("a licence has no place in a status list")
    place = stored.status

    def state() -> Status:
        return read_token((public / status_name(place.list_number)).read_bytes()).status(place.index)

    first = authority.publisher.publish()
    before = state()
    authority.revoke(
        stored.identifier, reason="以欺骗手段取得", actor="样例·经办人", legal_basis="行政许可法第六十九条"
    )
    second = authority.publisher.publish()
    after = state()
    vkey = (authority.settings.keys_folder / "public" / "log.vkey").read_text(encoding="ascii").strip()
    audited = audit_published(
        PublicFolder(public).read, policy_of(vkey), auditor, now=now(), status=True, licenses=[("", issued[-1].pdf)]
    )
    right = (before, after) == (Status.VALID, Status.INVALID) and audited.complete and not audited.findings
    console.print(
        f"\n公布 published: 日志 {first.size} → {second.size} 条 log entries; 状态名单 status list {place.list_number}，"
        f"第 {place.index} 项 entry: {before.name} → {after.name}"
    )
    console.print(f"审计 audited by an outsider: {second.size} 条 entries, {len(audited.findings)} 项发现 findings")
    return int(not right)


def _tell_the_world(authority: Authority, passphrase: bytes) -> int:
    """Trust list and offline bundle: who has them judges codes alone, as the page behind the QR does."""
    settings = authority.settings
    made, _, path = publish_list(settings, authority.catalogue, authority.issuers, passphrase, output=None, at=now())
    authority.publisher.publish()
    signer = read_signer(settings.keys_folder / "public" / f"{SIGNER}.pem")
    bundle = open_bundle((settings.public_folder / BUNDLE).read_bytes(), pinned(signer))
    verifier = OfflineVerifier([bundle], authority.catalogue)
    table = Table("只凭离线包核验二维码 a code, judged by a bundle alone", "结论 outcome", "", box=None)
    wrong = 0
    for name, outcome in (("clean", Outcome.IN_FORCE), ("revoked", Outcome.NOT_IN_FORCE)):
        verdict = verifier.verify_code(scan_file((settings.home / "cases" / f"{name}.pdf").read_bytes())[0], at=now())
        wrong += verdict.outcome is not outcome
        table.add_row(name, _colored(verdict), "" if verdict.outcome is outcome else f"[red]expected {outcome}")
    console.print(f"信任名单 trust list: {path}，第 {made.list.sequence} 号 number")
    console.print(table)
    return int(wrong > 0)


def _colored(verdict: Verdict) -> str:
    color = {Outcome.IN_FORCE: "green", Outcome.NOT_GENUINE: "red", Outcome.NOT_IN_FORCE: "yellow"}.get(
        verdict.outcome, "blue"
    )
    return f"[{color}]{verdict.outcome}[/] {OUTCOME_TEXTS[verdict.outcome][0]}"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/demo")))
