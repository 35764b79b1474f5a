"""A browser for measuring: one kept connection, cookies, the token that forms need, and a clock."""

from __future__ import annotations

import http.client
import re
import zlib
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
_COOKIE = re.compile(r"^(\w+)=([^;]*)")


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many milliseconds the last byte was there."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    ms: float

    @property
    def text(self) -> str:
        """The page, unpacked."""
        packed = self.headers.get("Content-Encoding") == "gzip"
        return (zlib.decompress(self.body, 31) if packed else self.body).decode()


@dataclass
class Visitor:
    """Somebody at a server on this machine."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def get(self, path: str, *, part: bool = False) -> Answer:
        """Open an address; `part` as the script of the page does, which takes but a part of the answer."""
        return self._send("GET", path, None, {"HX-Request": "true"} if part else {})

    def post(self, path: str, fields: dict[str, Any]) -> Answer:
        """Send a form with the token of the last page that had one."""
        return self._send("POST", path, urlencode({"csrf_token": self.token, **fields}), {})

    def read_token(self, path: str) -> None:
        """Take the token for forms from a page."""
        if found := _TOKEN.search(self.get(path).text):
            self.token = found[1]

    def _send(self, method: str, path: str, body: str | None, more: dict[str, str]) -> Answer:
        headers = {
            **more,
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
        }
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://127.0.0.1:{self.port}/",
            }
        begin = perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        ms = (perf_counter() - begin) * 1_000
        for cookie in response.headers.get_all("Set-Cookie") or ():
            if found := _COOKIE.match(cookie):
                self.cookies[found[1]] = found[2]
        return Answer(response.status, response.headers, content, ms)
