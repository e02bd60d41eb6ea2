"""亮证: a holder presents a licence, somebody redeems the code; screenshots, guesses, other audiences get nothing."""

import io
import json
import re
import subprocess
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from recorded import log_is_whole
from support import CLERK, StillClock, counted_randomness, example_request, license_command

from license_lib.authority import Authority
from license_lib.errors import InputError, MachineError
from license_lib.issuing import Issued
from license_lib.lifecycle import EventKind
from license_lib.presenting import Presentation, Presenting
from license_lib.qr import decode, scan_file
from license_lib.qr.presented import is_presentation, presentation_text, presented_secret
from license_lib.rendering.qr_drawing import qr_matrix
from license_lib.rendering.qr_pictures import qr_lines, qr_png, qr_svg
from license_lib.repository.entries import Cause, Use
from license_lib.resources import resource_folder
from license_lib.verification import Outcome

HOLDER = Use(actor="持证人", purpose="办理变更", item="000131001000", place="app")
CLINIC = Use(actor="样例·窗口人员", body="样例诊所", audience="样例诊所")
EXAMPLE = resource_folder("templates") / "business-license" / "example.toml"
NUMBER = "91620402MA0000000Q"


@pytest.fixture
def business(authority: Authority) -> Issued:
    return authority.issue(example_request("business-license"))


def codes(shown: Presentation) -> list[str]:
    return [finding.code for finding in shown.verdict.findings]


def test_the_first_who_scans_it_gets_the_licence_and_the_consent(
    authority: Authority, business: Issued, clock: StillClock
) -> None:
    code = authority.present(business.identifier, replace(HOLDER, audience="样例诊所"), holder_number=NUMBER)
    assert code.verdict.outcome is Outcome.IN_FORCE
    assert (code.expires_at - code.made_at).total_seconds() == 60
    clock.advance(seconds=59)
    shown = authority.redeem(code.text, CLINIC)
    assert (shown.accepted, shown.verdict.outcome) == (True, Outcome.IN_FORCE)
    public = {each.code: each.text for each in shown.public}
    assert public["CZZT"] == business.license.holders[0].name
    assert not any(NUMBER in each.text for each in shown.public if each.code not in {"ZZBH", "KZ_TYSHXYDM"})
    consent = shown.consent
    assert consent is not None
    assert (consent.given, consent.identifier) == (code.consent, business.identifier)
    assert (consent.presenter.actor, consent.redeemer.actor) == ("持证人", "样例·窗口人员")
    assert (consent.redeemer.purpose, consent.redeemer.item) == ("办理变更", "000131001000"), "those of the holder"
    told = [(one.kind.value, one.outcome, one.consent) for one in authority.records.used(CLERK, holder_number=NUMBER)]
    assert told == [("present", "", None), ("redeem", "IN_FORCE", code.consent)]
    assert log_is_whole(authority.repository)


def test_a_screenshot_that_is_shown_later_is_told_as_one(
    authority: Authority, business: Issued, clock: StillClock
) -> None:
    code = authority.present(business.identifier, HOLDER)
    clock.advance(seconds=3)
    assert authority.redeem(code.text, CLINIC).accepted
    for wait in (5, 3600, 20 * 3600):
        clock.advance(seconds=wait)
        again = authority.redeem(code.text, Use(actor="另一人"))
        assert (again.accepted, again.verdict.outcome, codes(again)) == (
            False,
            Outcome.UNDETERMINED,
            ["presentation.used"],
        )
        assert again.verdict.findings[0].params == {"time": "2026-11-22 12:00:03"}
        assert (again.public, again.verdict.license) == ((), None)
    clock.advance(days=1)
    authority.present(business.identifier, HOLDER)
    assert codes(authority.redeem(code.text, CLINIC)) == ["presentation.unknown"], "forgotten by now"


