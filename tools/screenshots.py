"""Take the pictures of docs/pictures from a demonstration of their own: `python -m tools.screenshots`."""

from __future__ import annotations

import base64
import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from blueprints.office.queries import calendar_for
from core import clock, config
from tools import pixels

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
# In which the browser writes days and hours; Debian has them in chromium-l10n.
LOCALES = {"zh": "zh_CN", "en": "en_GB"}
SIZES = {1280: 800, 390: 844}
THEMES = ("light", "dark")
LIST = """公司名称,简称,级别,联系人,称呼,手机,邮箱,城市,负责人
杭州听松茶业有限公司,听松茶业,B级,潘国庆,潘总,13100009001,pan@tingsong.example,杭州市,sales1a
嘉兴蓝田农机有限公司,蓝田农机,C级,陆红霞,陆姐,13100009002,,嘉兴市,吴桐
湖州拾光书店,拾光书店,C级,袁静,袁老师,13100009003,yuan@shiguang.example,湖州市,sales1b
绍兴古越酒坊有限公司,古越酒坊,A级,董海涛,董总,1.31E+10,dong@guyue.example,绍兴市,sales1a
????????,,C级,江平,,13100009005,,杭州市,sales1a
"""


@dataclass(frozen=True)
class Scene:
    """One picture: who looks (None: nobody is signed in) at which address, and what they do there first."""

    name: str
    who: str | None
    path: str
    act: Callable[[Page], None] = lambda page: None


def main() -> None:
    """Make all pictures anew."""
    browser_path = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser_path is None:
        sys.exit(
            "Chromium is not installed. Get it with: sudo apt-get install -y chromium chromium-l10n fonts-noto-cjk"
        )
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with (
        tempfile.TemporaryDirectory() as folder,
        demonstration(Path(folder)) as (address, password),
        sync_playwright() as playwright,
    ):
        for short, locale in LOCALES.items():
            speaking: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": locale}
            browser = playwright.chromium.launch(executable_path=browser_path, args=OPTIONS, env=speaking)
            Studio(browser, short, address, password).shoot()
            browser.close()
    size = sum(file.stat().st_size for file in FOLDER.glob("*.png"))
    print(f"{size / 1e6:.1f} MB in {FOLDER.relative_to(ROOT)}")


@contextmanager
def demonstration(folder: Path) -> Iterator[tuple[str, str]]:
    """A server with the demonstration company in a folder; answers its address and the password.

    Its clock stands still on the morning of a working day, the last one if today is none.
    """
    app = create_app(config.load({"HUIFANG_DATA": str(folder)}))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with app.app_context():
        upgrade()
        morning = clock.at(calendar_for(None).on_or_before(clock.today()), time(10, 12))
    with clock.frozen(morning):
        filled = app.test_cli_runner().invoke(args=["demo"])
        if filled.exit_code:
            sys.exit(filled.output)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", (folder / "demo-password").read_text().strip()
        finally:
            server.shutdown()


class Studio:
    """Shows each scene in one language, both themes and both widths, and keeps what it looks like."""

    def __init__(self, browser: Browser, short: str, address: str, password: str) -> None:
        self._browser, self._short, self._address, self._password = browser, short, address, password
        self._pixels = browser.new_page()
        self._signed_in: dict[str, Any] = {}

    def shoot(self) -> None:
        """All scenes."""
        scenes = self._scenes()
        for who in {scene.who for scene in scenes if scene.who}:
            self._speak(who)
        for theme in THEMES:
            for width in SIZES:
                for scene in scenes:
                    self._take(scene, theme, width)

    def _scenes(self) -> list[Scene]:
        return [
            Scene("sign-in", None, "/sign-in"),
            Scene("today", "sales1a", "/"),
            Scene("contact", "sales1a", "/", _open_first_row),
            Scene("list", "lead1", "/customers"),
            Scene("file", "sales1a", "/customers/1"),
            Scene("import", "lead1", self._dry_run()),
            Scene("roles", "admin", "/admin/roles"),
            Scene("why", "admin", "/admin/why?kind=customer&user=韩雪&record=华兴科技"),
            Scene("audit", "admin", "/admin/audit"),
        ]

    def _take(self, scene: Scene, theme: str, width: int) -> None:
        viewport = {"width": width, "height": SIZES[width]}
        with self._context(scene.who, color_scheme=theme, viewport=viewport) as context:
            page = context.new_page()
            answer = page.goto(self._address + scene.path)
            if answer is None or not answer.ok:
                sys.exit(f"{scene.path} could not be shown to {scene.who}")
            if scene.who is None:
                page.locator(f'button[name="language"][value="{LANGUAGES[self._short]}"]').click()
            scene.act(page)
            page.wait_for_load_state("networkidle")
            picture = page.screenshot(animations="disabled")
        reduced = self._pixels.evaluate(pixels.REDUCE, base64.b64encode(picture).decode())
        (FOLDER / f"{scene.name}-{self._short}-{theme}-{width}.png").write_bytes(pixels.png(reduced))

    @contextmanager
    def _context(self, who: str | None, **options: Any) -> Iterator[BrowserContext]:
        """A browser of somebody's, already signed in."""
        if who and who not in self._signed_in:
            self._signed_in[who] = self._sign_in(who)
        context = self._browser.new_context(storage_state=self._signed_in.get(who or ""), **options)
        yield context
        context.close()

    def _sign_in(self, who: str) -> Any:
        context = self._browser.new_context()
        page = context.new_page()
        page.goto(f"{self._address}/sign-in")
        page.locator('input[name="username"]').fill(who)
        page.locator('input[name="password"]').fill(self._password)
        page.locator("#sign-in button[type=submit]").click()
        page.wait_for_url(f"{self._address}/")
        state = context.storage_state()
        context.close()
        return state

    def _speak(self, who: str) -> None:
        """Let somebody see Huifang in the language of the pictures."""
        with self._context(who) as context:
            page = context.new_page()
            page.goto(f"{self._address}/me")
            token = page.locator('meta[name="csrf-token"]').get_attribute("content") or ""
            language = LANGUAGES[self._short]
            form: dict[str, str | float | bool] = {"language": language, "back": "/", "csrf_token": token}
            context.request.post(f"{self._address}/me/language", form=form)

    def _dry_run(self) -> str:
        """Read a list of customers as an import, without importing it; answers its address."""
        with self._context("lead1", viewport={"width": 1280, "height": 800}) as context:
            page = context.new_page()
            page.goto(f"{self._address}/customers/import")
            file = FilePayload(name="老客户名单.csv", mimeType="text/csv", buffer=LIST.encode("gb18030"))
            page.locator('input[type="file"]').set_input_files(file)
            page.locator('form[enctype="multipart/form-data"] button[type=submit]').click()
            page.wait_for_url("**/customers/import/*")
            page.locator('form[action$="/columns"] button[type=submit]').click()
            page.wait_for_load_state("networkidle")
            return page.url.removeprefix(self._address).partition("#")[0]


def _open_first_row(page: Page) -> None:
    """Open the form in the first row of Today and write into it."""
    page.locator('[hx-get*="/interactions/new"]').first.click()
    page.locator("textarea").first.fill("样机试用满意，月底签合同。")


if __name__ == "__main__":
    main()
