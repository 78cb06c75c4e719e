"""OpenSSL's own client: what it says about a connection, its alerts and records included."""

import asyncio


async def s_client(port: int, hostname: str, *flags: str, send: str = "", source: str = "127.0.0.1") -> str:
    """All that `openssl s_client` prints for one connection that sends `send`, with every TLS message."""
    client = await asyncio.create_subprocess_exec(
        "openssl",
        *("s_client", "-connect", f"127.0.0.1:{port}", "-servername", hostname, "-bind", f"{source}:0"),
        *("-msg", "-ign_eof" if send else "-no_ign_eof", *flags),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(30):
        said, _ = await client.communicate(send.encode())
    return said.decode(errors="replace")
