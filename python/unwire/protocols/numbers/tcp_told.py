"""The columns of TCP that need the packets before: relative numbers, scaled windows, times, Wireshark's analysis. What each word on the right
means is in the engine's table, crates/unwire/src/told.rs.
"""

TOLD = {
    "tcp.stream": "number",
    "tcp.seq": "sequence",
    "tcp.ack": "acknowledged",
    "tcp.nxtseq": "next",
    "tcp.window_size": "window",
    "tcp.window_size_scalefactor": "scale",
    "tcp.time_relative": "since_first",
    "tcp.time_delta": "since_previous",
    "tcp.analysis": "analysed",
    "tcp.analysis.flags": "noted",
    "tcp.analysis.duplicate_ack_num": "duplicate_number",
    "tcp.analysis.bytes_in_flight": "in_flight",
    "tcp.analysis.push_bytes_sent": "since_push",
    "tcp.analysis.rto_frame": "timeout_frame",
    "tcp.analysis.rto": "timeout",
    "tcp.analysis.ack_rtt": "round_trip",
    "tcp.analysis.initial_rtt": "initial_round_trip",
    **{
        f"tcp.analysis.{name}": name
        for name in (
            "duplicate_ack", "duplicate_frame", "acks_frame", "retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order",
            "reused_ports", "lost_segment", "ack_lost_segment", "window_update", "window_full", "keep_alive", "keep_alive_ack",
            "zero_window_probe", "zero_window", "zero_window_probe_ack",
        )
    },
}  # fmt: skip
TOLD["tcp.analysis.duplicate_ack_frame"] = TOLD.pop("tcp.analysis.duplicate_frame")
