//! Names of numbers in TLS, as Zeek spells them. Cipher suites come from the table that Python has, too.

use std::sync::OnceLock;

/// Cipher suites: the parts of the names are those of python/unwire/data.
static SUITES: &str = include_str!("../../../../python/unwire/data/cipher_suites.txt");

/// The name of a cipher suite.
pub fn suite_name(code: u16) -> String {
    static NAMES: OnceLock<Vec<(u16, String)>> = OnceLock::new();
    let names = NAMES.get_or_init(|| SUITES.lines().filter(|line| !line.starts_with('#')).filter_map(suite).collect());
    names.iter().find(|one| one.0 == code).map_or_else(|| format!("unknown-{code}"), |one| one.1.clone())
}

fn suite(line: &str) -> Option<(u16, String)> {
    let mut words = line.split('\t').map(|word| if word == "-" { "" } else { word });
    let code = u16::from_str_radix(words.next()?, 16).ok()?;
    let [kx, auth, cipher, mode, mac, name, encoding] =
        [words.next()?, words.next()?, words.next()?, words.next()?, words.next()?, words.next()?, words.next()?];
    if !name.is_empty() {
        return Some((code, name.to_owned()));
    }
    let joined = |parts: &[&str]| parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("_");
    let encoding = if encoding.is_empty() { joined(&[cipher, mode]) } else { encoding.to_owned() };
    Some((code, joined(&["TLS", &joined(&[kx, auth]), "WITH", &encoding, mac])))
}

/// A version.
pub fn version_name(version: u16) -> String {
    let name = match version {
        0x0002 => "SSLv2",
        0x0300 => "SSLv3",
        0x0301 => "TLSv10",
        0x0302 => "TLSv11",
        0x0303 => "TLSv12",
        0x0304 => "TLSv13",
        0xFEFF => "DTLSv10",
        0xFEFD => "DTLSv12",
        0xFEFC => "DTLSv13",
        0x7F00..=0x7FFF => return format!("TLSv13-draft{:02}", version & 0xFF),
        _ => return format!("unknown-{version}"),
    };
    name.to_owned()
}

/// A group for key exchange.
pub fn curve_name(group: u16) -> String {
    const NAMES: &[(u16, &str)] = &[
        (1, "sect163k1"),
        (2, "sect163r1"),
        (3, "sect163r2"),
        (4, "sect193r1"),
        (5, "sect193r2"),
        (6, "sect233k1"),
        (7, "sect233r1"),
        (8, "sect239k1"),
        (9, "sect283k1"),
        (10, "sect283r1"),
        (11, "sect409k1"),
        (12, "sect409r1"),
        (13, "sect571k1"),
        (14, "sect571r1"),
        (15, "secp160k1"),
        (16, "secp160r1"),
        (17, "secp160r2"),
        (18, "secp192k1"),
        (19, "secp192r1"),
        (20, "secp224k1"),
        (21, "secp224r1"),
        (22, "secp256k1"),
        (23, "secp256r1"),
        (24, "secp384r1"),
        (25, "secp521r1"),
        (26, "brainpoolP256r1"),
        (27, "brainpoolP384r1"),
        (28, "brainpoolP512r1"),
        (29, "x25519"),
        (30, "x448"),
        (256, "ffdhe2048"),
        (257, "ffdhe3072"),
        (258, "ffdhe4096"),
        (259, "ffdhe6144"),
        (260, "ffdhe8192"),
        (4587, "SecP256r1MLKEM768"),
        (4588, "X25519MLKEM768"),
        (4589, "SecP384r1MLKEM1024"),
        (25497, "X25519Kyber768Draft00"),
        (25498, "SecP256r1Kyber768Draft00"),
        (0xFF01, "arbitrary_explicit_prime_curves"),
        (0xFF02, "arbitrary_explicit_char2_curves"),
    ];
    NAMES.iter().find(|one| one.0 == group).map_or_else(|| format!("unknown-{group}"), |one| one.1.to_owned())
}

/// What an alert says.
pub fn alert_name(description: u8) -> String {
    const NAMES: &[(u8, &str)] = &[
        (0, "close_notify"),
        (10, "unexpected_message"),
        (20, "bad_record_mac"),
        (21, "decryption_failed"),
        (22, "record_overflow"),
        (30, "decompression_failure"),
        (40, "handshake_failure"),
        (41, "no_certificate"),
        (42, "bad_certificate"),
        (43, "unsupported_certificate"),
        (44, "certificate_revoked"),
        (45, "certificate_expired"),
        (46, "certificate_unknown"),
        (47, "illegal_parameter"),
        (48, "unknown_ca"),
        (49, "access_denied"),
        (50, "decode_error"),
        (51, "decrypt_error"),
        (60, "export_restriction"),
        (70, "protocol_version"),
        (71, "insufficient_security"),
        (80, "internal_error"),
        (86, "inappropriate_fallback"),
        (90, "user_canceled"),
        (100, "no_renegotiation"),
        (109, "missing_extension"),
        (110, "unsupported_extension"),
        (111, "certificate_unobtainable"),
        (112, "unrecognized_name"),
        (113, "bad_certificate_status_response"),
        (114, "bad_certificate_hash_value"),
        (115, "unknown_psk_identity"),
        (116, "certificate_required"),
        (120, "no_application_protocol"),
    ];
    NAMES.iter().find(|one| one.0 == description).map_or_else(|| format!("unknown-{description}"), |one| one.1.to_owned())
}

/// The letter of a handshake message in a history.
pub fn letter_of(kind: u8) -> char {
    match kind {
        0 => 'H',
        1 => 'C',
        2 => 'S',
        3 => 'V',
        4 => 'T',
        5 => 'E',
        8 => 'O',
        11 => 'X',
        12 => 'K',
        13 => 'R',
        14 => 'N',
        15 => 'Y',
        16 => 'G',
        20 => 'F',
        21 => 'W',
        22 => 'U',
        23 => 'A',
        24 => 'P',
        254 => 'M',
        _ => 'Z',
    }
}
