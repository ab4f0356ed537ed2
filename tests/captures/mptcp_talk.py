"""Two ends of one Multipath TCP connection, for make.sh: `serve ADDRESS` or `ask ADDRESS`.

The server answers each line with as many bytes as the line says. Not a test and no part of unwire.
"""

import socket
import sys
import time

MPTCP = getattr(socket, "IPPROTO_MPTCP", 262)


def serve(address):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, MPTCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, 7777))
        listener.listen()
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                connection.sendall(b"m" * int(line))


def ask(address):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, MPTCP) as connection:
        connection.connect((address, 7777))
        for size in (20, 500, 9000):
            connection.sendall(b"%d\n" % size)
            left = size
            while left:
                left -= len(connection.recv(left))
            time.sleep(0.3)


if __name__ == "__main__":
    {"serve": serve, "ask": ask}[sys.argv[1]](sys.argv[2])
