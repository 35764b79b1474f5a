"""The production server: what it refuses to start with, and its settings."""

from __future__ import annotations

import errno
import gc
import os
import socket
import ssl
import stat
from pathlib import Path
from typing import Any

from core.config import Config

WORKERS = 2
THREADS = 8
PATIENCE_S = 30
PORT, OTHER_PORT = 8000, 9000
GARBAGE = (5_000, 20, 20)  # so many new objects, and collections of the young and of the middle-aged


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


def keep_loaded() -> None:
    """What is loaded by now stays: no collection of garbage looks through it any more, which takes a fifth of a large
    import, nor writes to it, so that forked processes share it. Later ones come once or twice a page, not dozens
    of times.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


def options(config: Config, workers: int) -> dict[str, Any]:
    """Our settings in gunicorn's words. It believes no header about the way here: `core.proxies` alone does."""
    return {
        "bind": config.listens_at,
        "worker_class": "core.reception.Reception",
        "preload_app": True,
        "control_socket_disable": True,
        "workers": workers,
        "threads": THREADS,
        "timeout": 2 * PATIENCE_S,
        "graceful_timeout": PATIENCE_S,
        "keepalive": 5,
        "sendfile": False,  # what a client is slow to read waits in the loop, see `reception`
        "certfile": config.tls_cert,
        "keyfile": config.tls_key,
        "loglevel": "warning",
        "limit_request_line": 8190,
        "secure_scheme_headers": {},
        "forwarder_headers": "",
        "proc_name": "huifang",
    }
