"""The production server: what it refuses to start with, and how it runs."""

from __future__ import annotations

import stat
from collections.abc import Callable
from typing import Any

from flask import Flask

from core.config import Config

WORKERS = 2
THREADS = 8
PATIENCE_S = 30


def faults(config: Config, *, debug: bool, demonstration: bool) -> list[str]:
    """Why the server may not start with these settings; empty if it may. One sentence each, with what to do."""
    found: list[str] = []
    if debug:
        found.append("Debug mode is on. Unset FLASK_DEBUG.")
    if stat.S_IMODE(config.data.stat().st_mode) & 0o007:
        found.append(f"Everybody on this machine can read {config.data}. Run: chmod 700 {config.data}")
    if not config.on_loopback:
        if demonstration:
            found.append(
                "The demonstration company is only for 127.0.0.1. Use an empty HUIFANG_DATA for real work."
            )
        if not (config.secure or config.insecure_http):
            found.append(
                "People on the network would send passwords in clear. Set HUIFANG_TLS_CERT and HUIFANG_TLS_KEY, "
                "or HUIFANG_TRUSTED_PROXY behind a proxy with TLS, or HUIFANG_INSECURE_HTTP=1 to accept it."
            )
    return found


def run(make: Callable[[], Flask], config: Config, workers: int) -> None:
    """Serve until told to stop: gunicorn, as many threads as people click at once on a small machine."""
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        def load_config(self) -> None:
            for name, value in options(config, workers).items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return make()

    Server().run()


def options(config: Config, workers: int) -> dict[str, Any]:
    """Our settings in gunicorn's words."""
    return {
        "bind": f"{config.host}:{config.port}",
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
        "proc_name": "huifang",
    }
