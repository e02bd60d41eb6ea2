"""Licences sealed for the long term, and their archive time-stamps renewed before they age."""

import hashlib
import subprocess
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from databases import execute
from long_term_judge import judge_long_term
from pyhanko.sign.ades.report import AdESPassed
from support import (
    CLERK,
    NOON,
    PASSPHRASE,
    StillClock,
    counted_randomness,
    example_request,
    license_command,
    sealed_revision,
)
from time_stamp_authorities import renew_time_stamp_authority

from license_lib.archiving import Renewal
from license_lib.authority import Authority
from license_lib.errors import InputError, MachineError
from license_lib.issuing import Issued
from license_lib.official_documents import SealPlace
from license_lib.repository.files import file_name
from license_lib.resources import resource_folder
from license_lib.setting_up import publish_development_crls
from license_lib.settings import SealingSettings, Settings

LATER = NOON + timedelta(days=9 * 365)
ALL = timedelta(days=4000)


def open_authority(home: Path, level: str = "B-LTA", at: datetime = NOON) -> Authority:
    sealing = SealingSettings.model_validate({"level": level})
    settings = Settings.load(home).model_copy(update={"sealing": sealing})
    return Authority(settings, passphrase=PASSPHRASE, clock=StillClock(at), randomness=counted_randomness(f"{at}"))


def years_later(home: Path) -> Authority:
    """The same authority nine years later: fresh lists, and a new certificate for its time-stamps."""
    keys = home / "keys"
    publish_development_crls(Settings.load(home), PASSPHRASE, at=LATER)
    renew_time_stamp_authority(keys, LATER)
    return open_authority(home, at=LATER)


def lists(home: Path) -> list[bytes]:
    return [path.read_bytes() for path in (home / "keys" / "public" / "crl").glob("*.crl")]


@pytest.fixture
def issued(home: Path) -> Issued:
    """One licence of the long term in the repository of `home`."""
    with open_authority(home) as authority:
        return authority.issue(example_request("business-license"))


def test_a_licence_is_issued_with_its_evidence(home: Path, issued: Issued) -> None:
    with open_authority(home) as authority:
        (stored,) = authority.records.find(CLERK, identifier=issued.identifier)
        assert authority.repository.newest_file(stored) == issued.pdf
        assert stored.file_digest == hashlib.sha256(sealed_revision(issued.pdf)).digest()
        assert not authority.repository.files.contains(stored.file_digest), "it is not kept twice"
        again = authority.issue(example_request("business-license"))
        assert (again.pdf, again.already) == (issued.pdf, True)
        assert authority.records.print_copy(CLERK, issued.identifier).startswith(b"%PDF-")
    assert judge_long_term(issued.pdf, home / "keys", NOON, lists(home)).ades_subindic is AdESPassed.OK


@pytest.mark.parametrize("command", [("qpdf", "--check"), ("pdfsig", "-nocert"), ("mutool", "info")])
def test_other_tools_read_it_without_a_word(issued: Issued, tmp_path: Path, command: tuple[str, ...]) -> None:
    path = tmp_path / "licence.pdf"
    path.write_bytes(issued.pdf)
    done = subprocess.run([*command, path], capture_output=True, text=True, check=True)
    words = done.stdout + done.stderr
    assert "warning" not in words.replace("warning: ICC support is not available", "")
    if command[0] == "pdfsig":
        assert words.count("Signature is Valid.") == 1
        assert words.count("Total document signed") == 1


def test_at_level_b_t_nothing_follows_the_seal(home: Path) -> None:
    with open_authority(home, "B-T") as authority:
        issued = authority.issue(example_request("business-license"))
        assert sealed_revision(issued.pdf) == issued.pdf
        (current,) = authority.repository.current_files()
        assert (current.digest, current.until) == (hashlib.sha256(issued.pdf).digest(), None)


