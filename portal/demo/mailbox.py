"""The demo's mail server: takes every mail and keeps each as one ``.eml`` file; nothing leaves the machine.

python -m portal.demo.mailbox PORT FOLDER
"""

import asyncio
import secrets
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Keep:
    """Writes mails into ``folder`` under names that sort by arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    # Name and parameters are aiosmtpd's.
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        name = save(self.folder, envelope.content or b"")
        sys.stdout.write(f"{name} for {len(envelope.rcpt_tos)} recipient(s)\n")
        sys.stdout.flush()
        return f"250 OK kept as {name}"


def save(folder: Path, content: bytes | str) -> str:
    """Write one mail as a whole file or not at all; returns its name."""
    data = content if isinstance(content, bytes) else content.encode()
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}.eml"
    part = folder / f".{name}.part"
    part.write_bytes(data)
    part.rename(folder / name)
    return name


async def serve(port: int, folder: Path) -> None:
    """Listen on the loopback until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    handler = Keep(folder)
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="localhost", enable_SMTPUTF8=True), "127.0.0.1", port
    )
    async with server:
        await stop.wait()


def main() -> None:
    port, folder = sys.argv[1:]
    asyncio.run(serve(int(port), Path(folder)))


if __name__ == "__main__":
    main()
