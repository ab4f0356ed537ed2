"""What every verb owes its user: exit codes, pipes, shared flags, quick starts, and terminals that no capture can command."""

import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from commands import CAPTURES, OFFICE, command, environment, run, spawn

import unwire
from unwire.cli import VERBS, cli, flags
from unwire.cli.output import visible
from unwire.cli.render import Col, aligned

TORN = CAPTURES / "torn.pcap"
READING = [("summary",), ("info",), ("packets", "-e", "ip.src"), ("stats", "talkers"), ("stats", "protocols"), ("stats", "interval")]


@pytest.mark.parametrize("verb", READING)
def test_a_torn_file_is_read_in_part(verb):
    found = run(*verb, TORN)
    assert found.code == 3
    assert found.out
    assert found.err == f"unwire: {TORN}: the capture ends in the middle of a record (torn_tail, first at byte 594)\n"
    assert run(*verb, TORN, "-q").err == ""
    assert run(*verb, TORN, "--strict").code == 2


@pytest.mark.parametrize("verb", READING)
def test_what_cannot_be_read(verb, tmp_path):
    (tmp_path / "text").write_text("no capture at all")
    for path, says in ((tmp_path / "none", "No such file"), (tmp_path / "text", "not a capture"), (tmp_path, "Is a directory")):
        found = run(*verb, path)
        assert (found.code, found.out) == (2, "")
        assert found.err.startswith(f"unwire: {path}: ")
        assert says in found.err


@pytest.mark.parametrize(
    "args",
    [
        ("packets",),
        ("--nonsense", OFFICE),
        ("summary", OFFICE, "-Y", "tcp =="),
        ("info", OFFICE, "-Y", "tcp"),
        ("stats", "nothing"),
        ("stats", OFFICE),
    ],
)
def test_wrong_usage(args):
    assert run(*args).code == 1


@pytest.mark.parametrize("verb", READING)
def test_standard_input(verb):
    with Path(OFFICE).open("rb") as file:
        piped = subprocess.run(command(*verb, "-"), stdin=file, env=environment(), capture_output=True, timeout=60, check=False)
    plain = spawn(*verb, OFFICE)
    assert piped.returncode == plain.returncode == 0
    if verb[0] not in ("summary", "info"):  # these name the file
        assert piped.stdout == plain.stdout


def test_a_read_flag_is_a_file():
    assert run("packets", "-r", OFFICE, "-e", "ip.src").out == run("packets", OFFICE, "-e", "ip.src").out


def test_a_link_type_by_name_or_number():
    for link in ("1", "ethernet"):
        assert run("packets", CAPTURES / "tiny.pcap", "--link-type", link, "-c", 1, "-e", "ip.src").out == "192.0.2.10\n"
    assert run("packets", CAPTURES / "tiny.pcap", "--link-type", "0", "-c", 1, "-e", "ip.src").out == "\n"
    assert run("info", CAPTURES / "tiny.pcap", "--link-type", "etherneet").code == 1


def test_a_closed_pipe_is_quiet():
    with subprocess.Popen(command("packets", *[OFFICE] * 50), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


def test_an_interrupt_is_quiet():
    with subprocess.Popen(
        command("summary", "-"), env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        # A file header and half of a record: more than a pipe holds, so that writing ends when the command reads, and then waits for more.
        header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)
        process.stdin.write(header + struct.pack("<IIII", 0, 0, 240_000, 240_000) + bytes(120_000))
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"")


def _commands(group: click.Group, name: tuple[str, ...] = ()):
    ctx = click.Context(group)
    for word in group.list_commands(ctx):
        found = group.get_command(ctx, word)
        assert found is not None
        if isinstance(found, click.Group):
            yield from _commands(found, (*name, word))
        else:
            yield (*name, word), found


def test_no_verb_redefines_a_shared_flag():
    for name, verb in _commands(cli):
        for parameter in verb.params:
            if isinstance(parameter, (flags.Shared, flags.Files)):
                continue
            assert not flags.NAMES & set(parameter.opts), f"{name} takes {parameter.opts} for itself"
            assert not isinstance(parameter, click.Argument) or name == ("fields",), f"{name} has an argument of its own"


def test_every_reading_verb_takes_every_reading_flag():
    for name, verb in _commands(cli):
        shared = {option for parameter in verb.params if isinstance(parameter, flags.Shared) for option in parameter.opts}
        # One writes a capture, the others show something.
        shows, writes = {"-T", "--format", "-o", "--output", "--color", "--json"}, {"-w", "--write"}
        expected = flags.NAMES - {"files"} - (shows if name == ("slice",) else writes)
        if name == ("fields",):
            expected -= {option for one in flags._reading() for option in one.opts}
        assert expected <= shared, f"{name} lacks {expected - shared}"


