"""The production server: what it refuses to start with, and how it runs."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask

from core.config import Config

WORKERS = 2
THREADS = 8
PATIENCE_S = 30
AGAIN_S = 2
PROJECT = Path(__file__).resolve().parent.parent
PORT, OTHER_PORT = 8000, 9000


def faults(config: Config, *, debug: bool, demonstration: bool) -> list[str]:
    """Why the server may not start with these settings; empty if it may. One sentence each, with what to do."""
    found: list[str] = []
    if debug:
        found.append("Debug mode is on. Unset FLASK_DEBUG.")
    if stat.S_IMODE(config.data.stat().st_mode) & 0o007:
        found.append(f"Everybody on this machine can read {config.data}. Run: chmod 700 {config.data}")
    if demonstration and not config.only_here:
        found.append(
            "The demonstration company is only for 127.0.0.1, without a proxy. "
            "Use an empty HUIFANG_DATA for real work."
        )
    if not (config.on_loopback or config.secure or config.insecure_http):
        found.append(
            "People on the network would send passwords in clear. Set HUIFANG_TLS_CERT and HUIFANG_TLS_KEY, "
            "or HUIFANG_TRUSTED_PROXY behind a proxy with TLS, or HUIFANG_INSECURE_HTTP=1 to accept it."
        )
    return found + _certificate_faults(config)


def _certificate_faults(config: Config) -> list[str]:
    given = {"HUIFANG_TLS_CERT": config.tls_cert, "HUIFANG_TLS_KEY": config.tls_key}
    unreadable = [
        f"{name} names {path}, which cannot be read. Name a file in PEM form, or unset it."
        for name, path in given.items()
        if path and not (Path(path).is_file() and os.access(path, os.R_OK))
    ]
    if unreadable or not (config.tls_cert or config.tls_key):
        return unreadable
    if not config.tls_cert:
        return ["HUIFANG_TLS_KEY is of no use without HUIFANG_TLS_CERT. Set both, or none."]
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(config.tls_cert, config.tls_key, password="")
    except OSError:
        return [
            "HUIFANG_TLS_CERT and HUIFANG_TLS_KEY are no certificate and its key. "
            "Name two files in PEM form that belong together, the key without a password."
        ]
    return []


def deaf(config: Config) -> str | None:
    """Why nothing can listen at the address of these settings, and what to do; None if it can."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        return _why_deaf(config, error)
    return None


def _why_deaf(config: Config, error: OSError) -> str:
    other = f"Choose another: make run HUIFANG_PORT={PORT if config.port == OTHER_PORT else OTHER_PORT}"
    if error.errno == errno.EADDRINUSE:
        return f"Port {config.port} is in use. {other}"
    if error.errno == errno.EACCES:
        return f"You may not open port {config.port}. {other}"
    return f"HUIFANG_HOST is {config.host}, which is no address of this machine. Name one that is."


class JobWorker:
    """The process beside the server that does what is asked behind the pages; begun again should it die."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()
        # A web worker forked in the middle of a start would keep the pipe that tells the start is over, for ever
        starting = self._starting = threading.Lock()
        os.register_at_fork(
            before=starting.acquire, after_in_parent=starting.release, after_in_child=starting.release
        )

    def start(self, _server: Any) -> None:
        threading.Thread(target=self._keep_up, daemon=True).start()

    def _keep_up(self) -> None:
        command = [
            sys.executable,
            "-m",
            "flask",
            "--app",
            "app:create_app",
            "worker",
            "--of",
            str(os.getpid()),
        ]
        while not self._ending.is_set():
            with self._starting:
                self._process = subprocess.Popen(command, cwd=PROJECT, start_new_session=True)
            self._process.wait()
            self._ending.wait(AGAIN_S)

    def end(self, _server: Any) -> None:
        """Let it finish its batch."""
        self._ending.set()
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(PATIENCE_S)


def run(make: Callable[[], Flask], config: Config, workers: int, *, jobs: bool = True) -> None:
    """Serve until told to stop: gunicorn, as many threads as people click at once on a small machine."""
    from gunicorn.app.base import BaseApplication

    beside = JobWorker()
    hooks = {"when_ready": beside.start, "on_exit": beside.end} if jobs else {}

    class Server(BaseApplication):
        def load_config(self) -> None:
            for name, value in (options(config, workers) | hooks).items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return make()

    Server().run()


def options(config: Config, workers: int) -> dict[str, Any]:
    """Our settings in gunicorn's words. It believes no header about the way here: of ours, `ProxyFix` alone does."""
    return {
        "bind": config.listens_at,
        "worker_class": "gthread",
        "workers": workers,
        "threads": THREADS,
        "timeout": 2 * PATIENCE_S,
        "graceful_timeout": PATIENCE_S,
        "keepalive": 5,
        "certfile": config.tls_cert,
        "keyfile": config.tls_key,
        "loglevel": "warning",
        "limit_request_line": 8190,
        "secure_scheme_headers": {},
        "forwarder_headers": "",
        "proc_name": "huifang",
    }
