"""The door of a web worker: a request is given a thread once it is there as a whole.

gunicorn gives a thread to whoever connects and waits for what they send, so that a few clients which say a word now
and then keep everybody out, or which do not read their answers; and its loop waits for clients which do not hang up.
Here the loop collects what many clients send, and hands out the rest of what they are slow to read; each thread only
works. Who signs in, and who sends files, wait among themselves.
"""

from __future__ import annotations

import errno
import re
import selectors
import socket
import ssl
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import takewhile
from typing import Any

from gunicorn.http import errors, get_parser
from gunicorn.sock import ssl_context
from gunicorn.util import close
from gunicorn.workers.gthread import TConn, ThreadWorker

from core.headers import NO_STORE, SECURITY_HEADERS

ARRIVAL_S = 15  # for a head and a small body
FILE_S, STALL_S = 300, 15  # for a whole file, and without a word meanwhile
SENDING_S = 10  # until a client reads more of an answer that is too large to wait for it here
READING_S = 30  # for the rest of an answer, which waits in the loop
LARGEST_REST, RESTS = 1024 * 1024, 64  # how much of an answer waits there, and of how many clients at once
LEAVING_S = 2  # until the other side has hung up
LARGEST_HEAD = LARGEST_BODY = 32 * 1024  # beyond it is a file
ENTERING_AT_ONCE, FILES_AT_ONCE = 4, 2
ENTERING = b"POST /sign-in"
PIECE = 64 * 1024
_HEAD_ENDS = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*\r\n", re.IGNORECASE)
_UNTOLD = re.compile(rb"\r\n(transfer-encoding|expect):", re.IGNORECASE)
# What gunicorn answers itself: nothing of ours has seen the request, and none of it is told or logged
_OURS = 500, "Internal Server Error", "Something went wrong. The log says what."
_OUR_FAULTS = errors.InvalidResponseHeader, errors.InvalidResponseHeaderName, errors.ConfigurationProblem
_REFUSALS: tuple[tuple[type[Exception], int, str, str], ...] = (
    (errors.LimitRequestLine, 414, "URI Too Long", "The address is too long."),
    (
        errors.LimitRequestHeaders,
        431,
        "Request Header Fields Too Large",
        "The headers are too large or too many.",
    ),
    (errors.ExpectationFailed, 417, "Expectation Failed", "What the request expects is not done here."),
    (
        errors.UnsupportedTransferCoding,
        501,
        "Not Implemented",
        "The request is written in a way not known here.",
    ),
    (errors.ParseException, 400, "Bad Request", "The request cannot be read."),
    (ssl.SSLError, 400, "Bad Request", "The request cannot be read."),
)
_NOT_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


def _plain_answer(status: Any, reason: Any, sentence: Any) -> bytes:
    body = f"{sentence}\n"
    headers = {
        "Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), "Connection": "close",
        **dict([NO_STORE, *SECURITY_HEADERS]),
    }  # fmt: skip
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", body]).encode("ascii")


class Line:
    """The socket of a client, on which nobody waits for ever."""

    def __init__(self, real: socket.socket) -> None:
        self._real, self.until, self.rest = real, 0.0, bytearray()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def setblocking(self, flag: bool) -> None:
        self._real.settimeout(SENDING_S if flag else 0)

    def sendall(self, data: bytes) -> None:
        """Send what can be sent at once, and keep the rest: it is waited for only beyond `LARGEST_REST`.

        Raises ConnectionResetError for a client that does not read then.
        """
        self.rest += data
        try:
            self.setblocking(False)
            self.hand_out()
            self.setblocking(True)
            while len(self.rest) > LARGEST_REST:
                self._send()
        except TimeoutError as slow:
            self.rest.clear()
            raise ConnectionResetError(errno.ECONNRESET, "the client does not read") from slow
        finally:
            self.setblocking(True)

    def hand_out(self) -> None:
        """Send as much of the rest as can be sent at once."""
        try:
            while self.rest:
                self._send()
        except _NOT_YET:
            return

    def _send(self) -> None:
        with memoryview(self.rest) as rest, rest[:PIECE] as piece:
            sent = self._real.send(piece)
        del self.rest[:sent]

    def present(self) -> bytes:
        """What is there by now; nothing if the client has hung up. Raises _NOT_YET."""
        return self._real.recv(LARGEST_BODY)

    def recv(self, most: int) -> bytes:
        """What comes in time; nothing if the client has hung up, or is too slow."""
        self._real.settimeout(max(0.001, min(STALL_S, self.until - time.monotonic())))
        try:
            return self._real.recv(most)
        except TimeoutError:
            return b""
        finally:
            self._real.settimeout(SENDING_S)


class Client(TConn):
    """A connection, and what has come over it but has not been read."""

    def __init__(self, worker: Reception, line: Line, address: Any, server: Any) -> None:
        super().__init__(worker.cfg, line, address, server)
        self.worker, self.received, self.is_file = worker, bytearray(), False
        self.parser = get_parser(self.cfg, line, address)
        self.initialized = self.data_ready = True

    def is_complete(self) -> bool:
        """Whether a thread would not have to wait for anything, but for a file."""
        end = self.received.find(_HEAD_ENDS)
        if end < 0:
            self.is_file = len(self.received) > LARGEST_HEAD
            return self.is_file
        head = bytes(self.received[: end + 2])
        length = int(told[1]) if (told := _LENGTH.search(head)) else 0
        self.is_file = length > LARGEST_BODY or _UNTOLD.search(head) is not None
        return self.is_file or len(self.received) >= end + len(_HEAD_ENDS) + length

    def close(self, graceful: bool = False) -> None:
        """Hang up; with `graceful` only once the client has read the answer."""
        if graceful:
            self.worker.see_off(self)
        else:
            close(self.sock)