def test_nobody_gets_in_late_by_guessing_or_for_somebody_else(
    authority: Authority, business: Issued, clock: StillClock
) -> None:
    code = authority.present(business.identifier, replace(HOLDER, audience="样例诊所"), seconds=30)
    head, _, digits = code.text.partition("#")
    before = authority.repository.log.head().size
    for guess in (int(digits) + 1, 0, 2**128 - 1):
        assert codes(authority.redeem(f"{head}#{guess:039}", CLINIC)) == ["presentation.unknown"]
    for text in (
        "",
        "x",
        code.text[:-1],
        code.text + "0",
        f"{head}#{2**128:039}",
        scan_file(business.pdf)[0],
        "1" * 5000,
    ):
        assert codes(authority.redeem(text, CLINIC)) == ["presentation.foreign"]
    assert authority.repository.log.head().size == before, "a guess leaves nothing behind"
    assert codes(authority.redeem(code.text, replace(CLINIC, audience=""))) == ["presentation.audience"]
    clock.advance(seconds=29)
    assert authority.redeem(code.text.lower(), CLINIC).accepted, "still unused"
    late = authority.present(business.identifier, HOLDER, seconds=30)
    clock.advance(seconds=30)
    shown = authority.redeem(late.text, CLINIC)
    assert (codes(shown), shown.verdict.findings[0].params) == (
        ["presentation.expired"],
        {"time": "2026-11-22 12:00:59"},
    )


def test_what_happened_in_between_is_told(authority: Authority, business: Issued, clock: StillClock) -> None:
    code = authority.present(business.identifier, HOLDER)
    clock.advance(seconds=10)
    cause = Cause(actor="科长", reason="停业整顿")
    authority.record(business.identifier, EventKind.SUSPEND, cause)
    clock.advance(seconds=1)
    shown = authority.redeem(code.text, CLINIC)
    assert (shown.accepted, shown.verdict.outcome) == (True, Outcome.NOT_IN_FORCE)
    assert "status.suspended" in codes(shown)
    clock.advance(seconds=1)
    assert authority.present(business.identifier, HOLDER).verdict.outcome is Outcome.NOT_IN_FORCE, "its holder is told"


def test_what_happens_while_it_is_judged_is_told_too(authority: Authority, business: Issued, clock: StillClock) -> None:
    code = authority.present(business.identifier, HOLDER)
    verifier, late = authority.verifier, iter([True])

    class Slow:
        """Somebody suspends the licence after it was judged, and before that is on record."""

        catalogue = verifier.catalogue

        def status(self, identifier: str, *, at: object) -> object:
            del at
            verdict = verifier.status(identifier, at=clock())
            if next(late, False):
                authority.record(business.identifier, EventKind.SUSPEND, Cause(actor="科长", reason="停业整顿"))
            return verdict

    slow = Presenting(
        authority.repository,
        authority.trail,
        Slow,  # type: ignore[arg-type]  # it says what the verifier says
        public_url="https://a.example",
        clock=clock,
        randomness=counted_randomness("slow"),
    )
    shown = slow.redeem(code.text, CLINIC)
    assert (shown.accepted, shown.verdict.outcome) == (True, Outcome.NOT_IN_FORCE)
    assert [one.outcome for one in authority.records.used(CLERK, identifier=business.identifier)] == [
        "",
        "NOT_IN_FORCE",
    ]


def test_of_two_who_scan_at_once_one_is_told_that_the_other_was_faster(authority: Authority, business: Issued) -> None:
    for _ in range(5):
        code = authority.present(business.identifier, HOLDER)
        with ThreadPoolExecutor(2) as pool:
            shown = list(pool.map(lambda text: authority.redeem(text, CLINIC), [code.text] * 2))
        assert sorted(each.accepted for each in shown) == [False, True]
        assert sorted(codes(each)[:1] for each in shown if not each.accepted) == [["presentation.used"]]
    assert log_is_whole(authority.repository)


@pytest.mark.parametrize("seconds", [-1, 0, 29, 121, 10**9])
def test_other_times_are_refused(authority: Authority, business: Issued, seconds: int) -> None:
    with pytest.raises(InputError) as refused:
        authority.present(business.identifier, HOLDER, seconds=seconds)
    assert refused.value.code == "presentation.seconds"
    assert authority.repository.usage.of_license(business.identifier) == ()


def test_only_its_holder_presents_it_and_nobody_learns_whose_it_is(authority: Authority, business: Issued) -> None:
    for identifier, number in (
        (business.identifier, "91620402MA0000001U"),
        (business.identifier, "x"),
        ("1.2.3", NUMBER),
    ):
        with pytest.raises(InputError) as refused:
            authority.present(identifier, HOLDER, holder_number=number)
        assert (refused.value.code, str(refused.value)) == (
            "license.unknown",
            "there is no such licence of this holder (check the identifier)",
        )
    assert authority.present(business.identifier, HOLDER, holder_number=f" {NUMBER.lower()} ").text


