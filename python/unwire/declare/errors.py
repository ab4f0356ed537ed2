"""The one error of this package, a declaration that cannot be meant, and its one warning. They come when a class is made or registered, never while
packets are read.
"""

from __future__ import annotations


class DeclarationError(TypeError):
    """A protocol class is declared wrongly; the message names the class and the field."""


class RegistryWarning(UserWarning):
    """A number that somebody answered to was registered again; the later one holds."""
