"""What the server answers before the application is asked: the headers of all answers, and nothing of the request."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from flask import Flask

from core.headers import NO_STORE, SECURITY_HEADERS
from tests.faults.servers import PATIENCE_S, Server, serving

SECRET = b"kanarienvogel-42"


@pytest.fixture(scope="module")
def server(sqlite_app: Flask) -> Iterator[Server]:
    installation = sqlite_app.extensions["huifang"]
    with serving(installation.data, installation.database_url, workers=1, jobs=False) as running:
        yield running


def get(*headers: bytes, target: bytes = b"/sign-in", version: bytes = b"HTTP/1.1") -> bytes:
    return b"\r\n".join([b"GET " + target + b" " + version, b"Host: here", *headers, b"", b""])


CHUNKED = b"POST /sign-in HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: "
MALFORMED = {
    "no request": (SECRET + b"\r\n\r\n", 400),
    "a method of signs": (b"G<" + SECRET + b"> / HTTP/1.1\r\nHost: here\r\n\r\n", 400),
    "no such version": (get(version=b"HTTP/7." + SECRET), 400),
    "a header without a name": (get(b": " + SECRET), 400),
    "a name of signs": (get(b"Coo<kie>: " + SECRET), 400),
    "a header over two lines": (get(b"Cookie: a", b" " + SECRET), 400),
    "two lengths": (get(b"Content-Length: 1", b"Content-Length: 2", b"X: " + SECRET) + b"x", 400),
    "a coding that nobody knows": (CHUNKED + SECRET + b"\r\n\r\n", 501),
    "an expectation": (get(b"Expect: " + SECRET), 417),
    "a long address": (get(target=b"/" + SECRET * 1_000), 414),
    "a long header": (get(b"Cookie: " + SECRET * 1_000), 431),
    "many headers": (get(*(b"X-%d: " % n + SECRET for n in range(200))), 431),
}


def answered(server: Server, sent: bytes) -> tuple[bytes, dict[str, str], bytes]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while more := connection.recv(65_536):
            received += more
    head, _empty, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return first.encode(), dict(line.split(": ", 1) for line in lines), body


@pytest.mark.parametrize("case", MALFORMED)
def test_a_request_that_cannot_be_read_is_refused_like_any_other(server: Server, case: str) -> None:
    sent, status = MALFORMED[case]
    first, headers, body = answered(server, sent)
    assert first.startswith(b"HTTP/1.1 %d " % status)
    assert headers.items() >= dict([NO_STORE, *SECURITY_HEADERS]).items()
    assert headers["Content-Length"] == str(len(body)) and headers["Connection"] == "close"
    assert headers["Content-Type"].startswith("text/plain")
    assert body.count(b"\n") == 1 and b"<" not in body
    assert SECRET not in body + first and SECRET.decode() not in str(headers)
    assert SECRET.decode() not in server.said()


def test_the_next_request_is_served(server: Server) -> None:
    first, headers, _body = answered(server, get(b"Connection: close", target=b"/health"))
    assert first == b"HTTP/1.1 200 OK" and headers.items() >= dict(SECURITY_HEADERS).items()
