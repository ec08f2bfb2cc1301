"""Clicks through the page of an audit: browser.py PAGE HOSTILE LARGE PICTURES.

Speaks the protocol of WebDriver (https://www.w3.org/TR/webdriver2/) to Debian's ChromeDriver.
"""

import base64
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    # A container's own is too small.
    "--disable-dev-shm-usage",
]
SECTIONS = [
    "summary",
    "denied",
    "undecided",
    "agreement",
    "breadth",
    "proposals",
    "series",
    "accounting",
    "policies",
]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# How long a browser on a busy machine may take for anything, in seconds.
PATIENCE = 120
# Sorting the longest table that a page may have, on a busy machine.
MOST_SECONDS_TO_SORT = 20


def check(holds, what):
    if not holds:
        raise SystemExit(f"browser: {what}")


class Driver:
    """A running ChromeDriver."""

    def __init__(self, folder):
        self.log = pathlib.Path(folder, "chromedriver.log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(["chromedriver", "--port=0"], stdout=log, stderr=log)
        self.port = self._port()

    def _port(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            found = re.search(r"started successfully on port (\d+)", self.log.read_text())
            if found:
                return int(found[1])
            time.sleep(0.05)
        raise SystemExit(f"browser: chromedriver does not start\n{self.log.read_text()}")

    def close(self):
        self.process.terminate()
        self.process.wait(PATIENCE)


class Browser:
    """A session of Chromium with a profile of its own."""

    def __init__(self, driver, profile, scripts=True):
        options = {"args": [*FLAGS, f"--user-data-dir={profile}"]}
        if not scripts:
            options["prefs"] = {"profile.managed_default_content_settings.javascript": 2}
        self.base = f"http://127.0.0.1:{driver.port}/session"
        capabilities = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        session = self.call("POST", "", {"capabilities": {"alwaysMatch": capabilities}})
        self.base += "/" + session["sessionId"]
        # A new profile shows a page of the browser's own.
        self.call("POST", "/url", {"url": "about:blank"})
        self.logged("performance")

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise SystemExit(f"browser: {method} {path}: {error.read().decode()[:500]}") from error

    def open(self, page):
        self.page = pathlib.Path(page).resolve().as_uri()
        self.call("POST", "/url", {"url": self.page})

    def run(self, script, *arguments):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def cdp(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def find(self, selector):
        return self.call("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, element):
        self.call("POST", f"/element/{element}/click", {})

    def type(self, element, text):
        self.call("POST", f"/element/{element}/value", {"text": text})

    def shown_text(self, selector):
        return self.call("GET", f"/element/{self.find(selector)}/text")

    def look(self, width, scheme):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def picture(self, path):
        shot = self.cdp("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    def print(self, path):
        printed = self.cdp("Page.printToPDF", printBackground=False, preferCSSPageSize=True)
        pathlib.Path(path).write_bytes(base64.b64decode(printed["data"]))

    def logged(self, kind):
        """What was logged since the last time."""
        return self.call("POST", "/se/log", {"type": kind})

    def check_quiet(self):
        """Nothing was complained of, and nothing asked for but the page."""
        complaints = self.logged("browser")
        check(not complaints, f"the console says {complaints}")
        messages = (json.loads(entry["message"])["message"] for entry in self.logged("performance"))
        asked = {
            message["params"]["request"]["url"].split("#")[0]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        }
        asked = {url for url in asked if not url.startswith("data:")}
        check(asked <= {self.page}, f"the page asks for {asked - {self.page}}")

    def close(self):
        self.call("DELETE", "")


COLUMN = """
const table = document.querySelector(arguments[0]);
return Array.from(table.tBodies).filter((it) => !it.hidden).map((it) => {
  const cell = it.rows[0].cells[arguments[1]];
  return cell.dataset.key ?? cell.textContent.trim();
});
"""
SORTED_BY = "return document.querySelector(arguments[0]).tHead.rows[0].cells[arguments[1]].getAttribute('aria-sort')"


def check_sections(browser):
    shown = browser.run("return Array.from(document.querySelectorAll('main > section'), (it) => it.id)")
    check(shown == SECTIONS, f"the sections are {shown}")
    links = browser.run("return Array.from(document.querySelectorAll('nav a'), (it) => it.hash.slice(1))")
    check(links == SECTIONS, f"the navigation leads to {links}")
    wide = browser.run("""
        const width = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= width) return [];
        return Array.from(document.querySelectorAll("main *"))
          .filter((it) => !it.closest("svg, .scroll") && it.getBoundingClientRect().right > width)
          .map((it) => it.outerHTML.slice(0, 80));
    """)
    check(wide == [], f"wider than the window: {wide[:5]}")


def check_sorting(browser):
    table = "#denied table"
    before = browser.run(COLUMN, table, 0)
    check(len(set(before)) > 2, "there is too little to sort")
    button = "#denied thead th:nth-child(1) button"
    browser.click(browser.find(button))
    descending = browser.run(COLUMN, table, 0)
    check(descending == sorted(before, key=int, reverse=True), f"a click sorts numbers as {descending}")
    check(browser.run(SORTED_BY, table, 0) == "descending", "the order is not told")
    # By the keyboard, and the other way round.
    browser.type(browser.find(button), "\ue007")
    ascending = browser.run(COLUMN, table, 0)
    check(ascending == sorted(before, key=int), f"the Enter key sorts numbers as {ascending}")
    check(browser.run(SORTED_BY, table, 0) == "ascending", "the other order is not told")
    button = "#denied thead th:nth-child(3) button"
    browser.type(browser.find(button), " ")
    actions = browser.run(COLUMN, table, 2)
    check(actions == sorted(actions, key=str.lower), f"the space bar sorts text as {actions}")
    check(browser.run(SORTED_BY, table, 0) is None, "two columns say that they are sorted by")
    places = browser.run(
        "return Array.from(document.querySelectorAll('#denied tbody'), (it) => it.querySelectorAll('tr').length)"
    )
    check(set(places) == {2}, "what is below a row does not move with it")


def check_every_sorting(browser):
    """No head of a table fails."""
    failed = browser.run("""
        const failed = [];
        for (const table of document.querySelectorAll("table.sortable")) {
          for (const head of table.tHead.rows[0].cells) {
            const button = head.querySelector("button");
            if (!head.dataset.kind) continue;
            const rows = table.tBodies.length;
            button.click();
            const sorted = head.hasAttribute("aria-sort");
            if (!sorted || table.tBodies.length !== rows) failed.push(head.textContent);
          }
        }
        return failed;
    """)
    check(failed == [], f"these heads do not sort: {failed}")


def check_filter(browser):
    rows = browser.run(COLUMN, "#denied table", 2)
    word = rows[0]
    box = browser.find("#denied .filter input")
    browser.type(box, word.upper())
    left = browser.run(COLUMN, "#denied table", 2)
    check(set(left) == {word}, f"the filter for {word} leaves {left}")
    told = browser.shown_text("#denied .filter [role=status]")
    check(told == f"{len(left)} of {len(rows)} rows", f"the filter tells {told}")
    browser.type(box, " no-such-word")
    check(browser.run(COLUMN, "#denied table", 2) == [], "a word that is nowhere leaves rows")
    browser.run("const box = document.querySelector('#denied .filter input');"
                "box.value = ''; box.dispatchEvent(new Event('input'))")
    check(len(browser.run(COLUMN, "#denied table", 2)) == len(rows), "an empty filter leaves rows out")


def check_links(browser):
    """Links from findings land on the statements, which are told from the rest."""
    selectors = ["#denied td a[href*=statement]", "#breadth td a[href*=statement]", "#breadth th a[href*=line]"]
    for selector in selectors:
        links = browser.run("return Array.from(document.querySelectorAll(arguments[0]), (it) => it.hash)", selector)
        check(links, f"there are no links {selector}")
        for link in sorted(set(links)):
            browser.click(browser.find(f'{selector}[href="{link}"]'))
            top, bottom, height, back, others = browser.run("""
                const target = document.querySelector(":target");
                const box = target.getBoundingClientRect();
                const back = (it) => getComputedStyle(it).backgroundColor;
                const others = Array.from(document.querySelectorAll(".line"))
                  .filter((it) => !it.contains(target) && !target.contains(it)).map(back);
                return [box.top, box.bottom, innerHeight, back(target), others];
            """)
            check(bottom > 0 and top < height, f"{link} is not in sight")
            check(back not in others, f"{link} looks like the rest")


def check_details(browser):
    closed = browser.shown_text("#denied details:has(.diff)")
    browser.click(browser.find("#denied details:has(.diff) summary"))
    text = browser.shown_text("#denied details:has(.diff)")
    check("@@" not in closed, "details are open at once")
    check("Recorded" in text and "@@" in text, f"the details of a finding are {text!r}")


def check_hostile(browser):
    check(browser.run("return document.title") == "IAM audit of a CloudTrail trail", "the title was changed")
    check(browser.run("return window.hostile === undefined"), "a recorded text was run")
    browser.run("for (const it of document.querySelectorAll('*')) it.dispatchEvent(new MouseEvent('mouseover'))")
    check(browser.run("return window.hostile === undefined"), "a recorded text was run by the mouse")
    injected = browser.run(
        "return Array.from(document.querySelectorAll('img, iframe, b, svg svg, main script, main style, [onload], "
        "[onmouseover], [onerror]'), (it) => it.outerHTML)"
    )
    check(injected == [], f"recorded texts became {injected}")
    links = browser.run("return Array.from(document.links, (it) => it.getAttribute('href'))")
    check(all(re.fullmatch(r"#[a-z0-9-]+", link) for link in links), f"there are links {set(links)}")
    check("<img src=x onerror=window.hostile=3>" in browser.run("return document.body.textContent"), "a text is lost")


def check_large(browser):
    rows = len(browser.run(COLUMN, "#denied table", 3))
    check(rows == 2000, f"{rows} rows are shown")
    check("3,000 more rows are left out" in browser.shown_text("#denied .left-out"), "it is not told what is left out")
    started = time.monotonic()
    browser.run("document.querySelector('#denied thead th:nth-child(4) button').click(); "
                "document.body.getBoundingClientRect()")
    took = time.monotonic() - started
    check(took < MOST_SECONDS_TO_SORT, f"sorting takes {took:.1f} s")


def words(text):
    """The words of a text, however its lines are broken."""
    return re.sub(r"\s+", "", text)


def check_printed(path, texts):
    """All the text is on paper: what was closed is open, and nothing is cut."""
    printed = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout
    pages = printed.count("\f")
    check(pages > 3, f"{pages} pages are printed")
    in_order = subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True, text=True).stdout
    whole = words(in_order)
    lost = [text for text in texts if words(text) not in whole]
    check(not lost, f"not on paper: {lost}")


def texts_of(browser):
    """Texts from all over the page that must be on paper: lines of policies and diffs, headings, summaries."""
    return browser.run(
        "return Array.from(document.querySelectorAll('.line, main h2, main h3, dt, summary, figcaption strong'), "
        "(it) => it.textContent.trim()).filter((it) => it && it.length < 60)"
    )


def with_scripts(driver, folder, page, hostile, large, pictures):
    browser = Browser(driver, pathlib.Path(folder, "profile"))
    browser.open(page)
    check_sections(browser)
    for width in (1280, 400):
        for scheme in ("light", "dark"):
            browser.look(width, scheme)
            browser.open(page)
            check_sections(browser)
            browser.picture(pathlib.Path(pictures, f"page-{width}-{scheme}.png"))
    browser.look(1280, "light")
    check_sorting(browser)
    check_filter(browser)
    check_details(browser)
    check_links(browser)
    check_every_sorting(browser)
    texts = texts_of(browser)
    browser.print(pathlib.Path(pictures, "page.pdf"))
    check_printed(pathlib.Path(pictures, "page.pdf"), texts)
    browser.check_quiet()
    browser.open(hostile)
    check_sections(browser)
    check_every_sorting(browser)
    check_hostile(browser)
    for width in (1280, 400):
        browser.look(width, "light")
        check_sections(browser)
        browser.picture(pathlib.Path(pictures, f"hostile-{width}.png"))
    browser.check_quiet()
    browser.open(large)
    check_large(browser)
    browser.check_quiet()
    browser.close()
    return texts


def without_scripts(driver, folder, page, pictures, texts):
    browser = Browser(driver, pathlib.Path(folder, "profile-without-scripts"), scripts=False)
    browser.open(page)
    check(browser.run("return document.querySelector('thead button') === null"), "scripts are not off")
    check_sections(browser)
    shown = browser.shown_text("main")
    unread = browser.run(
        "return Array.from(document.querySelectorAll('section, table, svg, caption, summary, pre'))"
        ".filter((it) => !it.closest('details:not([open])') && it.getBoundingClientRect().height === 0)"
        ".map((it) => it.outerHTML.slice(0, 80))"
    )
    check(unread == [], f"not to be seen without scripts: {unread}")
    check(len(shown) > 3000, "little is to be read without scripts")
    browser.print(pathlib.Path(pictures, "page-without-scripts.pdf"))
    check_printed(pathlib.Path(pictures, "page-without-scripts.pdf"), texts)
    browser.picture(pathlib.Path(pictures, "page-without-scripts.png"))
    browser.check_quiet()
    browser.close()


def main():
    page, hostile, large, pictures = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="iamsim-browser.") as folder:
        driver = Driver(folder)
        try:
            texts = with_scripts(driver, folder, page, hostile, large, pictures)
            without_scripts(driver, folder, page, pictures, texts)
        finally:
            driver.close()
    print("the page is whole, and does what it says, with scripts and without")


if __name__ == "__main__":
    main()