def test_a_presentation_answers_for_something(authority: Authority, business: Issued) -> None:
    for use, code in (
        (replace(HOLDER, actor=" "), "usage.actor-missing"),
        (replace(HOLDER, audience="a\nb"), "entry.text"),
        (replace(HOLDER, audience="a" * 501), "entry.text"),
    ):
        with pytest.raises(InputError) as refused:
            authority.present(business.identifier, use)
        assert refused.value.code == code
    made = authority.present(business.identifier, HOLDER)
    with pytest.raises(InputError) as refused:
        authority.redeem(made.text, Use(actor=""))
    assert refused.value.code == "usage.actor-missing"
    assert authority.redeem(made.text, CLINIC).accepted, "that did not use it up"


def test_a_clock_that_is_behind_lets_no_code_live_on(authority: Authority, business: Issued, clock: StillClock) -> None:
    code = authority.present(business.identifier, HOLDER)
    clock.advance(seconds=-11)
    with pytest.raises(MachineError) as refused:
        authority.redeem(code.text, CLINIC)
    assert refused.value.code == "presentation.clock-behind"
    clock.advance(seconds=1)
    assert authority.redeem(code.text, CLINIC).accepted


def test_what_cannot_be_put_on_record_is_not_answered(authority: Authority, business: Issued) -> None:
    code = authority.present(business.identifier, HOLDER)
    from license_lib.repository.repository import Repository

    settings = authority.settings
    with Repository.open(settings.database_url, settings.files, read_only=True) as unwritable:
        desk = Presenting(
            unwritable,
            authority.trail,
            lambda: authority.verifier,
            public_url=settings.public_url,
            clock=lambda: code.made_at,
            randomness=counted_randomness("read-only"),
        )
        for ask in (lambda: desk.redeem(code.text, CLINIC), lambda: desk.present(business.identifier, HOLDER)):
            with pytest.raises(MachineError) as refused:
                ask()
            assert refused.value.code == "storage.read-only"
    assert authority.redeem(code.text, CLINIC).accepted


def test_the_secret_is_in_no_text_of_ours(
    authority: Authority, business: Issued, caplog: pytest.LogCaptureFixture
) -> None:
    code = authority.present(business.identifier, HOLDER)
    digits = code.text.partition("#")[2]
    secret = presented_secret(code.text)
    assert secret is not None
    shown = [repr(code), repr(authority.redeem(code.text, CLINIC)), repr(authority.redeem(code.text, CLINIC))]
    for ask in (lambda: authority.redeem(code.text, Use(actor=" ")), lambda: decode(code.text)):
        try:
            ask()
        except InputError as error:
            shown += [traceback.format_exc(), repr(error), str(error)]
    shown.append(caplog.text)
    assert len(shown) == 10
    for text in shown:
        assert digits not in text
        assert secret.hex() not in text


# -- the text and its picture ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [bytes(16), b"\xff" * 16, bytes(15) + b"\x01", bytes(range(16))])
def test_one_secret_has_one_text(secret: bytes) -> None:
    text = presentation_text(secret, "https://license.example/")
    assert presented_secret(text) == secret
    assert presented_secret(text.lower()) == secret
    assert len(text) == len("HTTPS://LICENSE.EXAMPLE/P#") + 39
    for other in (text + "0", text[:-1], text.replace("#", "#0"), text.replace("/P#", "/V#"), text.replace("#", "#+")):
        assert not is_presentation(other)


