"""license.toml: what it holds, and that every fault is named with its place and mend."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from license_lib.configured import own_log
from license_lib.errors import InputError
from license_lib.setting_up import initialise
from license_lib.settings import FILE_NAME, LogSettings, Settings, SettingsError

GOOD = """
public_url = "https://zz.example.gov.cn"

[[issuers]]
id = "market"
name = "白银市市场监督管理局（样例）"
code = "11620400000000102W"
level = 3
types = ["business-license"]
"""


def loaded(folder: Path, text: str | bytes) -> Settings:
    (folder / FILE_NAME).write_bytes(text.encode() if isinstance(text, str) else text)
    return Settings.load(folder)


def refusal(folder: Path, text: str | bytes) -> str:
    with pytest.raises(SettingsError) as caught:
        loaded(folder, text)
    assert caught.value.code == "settings.invalid"
    return caught.value.message.replace(str(folder / FILE_NAME), FILE_NAME)


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    settings = loaded(tmp_path, GOOD)
    assert settings.home == tmp_path
    assert settings.database_url == f"sqlite:///{tmp_path / 'data/license.db'}"
    assert (settings.files, settings.keys_folder) == (tmp_path / "data/files", tmp_path / "keys")
    assert settings.sealing.level == "B-LTA"
    assert [(one.id, one.code, one.types) for one in settings.issuers] == [
        ("market", "11620400000000102W", frozenset({"business-license"}))
    ]


def test_absolute_paths_and_other_databases_stay_as_they_are(tmp_path: Path) -> None:
    there = tmp_path / "there"
    text = f'{GOOD}\n[storage]\ndatabase = "sqlite:///{there}/a.db"\nfiles = "{there}/files"\n'
    assert loaded(tmp_path, text).database_url == f"sqlite:///{there}/a.db"
    assert loaded(tmp_path, text).files == there / "files"
    text = f'{GOOD}\n[storage]\ndatabase = "postgresql://me@host/db"\n'
    assert loaded(tmp_path, text).database_url == "postgresql://me@host/db"
    text = f'{GOOD}\n[storage]\nfiles = "s3://licences/city"\n'
    assert loaded(tmp_path, text).files == "s3://licences/city"


def test_the_level_of_seals_is_one_of_two(tmp_path: Path) -> None:
    assert loaded(tmp_path, f'{GOOD}\n[sealing]\nlevel = "B-T"\n').sealing.level == "B-T"
    assert "license.toml: sealing.level: " in refusal(tmp_path, f'{GOOD}\n[sealing]\nlevel = "B-LT"\n')


def test_how_old_a_status_list_may_be(tmp_path: Path) -> None:
    assert loaded(tmp_path, GOOD).status.max_staleness == timedelta(hours=24)
    assert loaded(tmp_path, f"{GOOD}\n[status]\nmax_staleness_minutes = 90\n").status.max_staleness.seconds == 5400
    for wrong in ("0", "10081", "1.5"):
        told = refusal(tmp_path, f"{GOOD}\n[status]\nmax_staleness_minutes = {wrong}\n")
        assert "license.toml: status.max_staleness_minutes: " in told


def test_a_file_of_a_windows_editor_loads(tmp_path: Path) -> None:
    assert loaded(tmp_path, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()).issuers


def test_what_init_writes_loads_and_is_kept(tmp_path: Path) -> None:
    settings = initialise(tmp_path)
    assert len(settings.issuers) == 8
    (tmp_path / FILE_NAME).write_text(GOOD, encoding="utf-8")
    assert len(initialise(tmp_path).issuers) == 1


def test_time_stamp_authorities_and_the_network(tmp_path: Path) -> None:
    settings = loaded(tmp_path, GOOD)
    assert (settings.timestamps.urls, settings.network.proxy, settings.network.timeout_seconds) == ((), "", 10.0)
    more = '[timestamps]\nurls = ["https://a.example/tsa?k=1", "http://b.example"]\npolicy = "1.2.156.1"\n'
    settings = loaded(tmp_path, f'{GOOD}\n{more}[network]\nproxy = "http://proxy:3128"\ntimeout_seconds = 2.5\n')
    assert settings.timestamps.urls == ("https://a.example/tsa?k=1", "http://b.example")
    assert (settings.timestamps.policy, settings.timestamps.token_bytes) == ("1.2.156.1", 8192)
    assert (settings.network.proxy, settings.network.timeout_seconds) == ("http://proxy:3128", 2.5)


@pytest.mark.parametrize(
    "more",
    [
        '[timestamps]\nurls = ["ldap://a"]',
        '[timestamps]\nurls = ["http://user:password@a/"]',
        '[timestamps]\npolicy = "1.02"',
        "[timestamps]\ntoken_bytes = 10",
        '[network]\nproxy = "socks5://a"',
        '[network]\nproxy = "http://user:password@a"',
        "[network]\ntimeout_seconds = 0",
        '[storage]\ndatabase = "postgresql://me:password@host/db"',
        '[storage]\nfiles = "s3://me:password@bucket/x"',
        '[storage]\nfiles = "https://host/bucket"',
    ],
)
def test_places_on_the_network_are_plain_and_hold_no_password(tmp_path: Path, more: str) -> None:
    told = refusal(tmp_path, f"{GOOD}\n{more}\n")
    assert re.search(r"\b(timestamps|network|storage)\.\w+", told)
    assert "password" not in told


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load(tmp_path)
    assert (caught.value.code, caught.value.hint) == ("settings.missing", "run `license init`, or give --home")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (GOOD.replace("public_url", "public_ulr"), "public_ulr: is not known here → did you mean `public_url`?"),
        (GOOD.replace("types =", "type ="), "issuers[0].types: is missing → add it"),
        (GOOD.replace("level = 3", "level = 9"), "issuers[0].level: Input should be less than or equal to 5"),
        (GOOD.replace("102W", "102X"), "issuers[0].code: the check character does not fit"),
        (GOOD.replace('"market"', '"Market 1"'), "issuers[0].id: String should match"),
        (GOOD.replace("https:", "ftp:"), "public_url: String should match"),
        (GOOD.replace("example.gov.cn", "example.gov.cn/?x="), "public_url: String should match"),
        (GOOD.replace("zz.example", "白银.example"), "public_url: String should match"),
        ("home = '.'" + GOOD, "home: is not known here → remove it"),
        (GOOD + GOOD[GOOD.index("[[") :], "issuers: two issuing bodies have the id 'market' → make it unique"),
        (
            GOOD + GOOD[GOOD.index("[[") :].replace('"market"', '"other"'),
            "issuers: two issuing bodies have the code '11620400000000102W' → make it unique",
        ),
        ("public_url :=", f"{FILE_NAME}: line 1, column 12: not TOML: "),
        ("# 样例\nname = '样例'".encode("gb18030"), f"{FILE_NAME}: line 1: not UTF-8 → save the file as UTF-8"),
    ],
)
def test_faults_are_named_with_place_and_mend(tmp_path: Path, text: str | bytes, problem: str) -> None:
    assert problem in refusal(tmp_path, text)


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    message = refusal(tmp_path, GOOD.replace("public_url", "public_ulr").replace("level = 3", "levle = 3"))
    assert [line.split(": ")[1] for line in message.splitlines()] == [
        "public_url",
        "issuers[0].level",
        "issuers[0].levle",
        "public_ulr",
    ]


def test_a_folder_instead_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        Settings.load(tmp_path)


def test_added_fonts_are_found_from_the_file_and_asked_in_their_order(tmp_path: Path) -> None:
    assert loaded(tmp_path, GOOD).added_fonts == ()
    settings = loaded(tmp_path, 'fonts = ["fonts/B.ttf", "/usr/share/fonts/A.ttf"]\n' + GOOD)
    assert settings.added_fonts == (tmp_path / "fonts/B.ttf", Path("/usr/share/fonts/A.ttf"))


def test_what_is_published_and_how_fresh_lists_are_kept(tmp_path: Path) -> None:
    settings = loaded(tmp_path, GOOD)
    assert settings.public_folder == tmp_path / "public"
    assert (settings.publishing.refresh, settings.publishing.validity) == (timedelta(hours=1), timedelta(days=1))
    there = f'{GOOD}\n[publishing]\nfolder = "{tmp_path}/www"\nrefresh_minutes = 10\nvalidity_minutes = 60\n'
    settings = loaded(tmp_path, there)
    assert settings.public_folder == tmp_path / "www"
    assert (settings.publishing.refresh, settings.publishing.validity) == (timedelta(minutes=10), timedelta(hours=1))
    late = refusal(tmp_path, f"{GOOD}\n[publishing]\nrefresh_minutes = 40\nvalidity_minutes = 60\n")
    assert "license.toml: publishing: lists would end soon after the next is due" in late


def test_witnesses_of_the_log_are_keys_of_witnesses(master_home: Path) -> None:
    settings = Settings.load(master_home)
    assert own_log(settings) is not None
    for wrong in ('witnesses = ["x"]', "quorum = 1"):
        log = LogSettings.model_validate(tomllib.loads(wrong))
        with pytest.raises(InputError) as caught:
            own_log(settings.model_copy(update={"log": log}))
        assert caught.value.code == "settings.invalid"


OIDC = """
[sign_in.oidc]
issuer = "ISSUER"
client_id = "license"
departments = { "0012" = "market" }
role_names = { "counter" = "staff" }
"""


def test_how_people_sign_in(tmp_path: Path) -> None:
    rules = loaded(tmp_path, GOOD).sign_in
    assert (rules.local, rules.second_factor, rules.oidc) == (True, True, None)
    assert (rules.idle, rules.absolute) == (timedelta(minutes=30), timedelta(hours=10))
    for issuer in ("https://id.example.gov.cn", "http://127.0.0.1:8080/realms/city"):
        oidc = loaded(tmp_path, GOOD + OIDC.replace("ISSUER", issuer)).sign_in.oidc
        assert oidc is not None
        assert (oidc.issuer, dict(oidc.role_names)) == (issuer, {"counter": "staff"})


@pytest.mark.parametrize(
    "issuer", ["http://id.example.gov.cn", "id.example", "https://id.example?a", "ftp://127.0.0.1"]
)
def test_an_identity_provider_is_reached_where_nobody_listens(tmp_path: Path, issuer: str) -> None:
    assert "license.toml: sign_in.oidc.issuer: " in refusal(tmp_path, GOOD + OIDC.replace("ISSUER", issuer))


def test_a_role_that_is_none_is_told(tmp_path: Path) -> None:
    text = GOOD + OIDC.replace("ISSUER", "https://id.example").replace('"staff"', '"king"')
    assert "license.toml: sign_in.oidc.role_names" in refusal(tmp_path, text)
    assert "scopes" in refusal(tmp_path, f'{GOOD}{OIDC.replace("ISSUER", "https://id.example")}scopes = ["profile"]\n')


@pytest.mark.parametrize("wrong", ["0.0.0.0/0", "::/0", "proxy.example", "10.0.0.1/8"])
def test_proxies_are_named_one_by_one(tmp_path: Path, wrong: str) -> None:
    assert loaded(tmp_path, f'{GOOD}[service]\ntrusted_proxies = ["10.0.0.7", "10.1.0.0/16"]\n')
    told = refusal(tmp_path, f'{GOOD}\n[service]\ntrusted_proxies = ["{wrong}"]\n')
    assert "license.toml: service.trusted_proxies: " in told


def test_the_environment_goes_before_the_file_and_is_checked_with_it(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(f"{GOOD}\n[sign_in]\nidle_minutes = 5\nabsolute_hours = 8\n", encoding="utf-8")
    given = {
        "LICENSE__SIGN_IN__IDLE_MINUTES": "7",
        "LICENSE__SIGN_IN__LOCAL": "false",
        "LICENSE__STORAGE__DATABASE": "postgresql://me@host/db",
        "LICENSE__SERVICE__TRUSTED_PROXIES": '["10.0.0.7"]',
        "LICENSE_HOME": "/elsewhere",
    }
    settings = Settings.load(tmp_path, given)
    assert (settings.sign_in.idle_minutes, settings.sign_in.absolute_hours, settings.sign_in.local) == (7, 8, False)
    assert settings.database_url == "postgresql://me@host/db"
    assert settings.service.trusted_proxies == ("10.0.0.7",)
    for name, value in (("LICENSE__SIGN_IN__IDLE", "7"), ("LICENSE__SIGN_IN", "7"), ("LICENSE__HOME", "x")):
        with pytest.raises(SettingsError):
            Settings.load(tmp_path, {name: value})
    with pytest.raises(SettingsError, match=r"sign_in\.idle_minutes"):
        Settings.load(tmp_path, {"LICENSE__SIGN_IN__IDLE_MINUTES": "soon"})