@pytest.mark.parametrize(("level", "fields"), [("B-T", 1), ("B-LTA", 2)])
def test_official_documents_are_sealed_at_the_same_level(home: Path, level: str, fields: int) -> None:
    out = BytesIO()
    with pikepdf.new() as blank:
        blank.add_blank_page(page_size=(595, 842))
        blank.save(out)
    with open_authority(home, level) as authority:
        sealed = authority.seal_document(out.getvalue(), "market", SealPlace(page=1, x_mm=100, y_mm=100))
    with pikepdf.open(BytesIO(sealed)) as pdf:
        assert len(pdf.Root.AcroForm.Fields) == fields


def test_nothing_is_issued_while_its_evidence_has_a_gap(home: Path) -> None:
    """Lists that are stale prove nothing; the request can be sent again once there are fresh ones."""
    stale = NOON + timedelta(days=60)
    with open_authority(home, at=stale) as authority:
        with pytest.raises(MachineError) as refused:
            authority.issue(example_request("business-license"))
        assert refused.value.code == "evidence.incomplete"
        assert authority.repository.count() == 0
    publish_development_crls(Settings.load(home), PASSPHRASE, at=stale)
    with open_authority(home, at=stale) as authority:
        assert not authority.issue(example_request("business-license")).already


def test_what_ends_soon_is_renewed_and_remains_the_same_licence(home: Path, issued: Issued) -> None:
    with open_authority(home) as authority:
        assert list(authority.archiving.due(timedelta(days=365))) == []
    with years_later(home) as authority:
        (due,) = authority.archiving.due(timedelta(days=730))
        (renewal,) = authority.archiving.renew([due])
        assert renewal.error is None
        assert renewal.until is not None
        assert renewal.until > LATER + timedelta(days=3000)
        (stored,) = authority.records.find(CLERK, identifier=issued.identifier)
        renewed = authority.repository.newest_file(stored)
        assert renewed.startswith(issued.pdf)
        assert sealed_revision(renewed) == sealed_revision(issued.pdf)
        assert len(authority.repository.events(issued.identifier)) == 1
        assert list(authority.archiving.due(timedelta(days=730))) == []
    moment = LATER + timedelta(days=1)
    assert judge_long_term(renewed, home / "keys", moment, lists(home)).ades_subindic is AdESPassed.OK


def test_a_licence_that_was_never_archived_is_due_at_once(home: Path) -> None:
    with open_authority(home, "B-T") as authority:
        authority.issue(example_request("business-license"))
        (renewal,) = authority.archiving.renew(authority.archiving.due(timedelta(0)))
        assert renewal.ended is None
        assert renewal.until is not None


def test_a_renewal_that_gains_nothing_is_not_made(home: Path, issued: Issued) -> None:
    """The authority's certificate is still the same: a further time-stamp would end with the first."""
    with open_authority(home) as authority:
        (renewal,) = authority.archiving.renew(authority.archiving.due(ALL))
        assert isinstance(renewal.error, InputError)
        assert renewal.error.code == "archive.no-gain"
        (stored,) = authority.records.find(CLERK, identifier=issued.identifier)
        assert authority.repository.newest_file(stored) == issued.pdf


def test_a_crash_between_the_steps_loses_nothing(home: Path, issued: Issued) -> None:
    with years_later(home) as authority:
        (stored,) = authority.records.find(CLERK, identifier=issued.identifier)
        (due,) = authority.archiving.due(ALL)
        archived = authority.archiving.archive_file(issued.pdf)
        authority.repository.files.put(archived.pdf)
        assert authority.repository.newest_file(stored) == issued.pdf, "stored, not committed"
        execute(authority.settings.database_url, "ALTER TABLE archive RENAME COLUMN until TO broken")
        with pytest.raises(MachineError) as failed:
            list(authority.archiving.renew([due]))
        assert failed.value.code == "storage.failed"
        execute(authority.settings.database_url, "ALTER TABLE archive RENAME COLUMN broken TO until")
        assert authority.repository.newest_file(stored) == issued.pdf
        (renewal,) = authority.archiving.renew([due])
        assert renewal.error is None
        assert authority.repository.newest_file(stored).startswith(issued.pdf)
        (late,) = authority.archiving.renew([due])
        assert isinstance(late.error, InputError)
        assert late.error.code == "archive.renewed"