def test_the_code_is_small_and_others_read_it(tmp_path: Path) -> None:
    text = presentation_text(b"\xff" * 16, "https://license.example")
    assert len(qr_matrix(text)) == 29, "version 3"
    assert len(qr_matrix(presentation_text(b"\xff" * 16, "https://a-long-name.dzzz.baiyin.example.gov.cn"))) <= 33
    picture = qr_png(text)
    with Image.open(io.BytesIO(picture)) as drawn:
        assert [found.text for found in zxingcpp.read_barcodes(drawn.convert("L"))] == [text]
    (tmp_path / "code.png").write_bytes(picture)
    _painted(qr_svg(text)).save(tmp_path / "svg.png")
    for name in ("code.png", "svg.png"):
        read = subprocess.run(
            ["zbarimg", "-q", "--raw", name], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert read.stdout.strip() == text


def _painted(svg: str) -> Image.Image:
    """The path of such a file, by a painter of this test's own."""
    size = int(re.findall(r'viewBox="0 0 ([0-9]+)', svg)[0])
    picture = Image.new("L", (size, size), 255)
    dark = re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", svg.partition("/><path")[2])
    for left, top, wide, high in (map(int, each) for each in dark):
        picture.paste(0, (left, top, left + wide, top + high))
    return picture.resize((size * 6, size * 6), Image.Resampling.NEAREST)


def test_a_terminal_shows_the_same_modules() -> None:
    text = presentation_text(bytes(range(16)), "https://license.example")
    lines = qr_lines(text).splitlines()
    halves = {"█": (0, 0), "▀": (0, 1), "▄": (1, 0), " ": (1, 1)}
    rows = [bytes(halves[each][half] for each in line) for line in lines for half in (0, 1)]
    matrix = qr_matrix(text)
    assert [row[4:-4] for row in rows[4 : 4 + len(matrix)]] == matrix
    assert {len(line) for line in lines} == {len(matrix) + 8}
    assert set(lines[0] + lines[1]) == {"█"}, "the quiet zone is light"


# -- the command line --------------------------------------------------------------------------------------------------


@pytest.fixture
def issued(city: Path) -> str:
    done = license_command(
        "issue", EXAMPLE, "--type", "business-license", "--issuer", "market", "--home", city, "--json",
        "-o", city / "license.pdf",
    )  # fmt: skip
    return str(done.value["identifier"])


def test_the_commands_make_draw_redeem_and_tell(city: Path, issued: str, tmp_path: Path) -> None:
    (tmp_path / "holder.txt").write_text(NUMBER, encoding="ascii")
    made = license_command(
        "present", issued, "--home", city, "--json", "--audience", "样例诊所", "--purpose", "就医", "--item", "0001",
        "--holder-file", tmp_path / "holder.txt", "--qr", tmp_path / "code.png", "--seconds", "120",
        "--actor", "持证人",
    )  # fmt: skip
    assert made.code == 0, made.err
    text = made.value["text"]
    scanned = license_command("qr", "scan", tmp_path / "code.png", "--json")
    assert (scanned.code, scanned.value["texts"], scanned.value["presentations"]) == (0, [text], [text])
    assert "亮证码" in license_command("qr", "scan", tmp_path / "code.png").out
    for ask in (["--code", text], [tmp_path / "code.png"]):
        asked = license_command("verify", *ask, "--home", city)
        assert (asked.code, asked.err) == (2, "")
        assert "qr.presentation" in asked.out
        assert "license redeem" in asked.out
    wrong = license_command("redeem", text, "--home", city, "--json", "--audience", "别处", "--actor", "某人")
    assert (wrong.code, wrong.value["accepted"]) == (2, False)
    shown = license_command("redeem", text, "--home", city, "--audience", "样例诊所", "--actor", "窗口")
    assert shown.code == 0, shown.err
    assert "IN_FORCE" in shown.out
    assert "出示给 样例诊所" in shown.out
    again = license_command("redeem", text, "--home", city, "--json", "--actor", "窗口")
    assert (again.code, again.value["verdict"]["findings"][0]["code"]) == (2, "presentation.used")
    assert (again.value["consent"], again.value["public"]) == (None, {})
    words = license_command("usage", issued, "--home", city).out.splitlines()
    assert len(words) == 4
    assert "持证人  亮证" in words[0]
    assert [line.split("  ")[2] for line in words[1:]] == ["验亮证码"] * 3
    assert "出示给 样例诊所" in words[0]
    assert license_command("fsck", "--home", city).code == 0


def test_the_commands_refuse_in_words(city: Path, issued: str, tmp_path: Path) -> None:
    for arguments, code in (
        (["present", issued, "--seconds", "10"], "presentation.seconds"),
        (["present", "1.2.3"], "license.unknown"),
        (["present", issued, "--qr", tmp_path / "code.jpg"], "output.kind"),
        (["present", issued, "--holder-file", tmp_path / "none"], "file.unreadable"),
    ):
        done = license_command(*arguments, "--home", city, "--json")
        assert (done.code, done.error["code"], done.out) == (3, code, "")
    foreign = license_command("redeem", "hello", "--home", city, "--english")
    assert foreign.code == 2
    assert "presentation.foreign: This is not a presentation code" in foreign.out


def test_json_is_one_object_without_names(city: Path, issued: str) -> None:
    text = license_command("present", issued, "--home", city, "--json", "--actor", "张三").value["text"]
    done = license_command("redeem", text, "--home", city, "--json", "--actor", "李四")
    assert set(done.value) == {"accepted", "verdict", "public", "consent"}
    said = json.dumps(done.value, ensure_ascii=False)
    assert "张三" not in said
    assert "李四" not in said
    assert "holders" not in done.value["verdict"]["license"]
