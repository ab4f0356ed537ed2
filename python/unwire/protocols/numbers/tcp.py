"""Numbers with names that TCP's options hold (IANA's registry of TCP parameters), under PyPCAPKit's names, and ports. No layouts."""

from enum import IntFlag

from unwire.data import services
from unwire.declare import Named


class Option(Named):
    """Option kinds."""

    End_of_Option_List = 0
    No_Operation = 1
    Maximum_Segment_Size = 2
    Window_Scale = 3
    SACK_Permitted = 4
    SACK = 5
    Echo = 6
    Echo_Reply = 7
    Timestamps = 8
    Partial_Order_Connection_Permitted = 9
    Partial_Order_Service_Profile = 10
    CC = 11
    CC_NEW = 12
    CC_ECHO = 13
    TCP_Alternate_Checksum_Request = 14
    TCP_Alternate_Checksum_Data = 15
    Skeeter = 16
    Bubba = 17
    Trailer_Checksum_Option = 18
    MD5_Signature_Option = 19
    SCPS_Capabilities = 20
    Selective_Negative_Acknowledgements = 21
    Record_Boundaries = 22
    Corruption_experienced = 23
    SNAP = 24
    TCP_Compression_Filter = 26
    Quick_Start_Response = 27
    User_Timeout_Option = 28
    TCP_Authentication_Option = 29
    Multipath_TCP = 30
    TCP_Fast_Open_Cookie = 34
    Encryption_Negotiation = 69
    Riverbed_Probe = 76
    Riverbed_Transparency = 78
    Accurate_ECN_Order_0 = 172
    Accurate_ECN_Order_1 = 174
    RFC3692_style_Experiment_1 = 253
    RFC3692_style_Experiment_2 = 254


class MPTCPOption(Named):
    """Subtypes of Multipath TCP (RFC 8684 section 7.2)."""

    MP_CAPABLE = 0
    MP_JOIN = 1
    DSS = 2
    ADD_ADDR = 3
    REMOVE_ADDR = 4
    MP_PRIO = 5
    MP_FAIL = 6
    MP_FASTCLOSE = 7
    MP_TCPRST = 8


class Checksum(Named):
    """Algorithms of alternate checksums (RFC 1146)."""

    TCP_checksum = 0
    Fletcher_s_algorithm_8_bit = 1
    Fletcher_s_algorithm_16_bit = 2
    Redundant_Checksum_Avoidance = 3


class Flags(IntFlag):
    """Control bits, as they stand in the header."""

    FIN = 1
    SYN = 2
    RST = 4
    PSH = 8
    ACK = 16
    URG = 32
    ECE = 64
    CWR = 128
    #: NS in RFC 3540, which is historic; AE since RFC 9768.
    AE = 256
    NS = 256


class Port(int):
    """A port that knows its service: `name` is IANA's, or ``unknown``."""

    @property
    def port(self) -> int:
        """The number."""
        return int(self)

    @property
    def name(self) -> str:
        """The service's name."""
        return services().get(("tcp", int(self)), "unknown")

    def __repr__(self) -> str:
        return f"Port({int(self)}, {self.name!r})"
