"""What columns and filters see of HTTP/1 (RFC 9112): start lines and header fields of the messages that a packet completes.

Streams are listened to in the ordered pass, so the layer stands on the packet that completes a message, body and all. Objects are in http.py.
"""

from unwire.declare import Packet, native, raw, u16

_INFO = "{_request?$_method $_uri $_request_version,_response?$_response_version $_code $_phrase}"


class HTTPHeads(Packet, over={"message": 1}, name="http", native="http", service="http", info=_INFO):
    """Hypertext Transfer Protocol"""

    _heads: bytes = raw("rest", b"")
    _request: bool = native("request", "http.request")
    _method: str = native("method", "http.request.method")
    _uri: str = native("uri", "http.request.uri")
    _request_version: str = native("request.version", "http.request.version")
    _response: bool = native("response", "http.response")
    _response_version: str = native("response.version", "http.response.version")
    _code: u16 = native("code", "http.response.code")
    _phrase: str = native("phrase", "http.response.phrase")
    _host: str = native("host", "http.host")
    _user_agent: str = native("user-agent", "http.user_agent")
    _content_type: str = native("content-type", "http.content_type")
    _content_length: str = native("content-length", "http.content_length_header")
    _transfer_encoding: str = native("transfer-encoding", "http.transfer_encoding")
    _content_encoding: str = native("content-encoding", "http.content_encoding")
    _referer: str = native("referer", "http.referer")
    _server: str = native("server", "http.server")
    _location: str = native("location", "http.location")
    _cookie: str = native("cookie", "http.cookie")
    _set_cookie: list[str] = native("set-cookie", "http.set_cookie")
    _connection: str = native("connection", "http.connection")
    _date: str = native("date", "http.date")
    _last_modified: str = native("last-modified", "http.last_modified")
    _accept: str = native("accept", "http.accept")
    _accept_encoding: str = native("accept-encoding", "http.accept_encoding")
    _accept_language: str = native("accept-language", "http.accept_language")
    _cache_control: str = native("cache-control", "http.cache_control")
    _authorization: str = native("authorization", "http.authorization")
    _forwarded_for: str = native("x-forwarded-for", "http.x_forwarded_for")
    _upgrade: str = native("upgrade", "http.upgrade")


# HTTP's messages in datagrams. The first octets are those of NOTIFY, M-SEARCH and HTTP/1.1.
class SSDP(
    HTTPHeads,
    over={"udp.port": 1900},
    name="ssdp",
    info=_INFO,
    when="captured >= 16 and (peek(4) == 0x4E4F5449 or peek(4) == 0x4D2D5345 or peek(4) == 0x48545450)",
):
    """Simple Service Discovery Protocol"""