def test_every_verb_says_what_it_is():
    for name, verb in _commands(cli):
        assert verb.help
        assert run(*name, "--help").code == 0
    assert {name[0] for name, _ in _commands(cli)} == set(VERBS)


def _imports(code: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"], env=environment(), capture_output=True, check=True)
    return set(done.stdout.decode().split())


def test_importing_unwire_is_light():
    assert not _imports("import unwire") & {"rich", "click", "pyarrow", "polars", "pandas", "unwire._engine", "unwire.protocols"}


def test_help_needs_no_engine():
    loaded = _imports("from unwire.cli import main\nmain(['--help'])")
    assert not {name for name in loaded if name.split(".")[0] in ("rich", "pyarrow")} | (
        loaded & {"unwire._engine", "unwire.declare", "unwire.cli.summary"}
    )


def test_control_characters_are_shown_not_sent():
    assert visible("\x1b[31mred\x9b\u202e\r\n") == "\\x1b[31mred\\x9b\\u202e\\r\\n"


@pytest.fixture
def hostile(tmp_path):
    """Return a capture whose comment would colour the terminal."""
    path = tmp_path / "hostile.pcapng"
    raw = (CAPTURES / "blocks.pcapng").read_bytes()
    assert raw.count(b"A capture with a secret.") == 1
    path.write_bytes(raw.replace(b"A capture with a secret.", b"\x1b[31mX\x1b]0;title\x07 secret."))
    return path


@pytest.mark.parametrize("verb", ["summary", "info"])
def test_a_comment_commands_no_terminal(hostile, verb):
    for color in ("never", "always"):
        out = run(verb, hostile, "--color", color).out
        assert "\\x1b[31mX\\x1b]0;title\\x07 secret." in out
        assert "\x1b]0;" not in out
        assert "\x1b[31mX" not in out


def _terminal(*args: object) -> bytes:
    """Run a command line on a terminal and return what it was sent."""
    import pty

    primary, secondary = pty.openpty()
    with subprocess.Popen(command(*args), env=environment(), stdin=secondary, stdout=secondary, stderr=secondary) as process:
        os.close(secondary)
        found = b""
        while True:
            try:
                piece = os.read(primary, 65536)
            except OSError:  # Linux says so when the other side is gone
                break
            if not piece:
                break
            found += piece
        process.wait(30)
    os.close(primary)
    return found


def test_a_terminal_gets_colours_and_no_binary():
    assert b"\x1b[1" in _terminal("summary", OFFICE)
    assert b"\x1b[" not in _terminal("summary", OFFICE, "--color", "never")
    assert b"is no text for a terminal" in _terminal("packets", OFFICE, "-T", "arrow")


@pytest.mark.parametrize("columns", [40, 80, 132])
def test_tables_are_cut_to_a_terminal(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    for verb in (("dns",), ("ssl",), ("streams",), ("packets", "-T", "table", "-e", "dns.txt", "-e", "ip.src"), ("conn",)):
        sent = _terminal(*verb, OFFICE, "--color", "never").decode().splitlines()
        assert len(sent) > 5
        assert max(map(len, sent)) <= columns
        assert any("…" in line for line in sent) == (columns < max(map(len, run(*verb, OFFICE).lines)))
    whole = _terminal("sql", OFFICE, "select * from packets limit 1", "-T", "csv").decode()
    assert max(map(len, whole.splitlines())) > 1000


def test_one_long_cell_does_not_pad_all_others():
    lines = run("dns", OFFICE).lines
    long = [line for line in lines if len(line) > 250]
    assert 0 < len(long) < len(lines) / 2
    texts = [one for row in unwire.open(OFFICE).dns() for one in row["answers"] or () if len(one) > 100]
    assert any(texts[0] in line for line in long)
    assert " " * 100 not in "".join(lines)


def test_a_comment_in_packets_commands_no_terminal(tmp_path):
    comment = next(text for row in unwire.open(OFFICE).packets("frame.comment") for text in row["frame.comment"] or ())
    path = tmp_path / "office.pcapng"
    path.write_bytes(Path(OFFICE).read_bytes().replace(comment.encode(), b"\x1b[31m" + comment.encode()[5:]))
    for style in ("fields", "table", "csv", "jsonl"):
        sent = _terminal("packets", path, "-e", "frame.comment", "-T", style, "--color", "never")
        assert b"\x1b" not in sent
        assert b"[31m" in sent


def test_what_cannot_be_written_is_named(tmp_path):
    found = run("packets", OFFICE, "-o", tmp_path / "nowhere" / "x.csv")
    assert (found.code, found.err) == (2, f"unwire: {tmp_path / 'nowhere'}: no such folder\n")
    found = run("conn", OFFICE, "-o", tmp_path, "--force")
    assert (found.code, found.err) == (2, f"unwire: {tmp_path}: Is a directory\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full and file size limits are Linux's")
@pytest.mark.parametrize("verb", READING)
def test_a_full_disk_is_told(tmp_path, verb):
    full = ["sh", "-c", 'exec "$@" > /dev/full', "sh", *command(*verb, OFFICE)]
    done = subprocess.run(full, env=environment(), capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, b"unwire: standard output: No space left on device\n")
    out = tmp_path / "out"
    small = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *command(*verb, OFFICE, "-o", out)]
    done = subprocess.run(small, env=environment(), capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.decode()) == (2, f"unwire: {out}: File too large\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", [("summary",), ("packets", "-j", "2")])
def test_an_interrupt_ends_the_wait_for_a_writer(tmp_path, verb):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(command(*verb, pipe), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"")


def test_a_named_pipe_is_read(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(command("packets", pipe, "-e", "ip.src"), env=environment(), stdout=subprocess.PIPE) as process:
        pipe.write_bytes((CAPTURES / "tiny.pcap").read_bytes())
        out, _ = process.communicate(timeout=30)
    assert out.decode() == run("packets", CAPTURES / "tiny.pcap", "-e", "ip.src").out


def test_a_field_asked_for_twice():
    # Text has a column for each; a JSON object has a name once; typed columns are told apart by their names.
    tiny = CAPTURES / "tiny.pcap"
    assert run("packets", tiny, "-c", 1, "-e", "ip.ttl", "-e", "ip.ttl").out == "64\t64\n"
    assert run("packets", tiny, "-c", 1, "-e", "ip.ttl", "-e", "ip.len", "-e", "ip.ttl", "-T", "jsonl").out == '{"ip.ttl":64,"ip.len":84}\n'
    assert run("packets", tiny, "-e", "ip.ttl", "-e", "ip.ttl", "-T", "arrow").code == 1


@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["summary {}", "packets {}", "packets {} -e ip.src", "fields", "slice {} -w -", "--help", "packets -"])
def test_streams_that_are_closed_are_errors_in_words(command, closed, office):
    line = f"{sys.executable} -m unwire {command.format(office)} {closed}"
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, timeout=60, input=b"")
    assert b"Traceback" not in done.stderr
    assert b"Error" not in done.stderr
    assert done.returncode == (2 if ">&-" in closed.replace("2>&-", "") or (command.endswith(" -") and not command.endswith("-w -")) else 0)


