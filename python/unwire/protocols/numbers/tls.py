"""Versions and cipher suites of TLS as objects: what dpkt's `ssl_ciphersuites` has, from the data in data/cipher_suites.txt."""

from __future__ import annotations

from typing import ClassVar

from unwire.data import cipher_suites
from unwire.declare import Shown


class Version(int):
    """A version, major and minor in one number; they are its items, too: ``version[0]``."""

    def __getitem__(self, index: int) -> int:
        return (self >> 8, self & 0xFF)[index]


VERSION = Shown(Version, int)


class CipherSuite:
    """A cipher suite: number, key exchange, authentication, cipher, mode and MAC. Its name is made of these unless one is given."""

    MAC_SIZES: ClassVar[dict[str, int]] = {"MD5": 16, "SHA": 20, "SHA256": 32, "SHA384": 48}
    BLOCK_SIZES: ClassVar[dict[str, int | None]] = {
        "3DES_EDE": 8,
        "AES_128": 16,
        "AES_256": 16,
        "ARIA": 16,
        "CAMELLIA_128": 16,
        "CAMELLIA_256": 16,
        "CHACHA20": 64,
        "DES": 8,
        "DES40": 8,
        "IDEA": 8,
        "RC2_40": 8,
        "RC4_40": None,
        "RC4_128": None,
        "SEED": 16,
    }

    def __init__(self, code: int, kx: str, auth: str, cipher: str, mode: str, mac: str, name: str | None = None, encoding: str | None = None) -> None:
        """Put a suite together; what an empty `kx` or `auth` means is the other."""
        self.code = code
        self._kx, self._auth = kx.rstrip(), auth.rstrip()
        self.cipher, self.mode, self.mac = cipher.rstrip(), mode.rstrip(), mac.rstrip()
        self._name, self._encoding = name, encoding

    @property
    def kx(self) -> str:
        """Key exchange"""
        return self._kx or self._auth

    @property
    def auth(self) -> str:
        """Authentication"""
        return self._auth or self._kx

    @property
    def kx_auth(self) -> str:
        """Both, as the RFCs write them"""
        return "_".join(filter(None, (self._kx, self._auth)))

    @property
    def encoding(self) -> str:
        """Cipher and mode"""
        return "_".join(filter(None, (self.cipher, self.mode))) if self._encoding is None else self._encoding

    @property
    def name(self) -> str:
        """The name in the RFCs"""
        return "_".join(filter(None, ("TLS", self.kx_auth, "WITH", self.encoding, self.mac))) if self._name is None else self._name

    def __repr__(self) -> str:
        return f"CipherSuite(0x{self.code:04x}, {self.name})"

    @property
    def mac_size(self) -> int:
        """Octets of the MAC; 0 if it has none of its own"""
        return self.MAC_SIZES.get(self.mac, 0)

    @property
    def block_size(self) -> int | None:
        """Octets of a block; 1 if nothing is known of them"""
        return self.BLOCK_SIZES.get(self.cipher, 1)

    @property
    def pfs(self) -> bool:
        """True if what was recorded stays secret when the key gets known"""
        return self.kx in ("DHE", "ECDHE")

    @property
    def aead(self) -> bool:
        """True if cipher and MAC are one"""
        return self.mode in ("CCM", "CCM_8", "GCM")

    @property
    def anonymous(self) -> bool:
        """True if nobody says who he is"""
        return self.auth.startswith("anon")


def get_unknown_ciphersuite(code: int) -> CipherSuite:
    """Return a suite for a number of which nothing is known."""
    return CipherSuite(code, "", "", "", "", "", name="Unknown")


CIPHERSUITES = [CipherSuite(code, kx, auth, cipher, mode, mac, *given) for code, (kx, auth, cipher, mode, mac), *given in cipher_suites()]
BY_CODE = {suite.code: suite for suite in CIPHERSUITES}
BY_NAME_DICT = {suite.name: suite for suite in CIPHERSUITES}
NULL_SUITE = BY_CODE[0]


def BY_NAME(name: str) -> CipherSuite:  # noqa: N802 (dpkt's name)
    """Return the suite of that name; KeyError if there is none."""
    return BY_NAME_DICT[name]
