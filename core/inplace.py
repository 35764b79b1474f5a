"""Forms that open in place: where they stand on a page, and what of that page their answer brings up to date.

A form has an address and a page of its own. Where a link opens it in place, its address names the element of the page
in which it stands (`block`) and the one that is fetched anew once it is saved (`within`); both travel with the form.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode, urlsplit

from flask import has_request_context, request
from werkzeug.exceptions import RequestEntityTooLarge

BLOCK, WITHIN, SAVED = "block", "within", "saved"
_ID = re.compile(r"[a-z][a-z0-9-]{0,60}")
_SWAP = "outerHTML ignoreTitle:true"


def block() -> str:
    """The id of the element in which the form of this request stands; empty where it has a page of its own."""
    return _named(BLOCK)


def is_saved() -> bool:
    """Whether this page is fetched for what a form in place has changed."""
    return has_request_context() and bool(_ID.fullmatch(request.args.get(SAVED, "")))


def saved(address: str) -> str:
    """The address to go on to from the form of this request: it tells that the page is fetched for its block."""
    return _with(address, {SAVED: block()}) if block() else address


def opens(address: str, block: str, within: str = "") -> dict[str, str]:
    """The attributes of a link that opens the form at an address in place."""
    named = {BLOCK: block, WITHIN: within} if within else {BLOCK: block}
    return {"data-opens": within or block, "hx-get": _with(address, named), **_takes(block)}


def sends(action: str) -> dict[str, str]:
    """The attributes of the form of this request, if it stands in place."""
    here, refused = block(), {}
    if (within := _named(WITHIN) or here) != here:
        again = f"target:#{here} select:#{here}"
        refused = {"hx-status:409": again, "hx-status:422": again}
    return {"hx-post": action, **_takes(within), **refused} if here else {}


def restores(address: str) -> dict[str, str]:
    """The attributes of the link that leaves the form of this request, if it stands in place."""
    return {"hx-get": address, **_takes(block()), "data-restores": ""} if block() else {}


def hidden() -> dict[str, str]:
    """What the form of this request sends along, if it stands in place."""
    return {name: value for name in (BLOCK, WITHIN) if (value := _named(name))} if block() else {}


def _named(parameter: str) -> str:
    if not has_request_context():
        return ""
    try:
        value = request.values.get(parameter, "")
    except RequestEntityTooLarge:  # the view that reads the form says so
        return ""
    return value if _ID.fullmatch(value) else ""


def _takes(id: str) -> dict[str, str]:
    return {"hx-target": f"#{id}", "hx-select": f"#{id}", "hx-swap": _SWAP}


def _with(address: str, values: dict[str, str]) -> str:
    parts = urlsplit(address)
    query = f"{parts.query}&{urlencode(values)}" if parts.query else urlencode(values)
    return parts._replace(query=query).geturl()


TEMPLATE_GLOBALS = {
    "form_block": block, "form_hidden": hidden, "form_restores": restores, "form_sends": sends,
    "is_saved": is_saved, "opens": opens,
}  # fmt: skip
