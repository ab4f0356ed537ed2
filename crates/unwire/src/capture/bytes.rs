//! Integers out of capture headers: the one place that turns header bytes into numbers. It knows byte orders and nothing of containers.

/// The first `N` 32-bit words, or `None` where fewer bytes are left; `BIG` says the byte order.
#[inline(always)]
#[expect(clippy::inline_always, reason = "called once per record; the loop over its words must unroll in the caller")]
pub(super) fn words<const BIG: bool, const N: usize>(bytes: &[u8]) -> Option<[u32; N]> {
    let (chunks, _) = bytes.get(..4 * N)?.as_chunks::<4>();
    let mut words = [0; N];
    for (word, chunk) in words.iter_mut().zip(chunks) {
        *word = if BIG { u32::from_be_bytes(*chunk) } else { u32::from_le_bytes(*chunk) };
    }
    Some(words)
}

/// The 32-bit word at `at` in the byte order of the data.
pub(super) fn word_at(bytes: &[u8], at: usize, big_endian: bool) -> Option<u32> {
    let bytes = bytes.get(at..)?;
    let [word] = if big_endian { words::<true, 1>(bytes)? } else { words::<false, 1>(bytes)? };
    Some(word)
}

/// The 16-bit word at `at` in the byte order of the data.
pub(super) fn half_at(bytes: &[u8], at: usize, big_endian: bool) -> Option<u16> {
    let half = *bytes.get(at..)?.first_chunk::<2>()?;
    Some(if big_endian { u16::from_be_bytes(half) } else { u16::from_le_bytes(half) })
}

/// The 64-bit word at `at` in the byte order of the data.
pub(super) fn long_at(bytes: &[u8], at: usize, big_endian: bool) -> Option<u64> {
    let long = *bytes.get(at..)?.first_chunk::<8>()?;
    Some(if big_endian { u64::from_be_bytes(long) } else { u64::from_le_bytes(long) })
}
