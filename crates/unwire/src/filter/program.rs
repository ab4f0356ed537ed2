//! The classic BPF machine (bpf(4), "The BSD Packet Filter", USENIX 1993): two registers, sixteen places of memory, jumps that lead forwards alone,
//! so that a program ends after at most as many steps as it has. Who makes programs of words is not known here.

/// Instructions of a program at most; it is run for every frame.
const MOST_STEPS: usize = 1 << 16;
/// Places of memory.
const PLACES: u32 = 16;

/// A program that was found sound.
#[derive(Debug)]
pub(super) struct Program(Box<[Step]>);

/// One instruction. A is where it is reckoned, X the other register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A is so many bytes of the frame at a place, which X is added to if so said.
    Load(u8, bool, u32),
    Set(u32),
    Length,
    Recall(u32),
    SetX(u32),
    LengthX,
    RecallX(u32),
    /// X is the length of an IPv4 header that begins here.
    Header(u32),
    Keep(u32),
    KeepX(u32),
    Reckon(Operation, Other),
    Negate,
    Jump(u32),
    /// So many instructions are left out where the relation holds, and where not.
    Branch(Relation, Other, u8, u8),
    Return(Other),
    /// A is what is returned.
    ReturnA,
    ToX,
    ToA,
}

/// What A is reckoned or compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Other {
    Number(u32),
    X,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Add,
    Sub,
    Mul,
    Div,
    Or,
    And,
    Shl,
    Shr,
    Rem,
    Xor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Eq,
    Gt,
    Ge,
    Set,
}

impl Program {
    /// Check a program: code, jump where it holds, jump where not, operand. None if it is not sound.
    pub(super) fn new(code: &[(u16, u8, u8, u32)]) -> Option<Self> {
        if code.is_empty() || code.len() > MOST_STEPS {
            return None;
        }
        let steps: Option<Box<[Step]>> = code.iter().map(|(code, yes, no, k)| step(*code, *yes, *no, *k)).collect();
        Some(Self(steps?))
    }

    /// Whether a frame passes. What reads beyond its bytes ends the program: it does not.
    pub(super) fn passes(&self, bytes: &[u8], wire_len: u32) -> bool {
        self.run(bytes, wire_len).is_some_and(|returned| returned != 0)
    }

    fn run(&self, bytes: &[u8], wire_len: u32) -> Option<u32> {
        let (mut a, mut x, mut memory) = (0u32, 0u32, [0u32; PLACES as usize]);
        let mut at = 0;
        // Jumps lead forwards, so each step is taken at most once.
        while let Some(step) = self.0.get(at) {
            at += 1;
            let value = |other: Other, x: u32| match other {
                Other::Number(number) => number,
                Other::X => x,
            };
            match *step {
                Step::Load(width, indexed, k) => {
                    let start = if indexed { x.checked_add(k)? } else { k } as usize;
                    let part = bytes.get(start..start.checked_add(usize::from(width))?)?;
                    a = part.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
                }
                Step::Set(k) => a = k,
                Step::Length => a = wire_len,
                Step::Recall(k) => a = *memory.get(k as usize)?,
                Step::SetX(k) => x = k,
                Step::LengthX => x = wire_len,
                Step::RecallX(k) => x = *memory.get(k as usize)?,
                Step::Header(k) => x = u32::from(bytes.get(k as usize)? & 15) * 4,
                Step::Keep(k) => *memory.get_mut(k as usize)? = a,
                Step::KeepX(k) => *memory.get_mut(k as usize)? = x,
                Step::Reckon(operation, other) => a = reckoned(operation, a, value(other, x))?,
                Step::Negate => a = a.wrapping_neg(),
                Step::Jump(k) => at = at.checked_add(k as usize)?,
                Step::Branch(relation, other, yes, no) => {
                    let other = value(other, x);
                    let holds = match relation {
                        Relation::Eq => a == other,
                        Relation::Gt => a > other,
                        Relation::Ge => a >= other,
                        Relation::Set => a & other != 0,
                    };
                    at += usize::from(if holds { yes } else { no });
                }
                Step::Return(other) => return Some(value(other, x)),
                Step::ReturnA => return Some(a),
                Step::ToX => x = a,
                Step::ToA => a = x,
            }
        }
        None
    }
}

fn reckoned(operation: Operation, a: u32, other: u32) -> Option<u32> {
    Some(match operation {
        Operation::Add => a.wrapping_add(other),
        Operation::Sub => a.wrapping_sub(other),
        Operation::Mul => a.wrapping_mul(other),
        Operation::Div => a.checked_div(other)?,
        Operation::Or => a | other,
        Operation::And => a & other,
        // A shift by more bits than there are leaves nothing.
        Operation::Shl => a.checked_shl(other).unwrap_or(0),
        Operation::Shr => a.checked_shr(other).unwrap_or(0),
        Operation::Rem => a.checked_rem(other)?,
        Operation::Xor => a ^ other,
    })
}

