//! What kind of capture it is: container, compression, byte order, resolution. Words only; no bytes are read here.

/// The container of the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Container {
    /// The format of libpcap (draft-ietf-opsawg-pcap).
    Pcap,
    /// The same with the longer record headers of Kuznetzov's patched libpcap.
    ModifiedPcap,
    /// draft-ietf-opsawg-pcapng.
    Pcapng,
    /// RFC 1761.
    Snoop,
}

impl Container {
    /// The stable text name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcap => "pcap",
            Self::ModifiedPcap => "modified pcap",
            Self::Pcapng => "pcapng",
            Self::Snoop => "snoop",
        }
    }
}

/// The compression around the container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compression {
    /// None.
    Plain,
    /// RFC 1952, any number of members.
    Gzip,
    /// RFC 8878, any number of frames.
    Zstd,
    /// LZ4 frames.
    Lz4,
    /// bzip2, any number of streams.
    Bzip2,
    /// xz, any number of streams.
    Xz,
}

impl Compression {
    /// The stable text name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
        }
    }
}

/// What a capture says of itself. In pcapng the last three come from the first interface, and are `None` until it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// The container.
    pub container: Container,
    /// The compression around it.
    pub compression: Compression,
    /// Byte order of the headers; in pcapng that of the section being read.
    pub big_endian: bool,
    /// Major and minor version.
    pub version: (u16, u16),
    /// Bytes of frame check sequence at the end of each packet, where the pcap header says so.
    pub fcs_len: Option<u8>,
    /// LINKTYPE value.
    pub link: Option<u16>,
    /// The most bytes captured of a packet; 0 is "no limit".
    pub snaplen: Option<u32>,
    /// Time resolution as pcapng's `if_tsresol` states it: 6 is microseconds, 9 nanoseconds, 0x80 + n is 2^-n seconds.
    pub resolution: Option<u8>,
}
