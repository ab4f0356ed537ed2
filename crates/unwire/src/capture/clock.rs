//! Ticks of a capture's clock to nanoseconds since the epoch. Knows no container; never a float, never an overflow.

/// How an interface counts time: `if_tsresol` and `if_tsoffset` of draft-ietf-opsawg-pcapng, section 4.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The byte of `if_tsresol`: a negative power of ten, or of two where the highest bit is set.
    pub resolution: u8,
    /// Seconds to add to every time.
    pub offset: i64,
}

impl Default for Clock {
    /// Microseconds since the epoch: what an interface without `if_tsresol` counts.
    fn default() -> Self {
        Self { resolution: 6, offset: 0 }
    }
}

const NANOSECONDS: i128 = 1_000_000_000;

impl Clock {
    /// Nanoseconds since the epoch; finer clocks round towards the past, times that 64 bits cannot hold saturate.
    pub fn nanoseconds(self, ticks: u64) -> i64 {
        self.exact(ticks).unwrap_or_else(|limit| limit)
    }

    /// The same; a time that 64 bits cannot hold is an error with the nearest one that they can.
    pub(super) fn exact(self, ticks: u64) -> Result<i64, i64> {
        let power = u32::from(self.resolution & 0x7f);
        // 2^64 ticks of 10^9 ns stay below 2^94, so nothing here can overflow 128 bits.
        let ticks = i128::from(ticks);
        let time = if self.resolution & 0x80 != 0 {
            (ticks * NANOSECONDS) >> power
        } else if power <= 9 {
            ticks * 10_i128.pow(9 - power)
        } else {
            // Beyond 10^-28 no 64-bit count of ticks reaches a nanosecond.
            10_i128.checked_pow(power - 9).map_or(0, |divisor| ticks / divisor)
        };
        let time = time + i128::from(self.offset) * NANOSECONDS;
        i64::try_from(time).map_err(|_| if time < 0 { i64::MIN } else { i64::MAX })
    }

    /// The ticks that [`nanoseconds`](Self::nanoseconds) reads as this time, or the last ones before it where the clock is too coarse
    /// for it; `None` where 64 bits cannot count that far or the time is before the clock's first tick.
    pub fn ticks(self, time: i64) -> Option<u64> {
        let time = i128::from(time) - i128::from(self.offset) * NANOSECONDS;
        if time < 0 {
            return None;
        }
        let power = u32::from(self.resolution & 0x7f);
        let ticks = if self.resolution & 0x80 != 0 {
            // The first tick that is not before the time; 2^63 ns times 2^127 would not fit, but no such clock reaches a second.
            let scale = 1_i128.checked_shl(power).filter(|_| power < 64)?;
            (time.checked_mul(scale)? + NANOSECONDS - 1) / NANOSECONDS
        } else if power <= 9 {
            let unit = 10_i128.pow(9 - power);
            (time + unit - 1) / unit
        } else {
            time.checked_mul(10_i128.checked_pow(power - 9)?)?
        };
        let ticks = u64::try_from(ticks).ok()?;
        let wanted = time + i128::from(self.offset) * NANOSECONDS;
        if i128::from(self.nanoseconds(ticks)) > wanted { ticks.checked_sub(1) } else { Some(ticks) }
    }

    /// The factor of a clock whose ticks need only a multiplication, the case of nearly every capture.
    pub(super) fn factor(self) -> Option<u64> {
        (self.offset == 0 && self.resolution <= 9).then(|| 10_u64.pow(9 - u32::from(self.resolution)))
    }
}