/// One instruction by its number, as bpf(4) has them.
fn step(code: u16, yes: u8, no: u8, k: u32) -> Option<Step> {
    let place = (k < PLACES).then_some(k);
    let other = if code & 0x08 == 0 { Other::Number(k) } else { Other::X };
    Some(match code {
        0x20 | 0x28 | 0x30 => Step::Load(width(code), false, k),
        0x40 | 0x48 | 0x50 => Step::Load(width(code), true, k),
        0x00 => Step::Set(k),
        0x80 => Step::Length,
        0x60 => Step::Recall(place?),
        0x01 => Step::SetX(k),
        0x81 => Step::LengthX,
        0x61 => Step::RecallX(place?),
        0xb1 => Step::Header(k),
        0x02 => Step::Keep(place?),
        0x03 => Step::KeepX(place?),
        0x84 => Step::Negate,
        0x05 => Step::Jump(k),
        0x15 | 0x1d => Step::Branch(Relation::Eq, other, yes, no),
        0x25 | 0x2d => Step::Branch(Relation::Gt, other, yes, no),
        0x35 | 0x3d => Step::Branch(Relation::Ge, other, yes, no),
        0x45 | 0x4d => Step::Branch(Relation::Set, other, yes, no),
        0x06 => Step::Return(Other::Number(k)),
        0x0e => Step::Return(Other::X),
        0x16 => Step::ReturnA,
        0x07 => Step::ToX,
        0x87 => Step::ToA,
        _ if code & 0x07 == 0x04 => Step::Reckon(operation(code & !0x0f)?, other),
        _ => return None,
    })
}

fn width(code: u16) -> u8 {
    match code & 0x18 {
        0x08 => 2,
        0x10 => 1,
        _ => 4,
    }
}

fn operation(code: u16) -> Option<Operation> {
    Some(match code {
        0x00 => Operation::Add,
        0x10 => Operation::Sub,
        0x20 => Operation::Mul,
        0x30 => Operation::Div,
        0x40 => Operation::Or,
        0x50 => Operation::And,
        0x60 => Operation::Shl,
        0x70 => Operation::Shr,
        0x90 => Operation::Rem,
        0xa0 => Operation::Xor,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `tcpdump -dd ip and tcp dst port 80`, Ethernet.
    const PORT_80: [(u16, u8, u8, u32); 10] = [
        (0x28, 0, 0, 12),
        (0x15, 0, 7, 0x800),
        (0x30, 0, 0, 23),
        (0x15, 0, 5, 6),
        (0x28, 0, 0, 20),
        (0x45, 3, 0, 0x1fff),
        (0xb1, 0, 0, 14),
        (0x48, 0, 0, 16),
        (0x15, 1, 0, 80),
        (0x06, 0, 0, 0),
    ];

    fn frame(port: u16) -> Vec<u8> {
        let mut frame = vec![0; 54];
        frame[12] = 8;
        frame[14] = 0x45;
        frame[23] = 6;
        frame[36..38].copy_from_slice(&port.to_be_bytes());
        frame
    }

    #[test]
    fn a_program_reads_a_frame() {
        let code: Vec<_> = PORT_80.into_iter().chain([(0x06, 0, 0, 0x0004_0000)]).collect();
        let program = Program::new(&code).unwrap();
        assert!(program.passes(&frame(80), 54));
        assert!(!program.passes(&frame(81), 54));
        assert!(!program.passes(&frame(80)[..37], 54), "a port that is cut is none");
    }

    #[test]
    fn what_is_not_sound_is_refused() {
        for bad in [vec![], vec![(0xffff, 0, 0, 0)], vec![(0x60, 0, 0, 16)], vec![(0x02, 0, 0, 99)], vec![(0x84 | 0x08, 0, 0, 0)]] {
            assert!(Program::new(&bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn what_goes_wrong_does_not_pass() {
        for end in [vec![(0x34, 0, 0, 0)], vec![(0x94, 0, 0, 0)], vec![(0x05, 0, 0, u32::MAX)], vec![(0x01, 0, 0, u32::MAX), (0x40, 0, 0, 9)], vec![]]
        {
            let code: Vec<_> = [(0x00, 0, 0, 7)].into_iter().chain(end).collect();
            assert!(!Program::new(&code).unwrap().passes(&[0; 64], 64), "{code:?}");
        }
    }

    #[test]
    fn numbers_are_reckoned_with() {
        let cases: [(u16, u32); 10] =
            [(0x04, 10), (0x14, 4), (0x24, 21), (0x34, 2), (0x44, 7), (0x54, 3), (0x64, 56), (0x74, 0), (0x94, 1), (0xa4, 4)];
        for (code, made) in cases {
            let program = Program::new(&[(0x00, 0, 0, 7), (code, 0, 0, 3), (0x15, 0, 1, made), (0x06, 0, 0, 1), (0x06, 0, 0, 0)]).unwrap();
            assert!(program.passes(&[], 0), "{code:#x}");
        }
        let program =
            [(0x01, 0, 0, 5), (0x87, 0, 0, 0), (0x03, 0, 0, 3), (0x84, 0, 0, 0), (0x07, 0, 0, 0), (0x60, 0, 0, 3), (0x0c, 0, 0, 0), (0x16, 0, 0, 0)];
        assert_eq!(Program::new(&program).unwrap().run(&[], 0), Some(0));
        assert_eq!(Program::new(&[(0x80, 0, 0, 0), (0x16, 0, 0, 0)]).unwrap().run(&[1], 1500), Some(1500));
    }
}
