//! What a connection says in DTLS (RFC 6347, RFC 9147): records that stand whole in datagrams, and handshake messages in pieces, in any order and
//! again and again, as the events of `tls_stream.rs`.

use super::Mark;
use super::bytes::Cursor;
use super::quic_stream::Pieces;
use super::tls::{LONGEST_HANDSHAKE, content};
use super::tls_stream::{Event, Out, What};

/// Handshake messages of a direction that wait for pieces.
const MOST_WAITING: usize = 16;

/// A record's header.
struct Header {
    content: u8,
    version: u16,
    /// Which keys it is made with: 0 for none.
    epoch: u16,
    length: usize,
}

impl Header {
    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        let (content, version, epoch) = (cursor.u8().ok()?, cursor.u16().ok()?, cursor.u16().ok()?);
        cursor.take(6).ok()?;
        let length = usize::from(cursor.u16().ok()?);
        let plausible = matches!(content, content::CHANGE_CIPHER..=25) && matches!(version, 0xFEFF | 0xFEFD | 0xFEFC | 0x0100);
        plausible.then_some(Self { content, version, epoch, length })
    }
}

/// A handshake message that waits for pieces.
#[derive(Debug)]
struct Waiting {
    sequence: u16,
    kind: u8,
    size: usize,
    pieces: Pieces,
    begun: Mark,
}

#[derive(Debug, Default)]
struct Side {
    waiting: Vec<Waiting>,
    /// The messages that are whole, a bit for each number: all is sent again where an answer is late.
    told: u128,
    changed: bool,
}

/// A connection.
#[derive(Debug, Default)]
pub struct DtlsStream {
    sides: [Side; 2],
}

/// True if a datagram begins a connection: with a record of a handshake that has a hello in it.
pub fn begins(bytes: &[u8]) -> bool {
    let mut cursor = Cursor::new(bytes);
    let handshake = |header: Header| header.content == content::HANDSHAKE && header.epoch == 0 && header.length >= 12;
    Header::read(&mut cursor).is_some_and(handshake) && matches!(cursor.u8(), Ok(1..=3))
}

impl DtlsStream {
    /// Octets that wait for what completes them.
    pub fn held(&self) -> usize {
        self.sides.iter().flat_map(|side| &side.waiting).map(|one| one.pieces.held()).sum()
    }

    /// A datagram from one of the ends; what it completes is given to `out`.
    pub fn datagram(&mut self, from: usize, bytes: &[u8], mark: Mark, out: Out<'_>) {
        let mut cursor = Cursor::new(bytes);
        let from = from & 1;
        let marks = [mark; 2];
        while let Some(header) = Header::read(&mut cursor) {
            let Ok(body) = cursor.take(header.length) else { return };
            let plain = header.epoch == 0;
            out(Event { side: from, what: What::Record(header.content, header.version, !plain), marks });
            match header.content {
                content::HANDSHAKE if plain => self.sides[from].pieces(from, body, mark, out),
                content::ALERT => {
                    let told = body.first_chunk::<2>().filter(|_| plain && body.len() == 2).map(|[level, description]| (*level, *description));
                    out(Event { side: from, what: What::Alert(told), marks });
                }
                content::CHANGE_CIPHER if !std::mem::replace(&mut self.sides[from].changed, true) => {
                    out(Event { side: from, what: What::ChangeCipher, marks });
                }
                content::DATA => out(Event { side: from, what: What::Data, marks }),
                _ => {}
            }
        }
    }
}

impl Side {
    /// Take the pieces of messages that a record has.
    fn pieces(&mut self, from: usize, bytes: &[u8], mark: Mark, out: Out<'_>) {
        let mut cursor = Cursor::new(bytes);
        while let (Ok(kind), Ok(size), Ok(sequence), Ok(at), Ok(length)) = (cursor.u8(), cursor.u24(), cursor.u16(), cursor.u24(), cursor.u24()) {
            let (size, at, length) = (size as usize, at as usize, length as usize);
            let Ok(piece) = cursor.take(length) else { return };
            if size > LONGEST_HANDSHAKE || at + length > size {
                return;
            }
            let number = 1_u128.checked_shl(sequence.into()).unwrap_or(0);
            if number == 0 || self.told & number != 0 {
                continue;
            }
            let known = self.waiting.iter().position(|one| one.sequence == sequence && one.kind == kind && one.size == size);
            let place = match known {
                Some(place) => place,
                None if self.waiting.len() >= MOST_WAITING => continue,
                None => {
                    self.waiting.push(Waiting { sequence, kind, size, pieces: Pieces::default(), begun: mark });
                    self.waiting.len() - 1
                }
            };
            let Some(one) = self.waiting.get_mut(place) else { continue };
            one.pieces.add(at as u64, piece);
            if one.pieces.ready().len() == size {
                let one = self.waiting.swap_remove(place);
                self.told |= number;
                let what = What::Handshake(kind, one.pieces.ready());
                out(Event { side: from, what, marks: [one.begun, mark] });
            }
        }
    }
}
