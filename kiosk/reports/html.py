"""One HTML document that needs nothing but itself: every sheet to print is one."""

from __future__ import annotations

from html import escape
from typing import Final


def document(title: str, body: str, *, style: str, language: str) -> str:
    """Write a document; `body` is HTML already, `language` a locale such as `zh_CN`."""
    return _DOCUMENT.format(
        language=escape(language.replace("_", "-")), title=escape(title), style=style, body=body
    )


_DOCUMENT: Final = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
