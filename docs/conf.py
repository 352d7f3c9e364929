"""How the documentation is built: ``nox -s docs``. Nothing is fetched from the network."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from typing import Any

import click
from sphinx.application import Sphinx

project = "memcert"
author = "The memcert developers"
project_copyright = "The memcert developers"
release = metadata.version("memcert")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"memcert {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]

# In docstrings and click's help texts, single backticks are code.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True

nitpicky = True
# What is not documented here cannot be linked to, since nothing is fetched: the standard library,
# other packages, and what a signature names that is memcert's own affair.
nitpick_ignore_regex = [("py:.*", r"(?!memcert|tablestore_emulator).*")]


def write_rule_pages(app: Sphinx) -> None:
    """Write the pages of every contract's rules, before the sources are looked for.

    Args:
        app: Sphinx.
    """
    from memcert.contracts import contracts
    from memcert.repository.rule_pages import write_pages

    write_pages(Path(app.srcdir, "reference", "rules"), [*contracts()])


def write_report_pages(app: Sphinx) -> None:
    """Copy the reports of the repository to where they are pages of the site.

    Args:
        app: Sphinx.
    """
    reports, pages = Path(app.srcdir).parent / "reports", Path(app.srcdir, "reference", "reports")
    texts = {path.name: path.read_text(encoding="utf-8") for path in reports.glob("*.md")}
    for name, text in texts.items():
        if text.startswith("## "):
            # A certificate's summary is for a page that has a title of its own.
            texts[name] = re.sub(r"^#(?=#)", "", text, flags=re.MULTILINE)
    index = texts.pop("README.md")
    names = sorted(name.removesuffix(".md") for name in texts)
    contents = "\n".join(["```{toctree}", ":hidden:", "", *names, "```", ""])
    table = "\n".join(line for line in index.splitlines() if line.startswith("|"))
    texts["index.md"] = f"{index}\n{contents}"
    # Included by a page in another folder.
    texts["table.txt"] = table.replace("](", "](../reference/reports/")
    pages.mkdir(exist_ok=True)
    for path in pages.iterdir():
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        page = pages / name
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")


def plain_signature(
    app: Sphinx, what: str, name: str, item: Any, options: Any, signature: str | None, result: str
) -> tuple[str | None, str] | None:
    """Write a signature so that Sphinx can read it, and leave it out where it says nothing.

    Args:
        app: Sphinx.
        what: the kind of what is documented.
        name: its name.
        item: what is documented.
        options: the options of the directive.
        signature: its arguments, as Python shows them.
        result: the annotation of what it returns.
    """
    if what == "class" and getattr(item, "_is_protocol", False):
        return "", result
    if signature and "<factory>" in signature:
        # A dataclass makes a new default each time.
        return signature.replace("<factory>", "..."), result
    return None


def options_as_code(app: Sphinx, context: click.Context, lines: list[str]) -> None:
    """Write the options that a help text names as code, so that their hyphens stay two.

    Args:
        app: Sphinx.
        context: the command.
        lines: what is shown of it; they are changed.
    """
    for number, line in enumerate(lines):
        if not line.lstrip().startswith((".. ", ":")) and "``" not in line:
            lines[number] = re.sub(r"(?<![\w-])--[a-z][a-z-]*", r"``\g<0>``", line)


def setup(app: Sphinx) -> None:
    """Bring in what this site adds to Sphinx.

    Args:
        app: Sphinx.
    """
    app.connect("builder-inited", write_rule_pages)
    app.connect("builder-inited", write_report_pages)
    app.connect("autodoc-process-signature", plain_signature)
    app.connect("sphinx-click-process-description", options_as_code)
    app.connect("sphinx-click-process-options", options_as_code)
