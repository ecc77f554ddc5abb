"""Dagster's interface in headless Chromium: what a person reads there, clicks, and keeps as PNG."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--no-sandbox",  # the suite may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZE = {"width": 1440, "height": 900}
SEEN_MS = 60_000  # the page polls, and a run's process needs seconds to start
WHOLE = "view=lineage&lineageDepth=9&lineageScope="


class Interface:
    """One page of the browser."""

    def __init__(self, page: Page, url: str, pictures: Path) -> None:
        self.page, self.url, self.pictures = page, url, pictures

    def open(self, path: str) -> None:
        """Go to a page of the interface."""
        self.page.goto(f"{self.url}{path}")

    def open_lineage(self, asset: str, scope: str) -> None:
        """The lineage tab of an asset: `upstream` or `downstream`, as deep as it goes."""
        self.open(f"/assets/{asset}?{WHOLE}{scope}")

    def come_closer(self) -> None:
        """Zoom into the graph until its boxes are large enough to tell more than their name."""
        self.sees("Graph depth")
        for _ in range(9):
            if self.page.get_by_text("Latest event").count():
                return
            self.page.get_by_role("button", name="zoom_in").click()
            self.page.wait_for_timeout(500)

    def sees(self, *texts: str | re.Pattern[str]) -> None:
        """Wait until each of these is visible."""
        for text in texts:
            expect(self.page.get_by_text(text).first).to_be_visible(timeout=SEEN_MS)

    def rests(self) -> None:
        """Wait until nothing shown is being materialized."""
        expect(self.page.get_by_text("Materializing")).to_have_count(0, timeout=SEEN_MS)

    def show_plot(self, asset: str, name: str) -> None:
        """Open a plot that the latest materialization of the asset holds."""
        self.open(f"/assets/{asset}?view=events")
        row = self.page.get_by_role("row").filter(has=self.page.get_by_text(name, exact=True))
        row.get_by_text("[Show Markdown]").click()
        expect(self.page.get_by_role("dialog").locator("img").first).to_be_visible(timeout=SEEN_MS)

    def launch(self) -> str:
        """Launch from the open dialog, for the latest partition; the run's first digits."""
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Latest").click()
        dialog.get_by_role("button", name=re.compile("^Launch")).click()
        said = self.page.get_by_text(re.compile(r"Launched run [0-9a-f]{8}")).first
        expect(said).to_be_visible(timeout=SEEN_MS)
        return said.inner_text().split()[-1]

    def picture(self, name: str) -> Path:
        """Keep what is shown, once it no longer moves."""
        self.page.mouse.move(700, 5)  # no tooltip, no highlighted edge
        self.page.wait_for_timeout(1500)
        path = self.pictures / f"{name}.png"
        self.page.screenshot(path=path, animations="disabled")
        return path


@contextmanager
def interface_at(url: str, pictures: Path) -> Iterator[Interface]:
    """A browser of its own, with an empty profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = browser.new_page(viewport=SIZE, locale="en-GB", timezone_id="UTC")  # type: ignore[arg-type]
        try:
            yield Interface(page, url, pictures)
        finally:
            browser.close()
