"""Requests byte by byte: heads too big or slow, bodies too big, slow or deep, and smuggled requests."""

import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_app.tcp_ports import free_port, is_open
from tests.processes import eventually, running

APP = str(Path(__file__).with_name("slow_app.py"))
HEAD = b"POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("slow") / "log"


@pytest.fixture(scope="module")
def port(log: Path) -> Iterator[int]:
    number = free_port()
    with running([APP, str(number)], {}, log):
        eventually(lambda: is_open(number))
        yield number


def talk(port: int, *parts: bytes, pause: float = 0.0, patience: float = 5.0) -> bytes:
    """Send the parts and return all that comes back until the server closes or falls silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        answer = b""
        try:
            for part in parts:
                connection.sendall(part)
                if pause:
                    time.sleep(pause)
            while chunk := connection.recv(65536):
                answer += chunk
                if len(parts) == 1 and _complete(answer):
                    break
        except (TimeoutError, ConnectionResetError, BrokenPipeError):
            pass
    return answer


def _complete(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    return bool(length) and len(body) >= int(length.group(1))  # type: ignore[union-attr]  # bool() has asked


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


def body_of(answer: bytes) -> dict[str, object]:
    parsed: dict[str, object] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return parsed


def test_an_honest_request_is_answered(port: int) -> None:
    assert status(talk(port, HEAD + b'Content-Length: 9\r\n\r\n{"a":"b"}')) == 200
    chunked = HEAD + b'Transfer-Encoding: chunked\r\n\r\n9\r\n{"a":"b"}\r\n0\r\n\r\n'
    assert status(talk(port, chunked)) == 200


def test_a_head_over_sixteen_kilobytes_is_431_whether_one_header_or_many(port: int) -> None:
    one = HEAD + b"X: " + b"a" * 17_000 + b"\r\n\r\n"
    many = HEAD + b"".join(b"X-%d: abcdefghij\r\n" % n for n in range(1000)) + b"\r\n"
    path = b"GET /" + b"a" * 17_000 + b" HTTP/1.1\r\nHost: test\r\n\r\n"
    for request in (one, many, path):
        answer = talk(port, request)
        assert status(answer) == 431
        assert body_of(answer)["code"] == "head_too_large"


def test_a_head_that_never_ends_is_cut_off_at_the_limit(port: int) -> None:
    answer = talk(port, HEAD, *[b"X: " + b"a" * 4000 + b"\r\n"] * 6, pause=0.02)
    assert status(answer) == 431


def test_a_slow_head_is_cut_off_by_the_clock(port: int) -> None:
    begin = time.monotonic()
    assert talk(port, b"GET /healthz HTTP/1.1\r\n", *[b"X: a\r\n"] * 30, pause=0.1) == b""
    assert time.monotonic() - begin < 5
    begin = time.monotonic()
    assert talk(port, b"", patience=5) == b"", "a connection that says nothing is closed too"
    assert time.monotonic() - begin < 3


def test_a_declared_megabyte_is_refused_before_it_is_sent(port: int) -> None:
    answer = talk(port, HEAD + b"Content-Length: 1048577\r\n\r\n")
    assert status(answer) == 413
    assert body_of(answer)["code"] == "too_large"


def test_a_chunked_megabyte_is_refused_when_it_gets_there(port: int) -> None:
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    assert status(talk(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 20)) == 413


def test_exactly_a_megabyte_is_let_in(port: int) -> None:
    body = b'{"a":"' + b"b" * (1024 * 1024 - 8) + b'"}'
    answer = talk(port, HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert status(answer) == 200


def test_a_slow_body_is_408(port: int) -> None:
    answer = talk(port, HEAD + b"Content-Length: 100\r\n\r\n", *[b"a"] * 5, pause=0.1)
    assert status(answer) == 408


@pytest.mark.parametrize(("levels", "expected"), [(32, 422), (33, 400), (100_000, 413)])
def test_json_may_nest_thirty_two_deep(port: int, levels: int, expected: int) -> None:
    body = b"[" * levels + b"]" * levels
    assert status(talk(port, HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)) == expected


SMUGGLED = {
    "length and chunks": HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": HEAD + b'Content-Length: 9\r\nContent-Length: 3\r\n\r\n{"a":"b"}',
    "a signed length": HEAD + b'Content-Length: +9\r\n\r\n{"a":"b"}',
    "a folded header": HEAD + b'X: a\r\n b\r\nContent-Length: 9\r\n\r\n{"a":"b"}',
    "a space before the colon": HEAD + b'Content-Length : 9\r\n\r\n{"a":"b"}',
    "chunks that are not last": HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "a bare line feed": b"GET /healthz HTTP/1.1\nHost: test\n\n",
    "a zero byte in a header": HEAD + b"X: a\x00b\r\n\r\n",
    "no version": b"GET /healthz\r\n\r\n",
    "a head that is too large": HEAD + b"X: " + b"a" * 17_000 + b"\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\nHost: test\r\nHost: other\r\n\r\n",
    "an address of another host": b"GET http://other/healthz HTTP/1.1\r\nHost: test\r\n\r\n",
    "rubbish": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("name", SMUGGLED)
def test_what_two_parsers_could_read_differently_is_refused(port: int, log: Path, name: str) -> None:
    follow = b"POST /mark HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n"
    marks = log.read_text().count("mark.left")
    answer = talk(port, SMUGGLED[name] + follow, patience=2)
    assert status(answer) == (431 if "large" in name else 400)
    assert len(re.findall(rb"HTTP/1\.1 \d{3} ", answer)) == 1, "nothing was answered twice"
    assert body_of(answer)["status"] == status(answer), "and that is a problem like all others"
    assert status(talk(port, follow)) == 200
    assert log.read_text().count("mark.left") == marks + 1, "what was smuggled behind it did not run"


def test_pipelined_requests_are_answered_in_order(port: int) -> None:
    first = b"GET /slow?seconds=0.2 HTTP/1.1\r\nHost: test\r\n\r\n"
    second = b"GET /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
    answer = talk(port, first + second, b"")
    assert answer.index(b'"done"') < answer.index(b"alive")


def test_an_address_of_our_own_host_is_ours(port: int) -> None:
    assert status(talk(port, b"GET http://test/healthz HTTP/1.1\r\nHost: test\r\n\r\n")) == 200
    assert status(talk(port, b"GET /healthz HTTP/1.0\r\n\r\n")) == 200
