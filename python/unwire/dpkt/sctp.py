"""dpkt.sctp: the Stream Control Transmission Protocol, and the types of its chunks. Constants and re-exports only."""

from unwire.dpkt import crc32c as crc32c
from unwire.dpkt import dpkt as dpkt
from unwire.protocols.sctp import SCTP as SCTP
from unwire.protocols.sctp_chunks import Chunk as Chunk

DATA = 0
INIT = 1
INIT_ACK = 2
SACK = 3
HEARTBEAT = 4
HEARTBEAT_ACK = 5
ABORT = 6
SHUTDOWN = 7
SHUTDOWN_ACK = 8
ERROR = 9
COOKIE_ECHO = 10
COOKIE_ACK = 11
ECNE = 12
CWR = 13
SHUTDOWN_COMPLETE = 14