class Reception(ThreadWorker):
    """gunicorn's worker with threads, behind a reception."""

    def init_process(self) -> None:
        self._tls = ssl_context(self.cfg) if self.cfg.is_ssl else None
        self._arriving, self._leaving = dict[Client, float](), dict[Client, float]()
        self._reading = dict[Client, float]()
        self._entrance = ThreadPoolExecutor(ENTERING_AT_ONCE)
        self._files = ThreadPoolExecutor(FILES_AT_ONCE)
        super().init_process()

    def accept(self, listener: socket.socket) -> None:
        try:
            real, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):  # another worker was first, or the client is gone
            return
        real.setblocking(False)
        try:
            if self._tls:
                real = self._tls.wrap_socket(real, server_side=True, do_handshake_on_connect=False)
            client = Client(self, Line(real), address, listener.getsockname())
        except OSError:
            real.close()
            return
        self.nr_conns += 1
        self.enqueue_req(client)

    def enqueue_req(self, conn: Client) -> None:
        """Wait for the next request of a client."""
        conn.received += conn.parser.unreader.take_buffered()
        conn.sock.setblocking(False)
        self._arriving[conn] = time.monotonic() + ARRIVAL_S
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._read, conn))
        self._read(conn)

    def _read(self, conn: Client, _readable: Any = None) -> None:
        try:
            while not conn.is_complete():
                if not (more := conn.sock.present()):
                    return self._drop(conn, self._arriving)
                conn.received += more
        except _NOT_YET:
            return None
        except OSError:
            return self._drop(conn, self._arriving)
        return self._admit(conn)

    def _admit(self, conn: Client) -> None:
        """Give a thread to a request that is there."""
        self._forget(conn, self._arriving)
        conn.sock.until = time.monotonic() + (FILE_S if conn.is_file else ARRIVAL_S)
        lane = self.tpool
        if conn.is_file:
            lane = self._files
        elif conn.received.startswith(ENTERING):
            lane = self._entrance
        conn.parser.unreader.unread(bytes(conn.received))
        conn.received.clear()
        working = lane.submit(self.handle, conn)
        working.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def finish_request(self, conn: Client, done: Future[Any]) -> None:
        """Go on with a client that has its whole answer; the others stay in the loop until they have read theirs."""
        try:
            conn.sock.setblocking(False)
            conn.sock.hand_out()
            if not conn.sock.rest:
                return super().finish_request(conn, done)
            self.poller.register(conn.sock, selectors.EVENT_WRITE, partial(self._hand_out, conn, done))
        except (OSError, ValueError):
            self.nr_conns -= 1
            return close(conn.sock)
        self._reading[conn] = time.monotonic() + READING_S
        if len(self._reading) > RESTS:
            self._drop(next(iter(self._reading)), self._reading)
        return None

    def _hand_out(self, conn: Client, done: Future[Any], _writable: Any = None) -> None:
        try:
            conn.sock.hand_out()
        except OSError:
            return self._drop(conn, self._reading)
        if not conn.sock.rest:
            self._forget(conn, self._reading)
            super().finish_request(conn, done)
        return None

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what never came as far as the application, with the headers that all answers have."""
        found = next((answer for kind, *answer in _REFUSALS if isinstance(exc, kind)), None)
        if found is None or isinstance(exc, _OUR_FAULTS):
            found = [*_OURS]
            self.log.error("a request could not be answered: %s", type(exc).__name__, exc_info=exc)
        else:
            self.log.warning("a request was refused: %s", type(exc).__name__)
        with suppress(OSError):
            client.sendall(_plain_answer(*found))

    def see_off(self, conn: Client) -> None:
        """Say that nothing more comes, and wait for the client to hang up: it may still be reading."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._overhear, conn))
        except (OSError, ValueError):
            close(conn.sock)
            return
        self.nr_conns += 1
        self._leaving[conn] = time.monotonic() + LEAVING_S

    def _overhear(self, conn: Client, _readable: Any = None) -> None:
        try:
            if conn.sock.present():
                return
        except _NOT_YET:
            return
        except OSError:
            pass
        self._drop(conn, self._leaving)

    def murder_pending(self) -> None:
        """Drop who has been too slow; while this process ends, who has just connected and says nothing too."""
        now = time.monotonic()
        self._drop_late(self._arriving, now if self.alive else now + ARRIVAL_S - LEAVING_S)
        self._drop_late(self._reading, now if self.alive else now + READING_S - SENDING_S)
        self._drop_late(self._leaving, now)

    def _drop_late(self, waiting: dict[Client, float], now: float) -> None:
        for conn, _until in list(takewhile(lambda entry: entry[1] <= now, waiting.items())):
            self._drop(conn, waiting)

    def _drop(self, conn: Client, waiting: dict[Client, float]) -> None:
        self._forget(conn, waiting)
        self.nr_conns -= 1
        conn.close()

    def _forget(self, conn: Client, waiting: dict[Client, float]) -> None:
        del waiting[conn]
        self.poller.unregister(conn.sock)
