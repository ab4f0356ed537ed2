"""Link types that libpcap leaves to users (LINKTYPE_USER0 to USER15); Apple's use of USER2 is in pktap.py."""

from unwire.declare import Packet


class UserDLT(Packet, name="user_dlt", over={"link": (147, 148, *range(150, 163))}):
    """DLT User"""
