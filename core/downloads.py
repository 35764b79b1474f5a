"""Files on their way out: named as people know them, without any power in a browser, and never stored there."""

from __future__ import annotations

from pathlib import Path

from flask import Response, send_file

from core.headers import FILE_POLICY, NO_STORE


def download(
    path: Path, name: str, mime: str = "application/octet-stream", *, shown: bool = False
) -> Response:
    """The answer that hands out a file, to be kept under a name, or `shown` by the browser in a sandbox."""
    answer = send_file(
        path, mimetype=mime, as_attachment=not shown, download_name=name, conditional=False, etag=False
    )
    answer.headers["Content-Type"] = mime  # a text may be in any encoding
    for header, value in (FILE_POLICY, NO_STORE):
        answer.headers[header] = value
    answer.headers.pop("Last-Modified", None)
    return answer
