"""Settings of the installation: from the environment, or from a file named by HUIFANG_CONFIG."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from click import ClickException
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from core.disks import sync_folder

MAX_FILE_MEGABYTES = 20
MOST_PROXIES = 9
DATABASES = "Leave it out for SQLite in HUIFANG_DATA, or write postgresql://user:password@host/name."
SECRET_LEAST, SECRET_SIGNS = 32, 10
# A name, or an address of IPv4 or (in brackets) IPv6, and perhaps a port
_ADDRESS = re.compile(r"https?://(\w([\w.-]*\w)?|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?/?")
HERE = "127.0.0.1,::1"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
MADE: list[Path] = []  # by this process, for there was none: the data folder, and keys in it
MAX_REQUEST_BYTES = (MAX_FILE_MEGABYTES + 1) * 1024 * 1024  # the form around the file has room too


class BadConfiguration(ClickException):
    """The installation's settings cannot be used; the message says which and what to do. Commands end with it."""


@dataclass(frozen=True)
class Config:
    """What `HUIFANG_*` says, with defaults filled in."""

    data: Path
    database_url: str
    host: str
    port: int
    given_base_url: str | None
    trusted_proxies: int
    tls_cert: str | None
    tls_key: str | None
    insecure_http: bool
    given_secret: str | None = None
    proxies_from: tuple[Network, ...] = ()

    @property
    def on_loopback(self) -> bool:
        return self.host in {"127.0.0.1", "localhost", "::1"}

    @property
    def base_url(self) -> str:
        """Where people reach the application."""
        return self.given_base_url or f"{'https' if self.tls_cert else 'http'}://{self.listens_at}"

    @property
    def only_here(self) -> bool:
        """Whether nobody but the people at this machine reaches the application."""
        return self.on_loopback and not self.trusted_proxies

    @property
    def listens_at(self) -> str:
        """Host and port in one; an address of IPv6 stands in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def secure(self) -> bool:
        """Whether people reach the application over TLS."""
        return bool(self.tls_cert or self.trusted_proxies)

    def secret_key(self) -> str:
        """The key that signs cookies: given, or made at the first start and kept in the data folder, mode 0600."""
        if self.given_secret:
            return _strong(self.given_secret, "HUIFANG_SECRET_KEY")
        path = self.data / "secret-key"
        if not path.exists():
            write_first(path, secrets.token_urlsafe(48))
        return _strong(path.read_text().strip(), str(path))


def _strong(secret: str, place: str) -> str:
    if len(secret) < SECRET_LEAST or len(set(secret)) < SECRET_SIGNS:
        raise BadConfiguration(
            f"The secret in {place} is short or easily guessed. Use {SECRET_LEAST} random signs."
        )
    return secret


def write_first(path: Path, text: str) -> None:
    """Write a small private file (mode 0600) whole and onto the disk; of several processes that start at once, what the
    first one wrote stays.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
        MADE.append(path)
    draft.unlink()
    sync_folder(path.parent)


def load(environment: Mapping[str, str] | None = None) -> Config:
    """Read the configuration; the data folder is made if it is missing (mode 0700).

    Raises BadConfiguration for a setting that cannot be used.
    """
    values = dict(_from_file(os.environ.get("HUIFANG_CONFIG")))
    values.update(os.environ if environment is None else environment)
    data = _folder(values.get("HUIFANG_DATA") or "var")
    host, port = values.get("HUIFANG_HOST") or "127.0.0.1", _port(values.get("HUIFANG_PORT") or "8000")
    cert = values.get("HUIFANG_TLS_CERT") or None
    return Config(
        data=data,
        database_url=_database(values.get("HUIFANG_DATABASE_URL") or f"sqlite:///{data / 'huifang.db'}"),
        host=host,
        port=port,
        given_base_url=_address(values.get("HUIFANG_BASE_URL") or ""),
        trusted_proxies=_proxies(values.get("HUIFANG_TRUSTED_PROXY") or "0"),
        tls_cert=cert,
        tls_key=values.get("HUIFANG_TLS_KEY") or None,
        insecure_http=values.get("HUIFANG_INSECURE_HTTP") == "1",
        given_secret=values.get("HUIFANG_SECRET_KEY") or None,
        proxies_from=_networks(values.get("HUIFANG_TRUSTED_PROXY_FROM") or HERE),
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 65536:
        raise BadConfiguration(f"HUIFANG_PORT must be a port number, not {text!r}.")
    return int(text)


def _proxies(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > MOST_PROXIES:
        raise BadConfiguration(
            f"HUIFANG_TRUSTED_PROXY must be the number of proxies in front, usually 1, not {text!r}."
        )
    return int(text)


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(","))
    except ValueError:
        raise BadConfiguration(
            "HUIFANG_TRUSTED_PROXY_FROM must be addresses or networks with commas between them, such as "
            f"10.0.0.5,192.168.7.0/24, not {text!r}."
        ) from None


def _address(text: str) -> str | None:
    """Where people reach the application, without a slash at its end: links are made by putting a path behind it."""
    if not text:
        return None
    if not _ADDRESS.fullmatch(text) or not _has_port_if_any(text):
        raise BadConfiguration(
            "HUIFANG_BASE_URL is no address of a server. Write what people type, such as https://crm.example.com or "
            "http://10.0.0.5:8000, without a path, or leave it out."
        )
    return text.rstrip("/")


def _has_port_if_any(address: str) -> bool:
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False


def _folder(text: str) -> Path:
    path = Path(text).absolute()
    try:
        if not path.exists():
            MADE.append(path)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadConfiguration(
            f"HUIFANG_DATA cannot be {path} ({error.strerror}). Name a folder that you may write in."
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise BadConfiguration(
            f"HUIFANG_DATA cannot be {path}: you may not write in it. Name another folder."
        )
    return path


def _database(text: str) -> str:
    """The address for SQLAlchemy. What was written is never repeated: it may hold a password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise BadConfiguration(f"HUIFANG_DATABASE_URL is no address of a database. {DATABASES}") from error
    kind = url.drivername.partition("+")[0]
    if kind in ("postgresql", "postgres"):
        return "postgresql+psycopg://" + text.partition("://")[2]
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise BadConfiguration(f"HUIFANG_DATABASE_URL names {kind}, which Huifang does not know. {DATABASES}")
    file = Path(url.database or "")
    if file.is_absolute() and not file.parent.is_dir():
        raise BadConfiguration(
            f"HUIFANG_DATABASE_URL names {file}, but there is no such folder. Make it first."
        )
    return text


def _from_file(path: str | None) -> list[tuple[str, str]]:
    if not path:
        return []
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(
            f"HUIFANG_CONFIG names {path}, which cannot be read. Name a text file, or unset it."
        ) from error
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return [(name.strip(), value.strip()) for name, value in pairs]
