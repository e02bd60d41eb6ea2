"""When a command fails: one clear error on stderr, exit code 3, and never a traceback for what is to be expected."""

import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import PASSPHRASE, Done, license_command

import cli
from license_lib.error_texts import TITLES_ZH
from license_lib.resources import resource_folder

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = resource_folder("templates") / "business-license" / "example.toml"
ISSUE = ("issue", EXAMPLE, "--type", "business-license", "--issuer", "market")
COMMANDS = [
    ["init"], ["keys", "init"], ["keys", "publish"],
    ["catalogue", "list"], ["catalogue", "show"], ["catalogue", "check"],
    ["template", "new"], ["template", "check"], ["template", "preview"], ["template", "diff"], ["template", "release"],
    ["template", "schema"],
    ["issue"], ["issue-batch"], ["show"], ["verify"], ["qr", "scan"], ["revoke"], ["serve"], ["check-number"],
]  # fmt: skip


def process(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
    """`license ARGUMENTS` as a process of its own."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "",
        "LICENSE_PASSPHRASE": PASSPHRASE.decode(),
    }
    command = [sys.executable, "-m", "cli", *map(str, arguments)]
    return subprocess.Popen(command, env=environment, **options)  # type: ignore[call-overload,no-any-return]  # passed on


def ran(*arguments: object) -> Done:
    with process(*arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        out, err = running.communicate(timeout=120)
    return Done(running.returncode, out.decode(), err.decode())


# -- usage -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [[], ["keys"], ["catalogue"], ["template"], ["qr"], *COMMANDS], ids=" ".join)
def test_help_is_0_and_names_the_common_options(command: list[str]) -> None:
    done = license_command(*command, "--help")
    assert (done.code, done.err) == (0, "")
    if command in COMMANDS and command != ["serve"]:
        assert "--json" in done.out
        assert "--english" in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["keys"],
        ["nosuch"],
        ["issue"],
        ["issue", "a", "b"],
        ["verify"],
        ["verify", "--at", "yesterday", "x"],
        ["verify", "--nosuch"],
        ["revoke", "x"],
        ["serve", "--port", "0"],
        ["check-number"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_3(arguments: list[str]) -> None:
    text = license_command(*arguments)
    assert (text.code, text.err.startswith("错误 [usage] 命令用法有误\n  ")) == (3, True)
    value = license_command(*arguments, "--json")
    assert (value.code, value.error["code"], value.error["hint"]) == (
        3,
        "usage",
        "license --help, license COMMAND --help",
    )
    assert value.error["message"]


# -- expected errors ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["keys", "init"],
        ["keys", "publish"],
        [*ISSUE],
        ["show", "x"],
        ["verify", EXAMPLE],
        ["revoke", "x", "--reason", "r", "--actor", "a"],
        ["serve"],
    ],
    ids=lambda arguments: str(arguments[0]),
)
def test_no_configuration(tmp_path: Path, arguments: list[str]) -> None:
    done = license_command(*arguments, "--home", tmp_path)
    assert (done.code, done.out) == (3, "")
    assert done.err == (
        f"错误 [settings.missing] 没有配置文件\n  there is no license.toml in {tmp_path}\n"
        "  → run `license init`, or give --home\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("spoil", "arguments", "code"),
    [
        ("license.toml", ["catalogue", "list"], "settings.invalid"),
        ("data/license.db", [*ISSUE], "storage.corrupt"),
        ("data/license.db", ["show", "x"], "storage.corrupt"),
        ("-data/license.db", [*ISSUE], "repository.not-initialised"),
        ("-data/license.db", ["verify", EXAMPLE], "repository.not-initialised"),
        ("-keys", [*ISSUE], "trust.empty"),
        ("-keys", ["verify", EXAMPLE], "trust.empty"),
        ("-keys", ["keys", "publish"], "key.missing"),
    ],
)
def test_a_home_that_is_incomplete_or_spoiled(city: Path, spoil: str, arguments: list[str], code: str) -> None:
    path = city / spoil.removeprefix("-")
    if spoil == "-keys":
        shutil.rmtree(path)
    elif spoil.startswith("-"):
        path.unlink()
    else:
        path.write_bytes(b"spoiled := 1" * 1000)
    done = license_command(*arguments, "--home", city, "--json")
    assert (done.code, done.error["code"], done.out) == (3, code, "")


def test_passphrases(city: Path) -> None:
    wrong = license_command(*ISSUE, "--home", city, "--json", passphrase=b"wrong")
    assert (wrong.code, wrong.error["code"]) == (3, "key.passphrase")
    none = license_command(*ISSUE, "--home", city, "--json", passphrase=None)
    assert (none.code, none.error["hint"]) == (3, "use --passphrase-file or LICENSE_PASSPHRASE")
    missing = license_command(*ISSUE, "--home", city, "--passphrase-file", city / "none", "--json", passphrase=None)
    assert (missing.code, missing.error["code"]) == (3, "file.unreadable")
    assert "wrong" not in wrong.err


def test_an_unknown_type_gets_a_suggestion(city: Path) -> None:
    done = license_command(
        "issue", EXAMPLE, "--type", "busines-license", "--issuer", "market", "--home", city, "--english"
    )
    assert (done.code, done.err) == (
        3,
        "error [type.unknown]\n  the catalogue has no such licence type\n  → did you mean 'business-license'?\n",
    )
    shown = license_command("catalogue", "show", "food", "--json")
    assert (shown.code, shown.error["code"]) == (3, "type.unknown")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["issue", "none.toml"], "file.unreadable"),
        (["issue", EXAMPLE], "request.missing"),
        (["issue", EXAMPLE, "--type", "business-license", "--issuer", "nobody"], "issuer.unknown"),
        (["issue", EXAMPLE, "--type", "business-license", "--issuer", "police"], "issuer.out-of-scope"),
        (["issue-batch", "none.csv"], "file.unreadable"),
        (["issue-batch", EXAMPLE], "batch.format"),
        (["revoke", "1.2.3", "--reason", "r", "--actor", "a"], "license.unknown"),
        (["revoke", "1.2.3", "--reason", " ", "--actor", "a"], "event.reason-missing"),
        (["revoke", "1.2.3", "--reason", "r", "--actor", ""], "event.actor-missing"),
        (["show", "\udcff"], "repository.text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_input(city: Path, arguments: list[str], code: str) -> None:
    done = license_command(*arguments, "--home", city, "--json")
    assert (done.code, done.error["code"]) == (3, code)
    assert done.error["title_zh"] == TITLES_ZH[code]


def test_a_request_with_many_faults_lists_them(city: Path) -> None:
    request = city / "request.json"
    request.write_text(json.dumps({"type": "residence-permit", "issuer": "police", "holders": [], "fields": {}}))
    done = license_command("issue", request, "--home", city, "--json")
    assert (done.code, done.error["code"]) == (3, "request.invalid")
    assert {problem["code"] for problem in done.error["problems"]} == {
        "holder.missing",
        "field.missing",
        "photo.missing",
    }
    text = license_command("issue", request, "--home", city).err
    assert text.startswith(
        "错误 [holder.missing] 缺少持证主体\n  holders: at least one is needed\n[field.missing] 缺少必填"
    )


def test_serve_says_that_its_address_is_taken(city: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = license_command("serve", "--home", city, "--port", taken.getsockname()[1])
    assert (done.code, done.err.startswith("错误 [service.address] 服务地址不可用\n")) == (3, True)


# -- a file that cannot be written -------------------------------------------------------------------------------------


def test_an_output_that_cannot_be_written_loses_no_licence(city: Path) -> None:
    done = license_command(*ISSUE, "-o", city / "nowhere" / "x.pdf", "--home", city, "--json")
    assert (done.code, done.error["code"]) == (3, "output.unwritable")
    identifier = done.value["identifier"]
    assert identifier in done.error["message"]
    assert done.error["hint"].startswith(f"license show {identifier} --output ")
    pdf = city / "x.pdf"
    assert license_command("show", identifier, "-o", pdf, "--home", city).code == 0
    assert license_command("verify", pdf, "--home", city).code == 0


# -- the terminal ------------------------------------------------------------------------------------------------------


def test_a_terminal_gets_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    printer = cli.Printer(as_json=False, english=False)
    printer.result({}, "a\x1b[2Jb\u202ec\nd\ud800", "")
    assert capsys.readouterr().out == "a\\x1b[2Jb\\u202ec\nd\\ud800\n"


def test_file_names_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.png")
    done = ran("qr", "scan", name, "--json")
    assert (done.code, "\udcff.png" in done.value["error"]["message"]) == (3, True)
    done = ran("check-number", os.fsdecode(b"\xff"), "--json")
    assert (done.code, done.value["kind"]) == (1, "unknown")


def test_a_fault_of_ours_is_3_and_shows_where(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("license_lib.identifiers.identify", broken)
    done = license_command("check-number", "1")
    assert done.code == 3, "1 would say: not valid"
    assert "RuntimeError: broken" in done.err


def test_a_reader_that_goes_away(shell_batch: Path, city: Path) -> None:
    for command in (["catalogue", "list"], ["issue-batch", shell_batch, "--json"], ["--help"]):
        home = ["--home", city] if len(command) > 1 else []
        reading, writing = os.pipe()
        os.close(reading)
        with process(*command, *home, stdout=writing, stderr=subprocess.PIPE) as running:
            os.close(writing)
            _, err = running.communicate(timeout=120)
        assert (running.returncode, err) == (3, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full to write to")
def test_an_output_that_is_full() -> None:
    with (
        Path("/dev/full").open("wb") as full,
        process("check-number", "1", stdout=full, stderr=subprocess.PIPE) as done,
    ):
        _, err = done.communicate(timeout=60)
    assert (done.returncode, b"output.unwritable" in err, b"Traceback" in err) == (3, True, False)


@pytest.fixture
def shell_batch(city: Path) -> Path:
    """Some rows, for a process to work on."""
    lines = (ROOT / "docs/demo/examples/permits.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    file = city / "batch.jsonl"
    file.write_text("\n".join([json.dumps(row) for row in rows if "photo" not in row]), encoding="utf-8")
    return file


def _hears_ctrl_c() -> None:
    """Whoever runs the tests in the background has made this process, and so its children, deaf to it."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_stops_a_batch_that_can_go_on_later(shell_batch: Path, city: Path) -> None:
    command = ["issue-batch", shell_batch, "--home", city, "--json"]
    with process(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=_hears_ctrl_c) as running:
        assert running.stdout
        assert running.stderr
        first = json.loads(running.stdout.readline())
        running.send_signal(signal.SIGINT)
        *lines, summary = [json.loads(line) for line in running.stdout.read().splitlines()]
        error = json.loads(running.stderr.read().splitlines()[-1])["error"]  # what is before tells how far it was
    assert (first["status"], running.wait()) == ("issued", 3)
    assert (error["code"], error["hint"]) == ("interrupted", "run the same again")
    assert summary["summary"]["issued"] == 1 + len(lines)
    again = license_command("issue-batch", shell_batch, "--home", city, "--json")
    assert again.code == 0
    assert again.values[-1]["summary"]["already"] >= 1 + len(lines)


def _told(*, within: bool) -> Iterator[str]:
    """What is done until Ctrl-C stops it, which comes within a block or after it."""
    with cli.interruptible() as undisturbed:
        with undisturbed:
            yield "counted"
            if within:
                signal.raise_signal(signal.SIGINT)
            yield "told"
        if not within:
            signal.raise_signal(signal.SIGINT)
        yield "went on"


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """The same for this process."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
@pytest.mark.parametrize("within", [True, False])
def test_what_is_counted_is_told_whenever_ctrl_c_comes(*, within: bool) -> None:
    told: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        told.extend(_told(within=within))
    assert told == ["counted", "told"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Our end and the program's end of a terminal."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)


def test_progress_on_a_terminal_leaves_the_results_alone(
    shell_batch: Path, city: Path, terminal: tuple[int, int]
) -> None:
    ours, theirs = terminal
    command = ["issue-batch", shell_batch, "--home", city, "--json"]
    with ThreadPoolExecutor(1) as pool, process(*command, stdout=subprocess.PIPE, stderr=theirs) as running:
        os.close(theirs)
        watching = pool.submit(read_all, ours)  # a terminal that nobody reads fills up
        assert running.stdout
        results = running.stdout.read()
        shown = watching.result()
    values = [json.loads(line) for line in results.splitlines()]
    assert [value["line"] for value in values[:-1]] == list(range(1, len(values)))
    assert "\r\x1b[K" in shown
    assert "identifier" not in shown
    assert b"\x1b" not in results
    assert "\x1b" not in ran(*command).err, "a log has lines"


def read_all(descriptor: int) -> str:
    data = b""
    deadline = time.monotonic() + 300  # a writer that nobody reads stands still
    while time.monotonic() < deadline:
        try:
            more = os.read(descriptor, 65536)
        except OSError:  # Linux says EIO when the other end is closed
            break
        if not more:
            break
        data += more
    return data.decode(errors="replace")


def test_a_passphrase_is_asked_for_on_a_terminal_and_not_shown(city: Path, terminal: tuple[int, int]) -> None:
    ours, theirs = terminal
    environment = {name: value for name, value in os.environ.items() if name != "LICENSE_PASSPHRASE"}
    command = [sys.executable, "-m", "cli", *map(str, ISSUE), "--home", str(city), "--json"]
    with subprocess.Popen(
        command,
        env=environment | {"PYTHONPATH": str(ROOT)},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    ) as running:
        os.close(theirs)
        asked = b""
        while b"passphrase: " not in asked:  # the space comes when the terminal shows no typing any more
            asked += os.read(ours, 1024)
        os.write(ours, PASSPHRASE + b"\n")
        assert running.stdout
        value = json.loads(running.stdout.read())
        shown = read_all(ours)
    assert (running.returncode, value["already"]) == (0, False)
    assert PASSPHRASE.decode() not in shown


def test_the_console_script_ends_with_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["license", "check-number", "x"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