def test_one_damaged_file_does_not_keep_the_others_from_their_renewal(home: Path, issued: Issued) -> None:
    with open_authority(home) as authority:
        other = authority.issue(example_request("residence-permit"))
        (damaged, _) = authority.repository.current_files()
        path = home / "data" / "files" / file_name(damaged.digest)
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:-1])
    with years_later(home) as authority:
        bad, good = authority.archiving.renew(authority.archiving.due(ALL))
        assert isinstance(bad.error, MachineError)
        assert (bad.identifier, bad.error.code) == (issued.identifier, "storage.corrupt")
        assert good == Renewal(other.identifier, good.ended, good.until)
        assert good.until is not None


def test_evidence_that_cannot_be_had_stops_all(home: Path, issued: Issued) -> None:
    renew_time_stamp_authority(home / "keys", LATER)
    with open_authority(home, at=LATER) as authority:  # with the lists of nine years ago
        (due,) = authority.archiving.due(ALL)
        with pytest.raises(MachineError) as stopped:
            list(authority.archiving.renew([due]))
        assert stopped.value.code == "evidence.incomplete"
        (stored,) = authority.records.find(CLERK, identifier=issued.identifier)
        assert authority.repository.newest_file(stored) == issued.pdf


def test_an_unknown_licence_is_not_silently_nothing(home: Path) -> None:
    with open_authority(home) as authority, pytest.raises(InputError) as refused:
        list(authority.archiving.due(ALL, identifier="nobody"))
    assert refused.value.code == "license.unknown"


# -- the command line ---------------------------------------------------------------------------------------------


@pytest.fixture
def sealed(city: Path, tmp_path: Path) -> Path:
    """A licence of level B-T in a repository, and its file outside."""
    settings = city / "license.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('level = "B-LTA"', 'level = "B-T"'))
    path = tmp_path / "licence.pdf"
    example = resource_folder("templates") / "business-license" / "example.toml"
    done = license_command(
        *("issue", example, "--type", "business-license", "--issuer", "market", "--home", city, "-o", path)
    )
    assert done.code == 0, done.err
    return path


def test_the_command_says_what_is_due_and_then_renews_it(city: Path, sealed: Path) -> None:
    looked = license_command("archive-renew", "--dry-run", "--json", "--home", city, passphrase=None)
    due, summary = looked.values
    assert (looked.code, due["status"], due["ended"], due["until"]) == (0, "due", None, None)
    assert summary == {"summary": {"due": 1, "renewed": 0, "failed": 0}}
    done = license_command("archive-renew", "--json", "--home", city)
    renewed, summary = done.values
    assert (done.code, renewed["status"], renewed["identifier"]) == (0, "renewed", due["identifier"])
    assert summary == {"summary": {"due": 0, "renewed": 1, "failed": 0}}
    shown = sealed.with_name("shown.pdf")
    assert license_command("show", due["identifier"], "-o", shown, "--home", city).code == 0
    assert shown.read_bytes().startswith(sealed.read_bytes())
    assert license_command("archive-renew", "--json", "--home", city).values == [
        {"summary": {"due": 0, "renewed": 0, "failed": 0}}
    ]
    again = license_command("archive-renew", "--within", 36500, "--identifier", due["identifier"], "--home", city)
    assert again.code == 1
    assert "archive.no-gain" in again.out


def test_the_command_archives_a_file_outside_of_the_repository(city: Path, sealed: Path) -> None:
    out = sealed.with_name("archived.pdf")
    done = license_command("archive-renew", sealed, "-o", out, "--json", "--home", city)
    assert (done.code, done.value["output"]) == (0, str(out))
    assert out.read_bytes().startswith(sealed.read_bytes())
    changed = sealed.with_name("changed.pdf")
    changed.write_bytes(sealed.read_bytes() + b"\n")
    refused = license_command("archive-renew", changed, "-o", out, "--json", "--home", city)
    assert (refused.code, refused.error["code"]) == (3, "archive.changed-after")
    for wrong in ((sealed,), (sealed, "-o", out, "--dry-run"), ("-o", out)):
        refused = license_command("archive-renew", *wrong, "--json", "--home", city)
        assert (refused.code, refused.error["code"]) == (3, "usage")