def test_no_time_is_not_a_number(office):
    assert run("match", str(office), "TCP", "--live", "--timeout", "nan").code == 1


def test_a_mistyped_verb_is_told():
    found = run("cnn", OFFICE)
    assert (found.code, found.out, found.err) == (2, "", "unwire: no verb or file 'cnn'; did you mean 'conn'?\n")
    assert run("nosuch").err == "unwire: nosuch: No such file or directory\n"


def test_a_file_may_be_called_like_a_verb(tmp_path, monkeypatch):
    (tmp_path / "cnn").write_bytes(Path(OFFICE).read_bytes())
    monkeypatch.chdir(tmp_path)
    assert run("cnn").out.splitlines()[0] == run("summary", "cnn").out.splitlines()[0]
    assert run("cnn").code == 0


def test_the_widest_columns_give_room_first():
    columns = [Col("a"), Col("b"), Col("c")]
    rows = [["x" * 10, "y" * 100, "z" * 30], ["x", "y", "z"]]
    assert aligned(columns, rows, header=False, room=200)[0] == "  ".join(rows[0])
    assert [len(cell) for cell in aligned(columns, rows, header=False, room=74)[0].split()] == [10, 30, 30]
    assert [len(cell) for cell in aligned(columns, rows, header=False, room=54)[0].split()] == [10, 20, 20]
    assert max(map(len, aligned([Col("n")] * 2000, [["1" * 90] * 2000] * 50, room=80))) == 80
    assert aligned([], [], room=80) == [""]
