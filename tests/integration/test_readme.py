"""What README.md tells a reader to type does what it says, in a folder where nothing is prepared."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from license_lib.settings import Settings
from verify_api.app import create_app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder after the README's commands and code were run there, in their order, and what they printed."""
    folder = tmp_path_factory.mktemp("readme")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    printed = ""
    for language, block in BLOCKS:
        if language == "python":
            command = [sys.executable, "-c", block]
        else:
            lines = [line for line in block.splitlines() if line.startswith(("license ", "export "))]
            typed = "\n".join(line.replace("license ", f"{sys.executable} -m cli ", 1) for line in lines)
            command = ["bash", "-euc", typed]
            passphrase = re.search(r"LICENSE_PASSPHRASE='(.*)'", block)
            environment |= {"LICENSE_PASSPHRASE": passphrase[1]} if passphrase else {}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, block + done.stderr
        printed += done.stdout
    return folder, printed


def test_the_ten_lines_issue_a_licence_in_force(city: tuple[Path, str]) -> None:
    folder, printed = city
    assert re.search(r"^1\.2\.156\.3005\.2\.\S+ IN_FORCE$", printed, re.MULTILINE)
    assert (folder / "license.pdf").read_bytes().startswith(b"%PDF-")


def test_the_commands_verify_scan_and_find_it(city: tuple[Path, str]) -> None:
    _, printed = city
    assert "license.pdf: IN_FORCE" in printed
    assert re.search(r"^license\.pdf: HTTPS?://\S+#[0-9]+$", printed, re.MULTILINE)
    assert re.search(r"^1\.2\.156\.3005\.2\.\S+ +道路运输经营许可证 .*正常$", printed, re.MULTILINE)


def test_the_request_to_the_api_is_answered(city: tuple[Path, str]) -> None:
    folder, _ = city
    curl = re.search(r"^curl -F (\w+)=@\S+ http://[\w.:]+(/\S+)$", README, re.MULTILINE)
    assert curl
    with TestClient(create_app(Settings.load(folder)), base_url="http://127.0.0.1:8000") as client:
        answer = client.post(curl[2], files={curl[1]: ("license.pdf", (folder / "license.pdf").read_bytes())})
    assert answer.status_code == 200
    assert answer.json()["outcome"] == "IN_FORCE"
