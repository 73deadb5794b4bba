#!/usr/bin/env python3
"""Opens pages of reports in headless Chromium, as wide as a phone and as a screen.

run_pages.py WRITE_PAGES INETC: the program that writes the pages of made-up studies, and the compiler, whose examples
write theirs of the digits and of a function. Each page must load without a word on the console, run no script, show its
figures, and be no wider than the window. Without a Chromium the test is skipped (77).
"""

import html.parser
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

EXAMPLES = pathlib.Path(__file__).resolve().parents[3] / "examples"
WIDTHS = (360, 1600)
# What is measured in a copy of the page: its own policy allows no script. Figures that have no area are not there.
PROBE = """<script>
window.addEventListener('load', () => {
  const figures = [...document.querySelectorAll('figure')];
  const hidden = figures.filter(f => f.getBoundingClientRect().height < 50).map(f => f.textContent.slice(0, 40));
  const broken = [...document.images].filter(i => i.naturalWidth === 0).length;
  const wide = [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, pre, svg') &&
    e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + ' ' + e.textContent.slice(0, 40));
  parent.postMessage(JSON.stringify({width: innerWidth, scroll: document.documentElement.scrollWidth,
    figures: figures.length, pictures: document.querySelectorAll('svg.plot').length, title: document.title,
    scripts: document.scripts.length, hidden, broken, wide}), '*');
});
</script>"""
# A window of Chromium has at least 500 pixels; a frame in it may have fewer.
FRAME = """<body><script>
addEventListener('message', message => document.body.setAttribute('data-probe', message.data));
</script><iframe src="{page}" width="{width}" height="900" style="border: 0"></iframe></body>"""
# The figures of each page, and the pictures in them.
EXPECTED = {"ten_classes": 9, "hundred_classes": 9, "thousand_classes": 9, "line": 10, "line_without_covariance": 10, "table": 3,
            "hostile_names": 9, "not_numbers": 15, "smallest": 4, "nothing": 0, "digits": 9, "wave": 12}


class Balance(html.parser.HTMLParser):
    """Every element of a page is closed, in its turn."""

    VOID = {"meta", "img"}

    def __init__(self):
        super().__init__()
        self.opened, self.faults = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.opened.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.opened or self.opened.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")


def run_chromium(chromium, page, scratch):
    """The document after it has loaded, and what Chromium wrote to its log."""
    done = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1700,1000", "--enable-logging=stderr",
         "--virtual-time-budget=5000", f"--user-data-dir={scratch}/profile", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=120, check=False, errors="replace")
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def check_page(chromium, page, scratch):
    faults = []
    text = page.read_text(encoding="utf-8")
    balance = Balance()
    balance.feed(text)
    faults += balance.faults + [f"<{tag}> is not closed" for tag in balance.opened]
    _, console = run_chromium(chromium, page, scratch)
    faults += console
    probed = scratch / f"probed_{page.name}"
    probed.write_text(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text) + PROBE, encoding="utf-8")
    for width in WIDTHS:
        frame = scratch / f"frame_{width}_{page.name}"
        frame.write_text(FRAME.format(page=probed.name, width=width), encoding="utf-8")
        dom, console = run_chromium(chromium, frame, scratch)
        faults += console
        found = re.search(r'data-probe="([^"]*)"', dom)
        if not found:
            faults.append(f"at {width} pixels: nothing measured")
            continue
        seen = json.loads(html.unescape(found.group(1)))
        print(f"{page.stem}: {seen}")
        if seen["width"] != width or seen["scroll"] > width or seen["wide"]:
            faults.append(f"at {width} pixels: {seen['scroll']} pixels wide; {seen['wide'][:3]}")
        if seen["figures"] != EXPECTED[page.stem] or seen["pictures"] < seen["figures"] - 1 or seen["hidden"]:
            faults.append(f"{seen['figures']} figures found, {EXPECTED[page.stem]} expected; hidden: {seen['hidden']}")
        if seen["broken"] or seen["scripts"] != 1 or seen["title"] == "broken":  # the probe itself is a script
            faults.append(f"{seen['broken']} broken images, {seen['scripts'] - 1} scripts, title {seen['title']}")
    return [f"{page.stem}: {fault}" for fault in faults]


def write_example(inetc, network, words, page):
    program = page.parent / network
    subprocess.run([inetc, EXAMPLES / f"{network}.inet", "-o", program], check=True)
    subprocess.run([program, "report", *words, "--diag-reg=1e-3", "--out", page], check=True, stdout=subprocess.DEVNULL)


def write_examples(inetc, scratch):
    data = EXAMPLES / "data"
    digits = [f"--{part}-{kind}={data}/digits_{part}_{kind}.npy" for part in ("train", "test") for kind in "xy"]
    write_example(inetc, "mlp", [*digits, "--likelihood=yes"], scratch / "digits.html")
    wave = [f"--{part}={data}/wave_{part}.csv" for part in ("train", "test")]
    write_example(inetc, "regression", [*wave, "--task=regression"], scratch / "wave.html")


def main():
    chromium = shutil.which("chromium")
    if not chromium:
        print("no chromium found")
        sys.exit(77)
    faults = []
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        subprocess.run([sys.argv[1], scratch], check=True)
        write_examples(sys.argv[2], scratch)
        pages = sorted(scratch.glob("*.html"))
        if {page.stem for page in pages} != set(EXPECTED):
            faults.append(f"pages found: {[page.stem for page in pages]}")
        for page in pages:
            faults += check_page(chromium, page, scratch)
    sys.exit("\n".join(faults) or 0)


if __name__ == "__main__":
    main()
