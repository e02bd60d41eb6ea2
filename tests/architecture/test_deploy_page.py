"""docs/deploy.md and its files say what the program does: commands, settings, metrics, limits."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

import cli
from license_lib.environment import with_environment
from license_lib.health.values import State
from license_lib.settings import Settings
from verify_api.batches import MAX_BATCH_BYTES
from verify_api.metrics import Metrics

DOCS = Path(__file__).resolve().parents[2] / "docs"
DEPLOY = DOCS / "deploy"
PAGE = (DOCS / "deploy.md").read_text(encoding="utf-8")
UNITS = sorted(DEPLOY.glob("*.service"))


def arguments_of(unit: Path) -> list[str]:
    (line,) = re.findall(
        r"^ExecStart=/usr/local/lib/license/\.venv/bin/license (.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE
    )
    return shlex.split(line.replace("%i", "8001").replace("%d", "/run/credentials"))


def commands_of(page: str) -> Iterator[list[str]]:
    for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL):
        for found in re.findall(r"license-admin ([^|&;#\n]+)", block):
            words = shlex.split(found)
            if words and not words[0].startswith("/"):
                yield words


def require_command(words: list[str]) -> None:
    """A command of ours with options that it has; arguments are not looked at."""
    command: Any = typer.main.get_command(cli.app)
    rest = list(words)
    while hasattr(command, "commands"):
        command = command.commands[rest.pop(0)]
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    assert {word.partition("=")[0] for word in rest if word.startswith("--")} <= known, words


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_there_is(unit: Path) -> None:
    require_command(arguments_of(unit))


def test_the_page_names_commands_that_there_are() -> None:
    found = list(commands_of(PAGE))
    assert len(found) >= 9
    for words in found:
        require_command(words)


def test_no_unit_but_those_that_sign_sees_a_key() -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        signs = "--passphrase-file" in text
        assert signs == ("LoadCredentialEncrypted=passphrase:" in text), unit.name
        assert ("InaccessiblePaths=/srv/license/keys/private" in text) == ("license-web" in unit.name)
        assert "NoNewPrivileges=yes" in text
        assert "ProtectSystem=strict" in text
        assert ("User=license-web" in text) == ("license-web" in unit.name)


def test_every_timer_has_its_service_and_the_page_its_files() -> None:
    assert {one.stem for one in DEPLOY.glob("*.timer")} <= {one.stem for one in UNITS}
    for timer in DEPLOY.glob("*.timer"):
        assert timer.name in PAGE
    for file in ("nginx.conf", "license.env", "secrets.env", "license-admin", "alerts.yml"):
        assert file in PAGE
    for unit in ("license-web@8001", "license-publish"):
        assert unit in PAGE


def test_the_environment_is_of_settings(tmp_path: Path) -> None:
    words = shlex.split((DEPLOY / "license.env").read_text(encoding="utf-8"), comments=True)  # as a shell reads it
    environment = dict(word.split("=", 1) for word in words)
    document = with_environment({"public_url": "https://license.example"}, environment)
    settings = Settings.model_validate({**document, "home": tmp_path})
    assert settings.database_url.startswith("postgresql://")
    assert settings.files == "s3://licences/sealed"
    assert settings.service.certificate_header == "X-Client-Certificate"
    with pytest.raises(ValueError, match="unheard_of"):
        Settings.model_validate({**with_environment(document, {"LICENSE__LIMITS__UNHEARD_OF": "1"}), "home": tmp_path})


def test_alerts_look_at_metrics_that_there_are() -> None:
    metrics = Metrics()
    metrics.watch("files_waiting", "as the service does", lambda: 0)
    exposed = metrics.text().decode()
    rules = (DEPLOY / "alerts.yml").read_text(encoding="utf-8")
    names = set(re.findall(r"license_[a-z_]+", rules))
    assert len(names) >= 6
    for name in names:
        assert name.removesuffix("_bucket").removesuffix("_total") in exposed, name
    assert f'state="{State.ACT}"' in rules


def test_the_proxy_takes_what_the_service_takes() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    (most,) = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(most) * 1024**2 > MAX_BATCH_BYTES
    assert "X-Forwarded-For $remote_addr" in text, "what a caller says of itself is not handed on"
    assert "optional_no_ca;" not in text


def test_the_proxys_file_is_one(tmp_path: Path) -> None:
    """nginx itself reads it, with a certificate of the test's own."""
    key, certificate = tmp_path / "key.pem", tmp_path / "fullchain.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run(
        [*command, "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=license.example.gov.cn"],
        check=True,
        capture_output=True,
    )
    (tmp_path / "client-ca.pem").write_bytes(certificate.read_bytes())
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8").replace("/etc/license/tls", str(tmp_path))
    site = (
        site.replace("listen 80;", "listen 8980;")
        .replace("listen [::]:80;", "")
        .replace("listen [::]:443 ssl http2;", "")
    )
    (tmp_path / "site.conf").write_text(site.replace("listen 443 ssl", "listen 8943 ssl"), encoding="utf-8")
    whole = tmp_path / "nginx.conf"
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole.write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ {temporary} include {tmp_path}/site.conf; }}",
        encoding="utf-8",
    )
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"  # which is not on everybody's path
    done = subprocess.run([nginx, "-t", "-c", whole, "-p", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
