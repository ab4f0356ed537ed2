"""Servers and a client for make_spoken.sh that no package brings as a program: mail, files and QUIC, each by the library that others run in earnest.
No capture is made here.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
from pathlib import Path
from typing import ClassVar


def mail(address: str, certificate: str, key: str) -> None:
    """Serve SMTP on 2525 (aiosmtpd), IMAP on 143 and POP3 on 110 (Twisted), all of which go over to TLS if they are asked to."""
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Sink
    from twisted.internet import reactor
    from twisted.internet import ssl as tls
    from twisted.internet.protocol import Factory
    from twisted.mail import imap4, pop3

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    Controller(Sink(), address, 2525, tls_context=context, ident="mail.example.com", server_hostname="mail.example.com").start()
    options = tls.PrivateCertificate.loadPEM(Path(certificate).read_text() + Path(key).read_text()).options()

    class Post(pop3.POP3):
        AUTH_CMDS: ClassVar = [*pop3.POP3.AUTH_CMDS, b"STLS"]

        def do_CAPA(self) -> None:  # noqa: N802, the command's name
            self.sendLine(b"+OK")
            self.sendLine(b"STLS")
            self.sendLine(b"SASL LOGIN")
            self.sendLine(b".")

        def do_STLS(self) -> None:  # noqa: N802
            self.successResponse("go on")
            self.transport.startTLS(options)

    imap = Factory.forProtocol(lambda: imap4.IMAP4Server(contextFactory=options))
    reactor.listenTCP(143, imap, interface=address)
    reactor.listenTCP(110, Factory.forProtocol(Post), interface=address)
    reactor.run()


def files(address: str, folder: str, pem: str) -> None:
    """Serve FTP on 21 (pyftpdlib), which goes over to TLS by AUTH."""
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import TLS_FTPHandler
    from pyftpdlib.servers import FTPServer

    handler = TLS_FTPHandler
    handler.certfile, handler.authorizer, handler.banner = pem, DummyAuthorizer(), "files.example.com"
    handler.authorizer.add_anonymous(folder)
    FTPServer((address, 21), handler).serve_forever()


def quic(address: str, certificate: str, key: str) -> None:
    """Serve QUIC on 4433 (aioquic), and say back what is said."""
    from aioquic.asyncio import serve
    from aioquic.quic.configuration import QuicConfiguration

    async def run() -> None:
        configuration = QuicConfiguration(alpn_protocols=["example"], is_client=False)
        configuration.load_cert_chain(certificate, key)
        await serve(address, 4433, configuration=configuration, stream_handler=lambda reader, writer: asyncio.ensure_future(echo(reader, writer)))
        await serve(
            address, 4434, configuration=configuration, retry=True, stream_handler=lambda reader, writer: asyncio.ensure_future(echo(reader, writer))
        )
        await asyncio.Event().wait()

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read())
        writer.write_eof()

    asyncio.run(run())


def ask_quic(address: str, port: str, version: str) -> None:
    """Say something in QUIC, of version 1 or 2."""
    from aioquic.asyncio import connect
    from aioquic.quic.configuration import QuicConfiguration
    from aioquic.quic.packet import QuicProtocolVersion as Version

    async def run() -> None:
        configuration = QuicConfiguration(alpn_protocols=["example"], server_name="quic.example.com", verify_mode=ssl.CERT_NONE)
        only = {"1": Version.VERSION_1, "2": Version.VERSION_2}[version]
        configuration.original_version, configuration.supported_versions = only, [only]
        async with connect(address, int(port), configuration=configuration) as client:
            reader, writer = await client.create_stream()
            writer.write(b"one line of text\n" * 100)
            writer.write_eof()
            await reader.read()

    asyncio.run(run())


def hybrid(address: str, port: str, name: str) -> None:
    """Ask a TLS server with a hello that offers a key of the post-quantum kind: OpenSSL of version 3.5 or later does so unasked (pyOpenSSL)."""
    from OpenSSL import SSL

    context = SSL.Context(SSL.TLS_METHOD)
    connection = SSL.Connection(context, socket.create_connection((address, int(port))))
    connection.set_tlsext_host_name(name.encode())
    connection.set_connect_state()
    connection.do_handshake()
    connection.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
    try:
        while connection.recv(4096):
            pass
    except (SSL.ZeroReturnError, SSL.SysCallError):
        pass
    connection.shutdown()
    connection.close()


def serve_hybrid(address: str, port: str, certificate: str, key: str) -> None:
    """Answer such hellos with such a key, one line each."""
    from OpenSSL import SSL

    context = SSL.Context(SSL.TLS_METHOD)
    context.use_certificate_chain_file(certificate)
    context.use_privatekey_file(key)
    with socket.create_server((address, int(port))) as listening:
        while True:
            connection = SSL.Connection(context, listening.accept()[0])
            connection.set_accept_state()
            connection.do_handshake()
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            connection.shutdown()
            connection.close()


if __name__ == "__main__":
    {each.__name__: each for each in (mail, files, quic, ask_quic, hybrid, serve_hybrid)}[sys.argv[1]](*sys.argv[2:])
