"""How much may come in, as one file, at once, and to one request."""

from typing import Final

MEGABYTE: Final = 1_000_000

MOST_BYTES: Final = 10 * MEGABYTE
"""In one file: a scan of many pages, or a photo from any phone."""

MOST_FILES: Final = 5
"""At one time."""

MOST_BYTES_TOGETHER: Final = 25 * MEGABYTE
"""At one time, all files together. Beyond it the form says so, with what was typed kept."""

MOST_BYTES_OF_BODY: Final = 32 * MEGABYTE
"""In the body of any POST. Beyond it nothing is read, and the 413 page answers: no form can be shown again."""

MOST_FILES_OF_REQUEST: Final = 50
"""To one request, over its whole life."""

MOST_PIXELS: Final = 40_000_000
"""In one picture: an A4 page at 600 dots an inch has 35 million. Decoded it takes 160 MB."""
