"""Clients that are slow, or never say all of it, or do not hang up: the others are served all the same."""

from __future__ import annotations

import gzip
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from flask import Flask

from bench.visitor import Visitor
from core import serving
from core.reception import ARRIVAL_S, LEAVING_S, READING_S
from tests.company import PASSWORD
from tests.faults import servers
from tests.faults.servers import Server, again

pytestmark = pytest.mark.extra

CLIENTS = 3 * serving.WORKERS * serving.THREADS  # three for each thread that shows pages
AT_ONCE_S = 10  # on a machine that is busy with other things; each was kept out for much longer
SLOW = {
    "say nothing": b"",
    "half a head": b"GET /sign-in HTTP/1.1\r\nHost: here\r\nAccept",
    "half a form": b"POST /sign-in HTTP/1.1\r\nHost: here\r\nContent-Length: 500\r\n\r\nusername=sales1a&",
    "half a file": b"POST /customers/import HTTP/1.1\r\nHost: here\r\nContent-Length: 900000\r\n\r\n--x",
    "do not hang up": b"GET /health HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n",
}


@contextmanager
def clients(server: Server, words: bytes) -> Iterator[list[socket.socket]]:
    """So many who say these words and no more."""
    with ExitStack() as stack:
        each = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _n in range(CLIENTS)
        ]
        for connection in each:
            connection.sendall(words)
        time.sleep(1)  # all have been heard
        yield each


@pytest.mark.parametrize("how", SLOW)
def test_others_are_served_while_many_are_slow(server: Server, how: str) -> None:
    visitor = server.visitor("sales1a")
    with clients(server, SLOW[how]):
        for path in ("/", "/customers", "/sign-in"):
            took, status = timed(lambda path=path: again(visitor).get(path).status)
            assert status in (200, 303) and took < AT_ONCE_S, (path, status, took)
    assert "Traceback" not in server.said()


@contextmanager
def who_ask(server: Server, path: str, count: int = CLIENTS) -> Iterator[list[socket.socket]]:
    """So many who ask for something large, unpacked, and have little room for the answer."""
    with ExitStack() as stack:
        each = [stack.enter_context(socket.socket()) for _n in range(count)]
        for connection in each:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1_460)  # as on a network
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        time.sleep(1)
        yield each


def the_largest(visitor: Visitor) -> tuple[str, bytes]:
    """The address and content of the largest file that every page needs: whoever is on the network may have it."""
    found = re.search(r'(/static/tabler[^" >]+[.]css)', visitor.get("/sign-in").text)
    assert found
    return found[1], gzip.decompress(visitor.get(found[1]).body)


def test_others_are_served_while_many_do_not_read(server: Server) -> None:
    visitor = server.visitor("sales1a")
    path, content = the_largest(Visitor(server.port))
    assert len(content) > 500_000
    with who_ask(server, path):
        for page in ("/", "/customers", "/sign-in", path):
            took, status = timed(lambda page=page: again(visitor).get(page).status)
            assert status in (200, 303) and took < AT_ONCE_S / 2, (page, status, took)
    assert "Traceback" not in server.said()


def test_who_reads_slowly_gets_all_of_it_and_is_heard_again(server: Server) -> None:
    path, content = the_largest(Visitor(server.port))
    with who_ask(server, path, 1) as [connection]:
        connection.settimeout(AT_ONCE_S)
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        received = bytearray()
        while more := connection.recv(8_192):
            received += more
            time.sleep(0.02)
    head, _blank, rest = bytes(received).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200") and rest[: len(content)] == content
    after = rest[len(content) :]
    assert after.startswith(b"HTTP/1.1 200") and after.endswith(b"ok\n")


def test_who_never_reads_is_hung_up_on(server: Server) -> None:
    path, content = the_largest(Visitor(server.port))
    with who_ask(server, path, 1) as [connection]:
        time.sleep(READING_S + LEAVING_S)
        connection.settimeout(AT_ONCE_S)
        received = 0
        with suppress(ConnectionResetError):
            while more := connection.recv(65_536):
                received += len(more)
        assert 0 < received < len(content)


def timed(act: Callable[[], int]) -> tuple[float, int]:
    begin = time.monotonic()
    answer = act()
    return time.monotonic() - begin, answer


@pytest.mark.parametrize("how", ["say nothing", "half a head", "half a form"])
def test_the_slow_are_hung_up_on(server: Server, how: str) -> None:
    with clients(server, SLOW[how]) as slow:
        time.sleep(ARRIVAL_S + LEAVING_S)
        for connection in slow:
            connection.settimeout(AT_ONCE_S)
            assert connection.recv(1) == b""


def test_what_comes_a_word_at_a_time_is_answered_in_the_end(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        for part in (
            b"GET /hea",
            b"lth HTTP/1.1\r\n",
            b"Host: here\r\n",
            b"\r",
            b"\nGET /health HTTP/1.1\r\n",
        ):
            connection.sendall(part)
            time.sleep(0.2)
        connection.settimeout(AT_ONCE_S)
        assert connection.recv(4_096).startswith(b"HTTP/1.1 200")
        connection.sendall(b"Host: here\r\nConnection: close\r\n\r\n")
        received = b""
        while more := connection.recv(4_096):
            received += more
        assert received.startswith(b"HTTP/1.1 200") and received.endswith(b"ok\n")


def test_pages_are_shown_while_many_sign_in(server: Server) -> None:
    """The hash of a password takes long: who signs in waits among themselves."""
    visitor, people = server.visitor("sales1a"), 32
    doors = [Visitor(server.port) for _n in range(people)]
    for door in doors:
        door.read_token("/sign-in")
    with ThreadPoolExecutor(people) as pool:
        entering = [pool.submit(enter, door) for door in doors]
        wait(entering, return_when="FIRST_COMPLETED")
        assert again(visitor).get("/").status == 200
        left = sum(not one.done() for one in entering)
        assert [one.result() for one in entering] == [303] * people
    assert left > people / 2, "the page waited for most of them"


def enter(door: Visitor) -> int:
    return again(door).post("/sign-in", {"username": "lead1", "password": PASSWORD}).status


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_over_tls_too(app: Flask, folder: Path, tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x"]
    subprocess.run([*command, "-keyout", key, "-out", cert], check=True, capture_output=True)
    settings = {"HUIFANG_TLS_CERT": str(cert), "HUIFANG_TLS_KEY": str(key)}
    url = app.extensions["huifang"].database_url
    with servers.serving(folder, url, settings=settings) as server, clients(server, b"\x16\x03\x01") as slow:
        assert len(slow) == CLIENTS
        context = ssl.create_default_context(cafile=str(cert))
        context.check_hostname = False
        for _turn in range(3):
            plain = socket.create_connection(("127.0.0.1", server.port), timeout=AT_ONCE_S)
            with context.wrap_socket(plain) as connection:
                connection.sendall(b"GET /health HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
                assert connection.recv(4_096).startswith(b"HTTP/1.1 200")
    assert "Traceback" not in server.said()
