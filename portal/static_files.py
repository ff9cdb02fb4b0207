"""Static files as they are collected: compressed, named by their digest, and ``consent.js`` without its comments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.core.files.base import ContentFile
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

from portal.static_headers import SHARED_SCRIPT

COMPILE_AHEAD: Final = "//# allFunctionsCalledOnLoad\n"
"""Has V8 compile all of the script while it loads, beside the page's thread, not each function at its first call:
a quarter less of a phone's time. To others it is a comment. (v8.dev/blog/explicit-compile-hints)"""


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise ships no types
    """WhiteNoise's storage. Other sites load ``consent.js`` by that name, so that copy is the one to be small."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Minify, then digest and compress. Names in the script stay, so that an error says where it is."""
        if SHARED_SCRIPT in paths and not dry_run:
            source, path = paths[SHARED_SCRIPT]
            with source.open(path) as file:
                script = jsmin(file.read().decode(), keep_bang_comments=True)
            self.delete(SHARED_SCRIPT)
            self.save(SHARED_SCRIPT, ContentFile((COMPILE_AHEAD + script).encode()))
        yield from super().post_process(paths, dry_run, **options)
