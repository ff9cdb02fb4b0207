"""Static files as they are collected: compressed, named by their digest, and ``consent.js`` as small as it can be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import minify
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from portal.static_headers import SHARED_SCRIPT

COMPILE_AHEAD: Final = "//# allFunctionsCalledOnLoad\n"
"""Has V8 compile all of the script while it loads, beside the page's thread, not each function at its first call:
a quarter less of a phone's time. To others it is a comment. (v8.dev/blog/explicit-compile-hints)"""
SPOKEN_SINCE: Final = 2022
"""The edition of ECMAScript that consent.js is written in: a minifier may not put newer words for its own."""


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise ships no types
    """WhiteNoise's storage. Other sites load ``consent.js`` by that name, so that copy is the one to be small."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Minify, then digest and compress."""
        if SHARED_SCRIPT in paths and not dry_run:
            source, path = paths[SHARED_SCRIPT]
            with source.open(path) as file:
                script = minified(file.read().decode())
            self.delete(SHARED_SCRIPT)
            self.save(SHARED_SCRIPT, ContentFile(script.encode()))
        yield from super().post_process(paths, dry_run, **options)


def minified(script: str) -> str:
    """The script without comments and with short names, compiled ahead. Raises minify.MinifyError where it is none."""
    minify.config({"js-version": SPOKEN_SINCE})
    return COMPILE_AHEAD + str(minify.string("text/javascript", script))
