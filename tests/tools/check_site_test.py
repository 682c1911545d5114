#!/usr/bin/python3
"""tools/check_site names each fault that is planted in a small site: check_site_test.py ROOT."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(sys.argv[1]).resolve()
GOOD = ('<!DOCTYPE html><html><head><meta name="viewport" content="width=device-width"><title>t</title></head>'
        '<body><h1 id="top">%s</h1><a href="other.html#place">to the other</a><a href="https://example.org/x">out</a></body></html>')
OTHER = '<!DOCTYPE html><html><body><p id="place"><a href="index.html">back</a></p>%s</body></html>'


def check(folder):
    done = subprocess.run([ROOT / "tools/check_site", folder], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout


def site(folder, words="Engine", more=""):
    (folder / "index.html").write_text(GOOD % words)
    (folder / "other.html").write_text(OTHER % more)


browser = any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
PLANTED = [
    ("stocktracker::v0::Engine", "", "index.html: shows the inline namespace v0"),
    ("Engine", '<a href="gone.html">x</a>', "other.html: dead link to gone.html"),
    ("Engine", '<img src="gone.png">', "other.html: dead link to gone.png"),
    ("Engine", '<a href="index.html#nowhere">x</a>', "other.html: the page index.html has no place #nowhere"),
    ("Engine", f"<!-- {ROOT}/docs -->", "other.html: holds a path of this machine"),
    ("Engine", f"{ROOT}/docs".replace("/", "_"), "other.html: holds a path of this machine"),
]
if browser:
    PLANTED.append(("Engine", '<div style="width:600px">x</div>', "other.html: 608 px wide on a phone of 390 px"))

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    site(folder)
    code, said = check(folder)
    assert code == 0 and "2 pages of the site, 0 faults" in said, said
    assert browser or "widths are not checked" in said, said
    for words, more, expected in PLANTED:
        site(folder, words, more)
        code, said = check(folder)
        assert code == 1 and expected in said, (expected, code, said)
        print("found:", expected, flush=True)
    # A name of a file, and an entry of the search.
    site(folder)
    bad = folder / f"md_{str(ROOT).replace('/', '_')}_docs_errors.html"
    bad.write_text(OTHER % "")
    assert "holds a path of this machine" in check(folder)[1]
    bad.unlink()
    (folder / "search-index.js").write_text('var searchIndex = [["Gone","page","gone.html",""]];\n')
    code, said = check(folder)
    assert code == 1 and "the search leads to gone.html" in said, said
    (folder / "index.html").unlink()
    assert "has no index.html" in check(folder)[1]
print("every planted fault is named")
