"""What somebody sees whose phone opened the address in a QR: the page and its script in a real browser."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.served_process import Served, served_license

from license_lib.qr import scan_file

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=30000",
    "--dump-dom",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_license(tmp_path_factory.mktemp("served"), "business-license") as running:
        yield running


def opened(served: Served, profile: Path, address: str) -> str:
    """The document after the browser opened an address of the service and its script has run."""
    url = str(served.client.base_url).rstrip("/") + address
    done = subprocess.run(
        ["chromium", *FLAGS, f"--user-data-dir={profile}", url], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout


def fragment(served: Served) -> str:
    return scan_file(served.issued.pdf)[0].partition("#")[2]


@pytest.mark.parametrize("path", ["/V", "/v", "/V?lang=en", "/V?from=singlemessage"])
def test_the_code_is_verified_as_the_page_opens(served: Served, tmp_path: Path, path: str) -> None:
    page = opened(served, tmp_path, f"{path}#{fragment(served)}")
    assert 'data-outcome="IN_FORCE"' in page
    status = re.findall(r'(?s)<p id="status".*?</p>', page)[0]
    assert "真实有效" in status
    assert "busy" not in status
    assert served.issued.license.holders[0].name in page


def test_a_forged_code_is_told_from_a_good_one(served: Served, tmp_path: Path) -> None:
    good = fragment(served)
    forged = good[:-20] + ("1" if good[-20] != "1" else "2") + good[-19:]
    assert 'data-outcome="NOT_GENUINE"' in opened(served, tmp_path, f"/V#{forged}")


@pytest.mark.parametrize("address", ["/", "/V", "/V#main", "/V#<img src=x onerror=alert(1)>"])
def test_without_a_code_nothing_is_asked(served: Served, tmp_path: Path, address: str) -> None:
    page = opened(served, tmp_path, address)
    assert "data-outcome" not in page
    assert 'id="code-form"' in page


def test_the_fragment_is_in_no_log(served: Served) -> None:
    assert fragment(served)[:30] not in served.log.read_text()
