"""The addresses of all pages for search engines: ``sitemap.xml`` and ``robots.txt``."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urljoin

import yaml
from sphinx.application import Sphinx

from livingreview.project import CONFIG

SITEMAP, ROBOTS = "sitemap.xml", "robots.txt"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def connect(app: Sphinx) -> None:
    """Write both files when the pages are written."""
    app.connect("build-finished", write)


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the addresses of chapters and study pages, each with the day of its last change."""
    if exception is None and app.builder.format == "html":
        config = yaml.safe_load((Path(app.srcdir) / CONFIG).read_text(encoding="utf-8"))
        address, site = config["html"]["baseurl"], Path(app.outdir)
        changed = app.env.livingreview_changed
        (site / SITEMAP).write_bytes(sitemap(address, changed))
        (site / ROBOTS).write_text(robots(address), encoding="utf-8")


def sitemap(address: str, changed: Mapping[str, str]) -> bytes:
    """Return the sitemap.

    Parameters
    ----------
    address : str
        Address of the site; ends with a slash.
    changed : mapping of str
        Day of the last change, or an empty text, by name of the page: ``chapters/summary``.
    """
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}urlset")
    for name, day in sorted(changed.items()):
        url = ET.SubElement(root, f"{{{NAMESPACE}}}url")
        ET.SubElement(url, f"{{{NAMESPACE}}}loc").text = urljoin(address, quote(f"{name}.html"))
        if day:
            ET.SubElement(url, f"{{{NAMESPACE}}}lastmod").text = day
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def robots(address: str) -> str:
    """Return the rules for robots: all may be read, and here are the addresses."""
    return f"User-agent: *\nAllow: /\nSitemap: {urljoin(address, SITEMAP)}\n"
