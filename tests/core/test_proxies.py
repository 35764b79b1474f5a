"""Who is believed about the way here: the configured proxies, and nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core import config
from core.proxies import TrustedProxies

SAID = {"HTTP_X_FORWARDED_FOR": "203.0.113.9", "HTTP_X_FORWARDED_PROTO": "https"}


def seen(
    peer: str, setting: str | None, tmp_path: Path, count: str = "1", said: str = "203.0.113.9"
) -> tuple[str, str]:
    """Address and scheme that the application is told."""
    found: list[tuple[str, str]] = []

    def application(environ: dict[str, Any], _start: Any) -> list[bytes]:
        found.append((environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]))
        return []

    given = {"HUIFANG_DATA": str(tmp_path), "HUIFANG_TRUSTED_PROXY": count}
    made = config.load(given | ({"HUIFANG_TRUSTED_PROXY_FROM": setting} if setting else {}))
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", **SAID, "HTTP_X_FORWARDED_FOR": said}
    TrustedProxies(application, made.trusted_proxies, made.proxies_from)(environ, lambda *_a: None)
    return found[0]


PEERS = [
    ("127.0.0.1", None, True),
    ("::1", None, True),
    ("::ffff:127.0.0.1", None, True),
    ("127.0.0.2", None, False),
    ("10.0.0.5", None, False),
    ("fe80::1%eth0", None, False),
    ("", None, False),
    ("10.0.0.5", "10.0.0.5", True),
    ("10.0.0.6", "10.0.0.5", False),
    ("127.0.0.1", "10.0.0.5", False),
    ("192.168.7.200", "10.0.0.5, 192.168.7.0/24", True),
    ("::ffff:192.168.7.200", "192.168.7.0/24", True),
    ("fd00::7", "fd00::/8", True),
    ("fe80::1%eth0", "fe80::/10", True),
]


@pytest.mark.parametrize(("peer", "setting", "believed"), PEERS)
def test_only_configured_peers_are_believed(
    tmp_path: Path, peer: str, setting: str | None, believed: bool
) -> None:
    assert seen(peer, setting, tmp_path) == (("203.0.113.9", "https") if believed else (peer, "http"))


def test_of_a_row_of_proxies_the_last_tell(tmp_path: Path) -> None:
    assert seen("::1", None, tmp_path, "2", "6.6.6.6, 203.0.113.9, 10.0.0.5")[0] == "203.0.113.9"
    assert seen("10.0.0.5", None, tmp_path, "2", "6.6.6.6, 203.0.113.9, 10.0.0.5")[0] == "10.0.0.5"


@pytest.mark.parametrize("setting", ["yes", "10.0.0.5/24", "10.0.0.300", "127.0.0.1,,::1", "crm.example.com"])
def test_what_is_no_network_is_refused(tmp_path: Path, setting: str) -> None:
    with pytest.raises(config.BadConfiguration, match="HUIFANG_TRUSTED_PROXY_FROM"):
        config.load({"HUIFANG_DATA": str(tmp_path), "HUIFANG_TRUSTED_PROXY_FROM": setting})
