"""dpkt.ssl_ciphersuites: cipher suites of TLS. Re-exports only."""

from unwire.protocols.numbers.tls import BY_CODE as BY_CODE
from unwire.protocols.numbers.tls import BY_NAME as BY_NAME
from unwire.protocols.numbers.tls import BY_NAME_DICT as BY_NAME_DICT
from unwire.protocols.numbers.tls import CIPHERSUITES as CIPHERSUITES
from unwire.protocols.numbers.tls import NULL_SUITE as NULL_SUITE
from unwire.protocols.numbers.tls import CipherSuite as CipherSuite
from unwire.protocols.numbers.tls import get_unknown_ciphersuite as get_unknown_ciphersuite
