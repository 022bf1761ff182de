"""Copies TCP connections from a listening socket to where `connect` leads, each of the two in a network namespace of its own."""

import asyncio
import contextlib
import socket
import struct

CONNECT_TIMEOUT_SECONDS = 60
MAX_CONNECTIONS = 256
CHUNK_BYTES = 256 * 1024
# Linger on, for zero seconds: closing sends a reset, as a host that refuses would.
RESET = struct.pack('ii', 1, 0)


class TcpCopy:
    """`connect` returns asyncio's reader and writer; `listen` takes the port wished for (0: any) and returns a listening socket."""

    def __init__(self, connect, listen):
        self.connect = connect
        self.listen = listen
        self.port = 0
        self.server = None
        self.connections = 0

    @staticmethod
    def listener(address, port):
        sock = socket.create_server((address, port), backlog=128)
        sock.setblocking(False)
        return sock

    async def open(self):
        """Listens, on the same port as before when it was open before, and returns the port."""
        if self.server is None:
            sock = await self.listen(self.port)
            self.port = sock.getsockname()[1]
            self.server = await asyncio.start_server(self.serve, sock=sock)
        return self.port

    async def close(self):
        """Refuses new connections; those that are open go on."""
        if self.server is not None:
            self.server.close()
            self.server = None

    async def serve(self, reader, writer):
        if self.connections >= MAX_CONNECTIONS:
            reset(writer)
            return
        self.connections += 1
        try:
            far_reader, far_writer = await asyncio.wait_for(self.connect(), CONNECT_TIMEOUT_SECONDS)
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        except (OSError, asyncio.TimeoutError):
            reset(writer)
        finally:
            self.connections -= 1


async def pump(reader, writer):
    """Copies until the end of one direction and passes the end on; a broken connection ends both directions."""
    try:
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        reset(writer)


def reset(writer):
    sock = writer.get_extra_info('socket')
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
