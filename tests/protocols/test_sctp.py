"""SCTP (RFC 9260)."""

from vectors import check

VECTORS = [
    # what, LINKTYPE, frame in hex, columns expected
    (
        "one chunk or more",
        1,
        "000bdb941480000bdb94147008004500004400004000408479a20a76d5d30a76d5d40b7c0b7c00000000ea06aa8b010000220badab02000190000400"
        "040000000001000500080a76d5d3000c000600050000",
        {
            "frame.protocols": "eth:ethertype:ip:sctp",
            "sctp.checksum": 3926305419,
            "sctp.checksum.status": 1,
            "sctp.chunk_flags": 0,
            "sctp.chunk_length": 34,
            "sctp.chunk_type": 1,
            "sctp.dstport": 2940,
            "sctp.init_credit": 102400,
            "sctp.init_initial_tsn": 1,
            "sctp.init_initiate_tag": 195930882,
            "sctp.init_nr_in_streams": 1024,
            "sctp.init_nr_out_streams": 1024,
            "sctp.parameter_ipv4_address": "10.118.213.211",
            "sctp.parameter_length": [8, 6],
            "sctp.parameter_supported_address_type": 5,
            "sctp.parameter_type": [5, 12],
            "sctp.port": [2940, 2940],
            "sctp.srcport": 2940,
            "sctp.verification_tag": 0,
        },
    ),
    (
        "user data",
        1,
        "000bdb941470000bdb941480080045000074000e4000408479640a76d5d40a76d5d30b7c0b7c0badab0294e7803b0003005400000005000100010000"
        "0003010001010000004402000008000000000210002b000000d20000000a0300000006000102000114000a2000010e00000200220002018000264001"
        "00000211000800000000",
        {
            "frame.protocols": "eth:ethertype:ip:sctp",
            "sctp.checksum": 2498199611,
            "sctp.checksum.status": 1,
            "sctp.chunk_flags": 3,
            "sctp.chunk_length": 84,
            "sctp.chunk_type": 0,
            "sctp.data_payload_proto_id": 3,
            "sctp.data_sid": 1,
            "sctp.data_ssn": 1,
            "sctp.data_tsn_raw": 5,
            "sctp.dstport": 2940,
            "sctp.port": [2940, 2940],
            "sctp.srcport": 2940,
            "sctp.verification_tag": 195930882,
        },
    ),
    (
        "initiation acknowledged",
        1,
        "00e018b10cad00600845e4550800450000a0b0ed00008084b35ac0a8aa38c0a8aa080007000743232544c90185240200008000000eb0000010000011"
        "0011000036140007006800000eb0000010000011001100003614432325440000ffff001100115cfe379f070007000000000000000000a285b13f1027"
        "000017cd8f1c11769b0455c0d0f22c3e7c3500010001000000000000000000050008c0a8aa3800050008c0a8aa08c0000004c0000004",
        {
            "frame.protocols": "eth:ethertype:ip:sctp",
            "sctp.chunk_length": 128,
            "sctp.chunk_type": 2,
            "sctp.dstport": 7,
            "sctp.initack_credit": 4096,
            "sctp.initack_initial_tsn": 13844,
            "sctp.initack_initiate_tag": 3760,
            "sctp.initack_nr_in_streams": 17,
            "sctp.initack_nr_out_streams": 17,
            "sctp.parameter_length": [104, 4],
            "sctp.parameter_state_cookie": (
                "00000eb0000010000011001100003614432325440000ffff001100115cfe379f070007000000000000000000a285b13f1027000017cd8f"
                "1c11769b0455c0d0f22c3e7c3500010001000000000000000000050008c0a8aa3800050008c0a8aa08c0000004"
            ),
            "sctp.parameter_type": [7, 49152],
            "sctp.srcport": 7,
        },
    ),
]


def test_vectors() -> None:
    check(VECTORS)
