"""A mail server that does nothing but agree, so many seconds after each mail.

python -m bench.sink PORT DELAY
"""

import asyncio
import sys
from functools import partial


async def agree(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, delay: float) -> None:
    """One conversation, taken no further than a client needs."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper().strip()
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            await asyncio.sleep(delay)
        writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
        if verb == b"QUIT":
            break
    writer.close()


async def serve(port: int, delay: float) -> None:
    """Until the process is ended."""
    server = await asyncio.start_server(partial(agree, delay=delay), "127.0.0.1", port, limit=2**24)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
