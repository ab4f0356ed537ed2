//! What holds of the native decoders for any bytes: nothing panics, what is cut is said to be, and how bytes are cut into packets changes nothing.

use proptest::prelude::*;
use unwire::native::certificate::Certificate;
use unwire::native::dns::Message;
use unwire::native::http_stream::{HttpStream, SAMPLE, Wants, is_http};
use unwire::native::ja::{Carrier, ja3_full, ja4};
use unwire::native::row::{LOGS, Rows, Sheet, Talk};
use unwire::native::speaker::Speaker;
use unwire::native::tls::{Hello, certificates, split};
use unwire::native::tls_stream::{TlsStream, is_tls};
use unwire::native::{Mark, decoder};

const PAGES: &[u8] =
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n5;x=y\r\npedia\r\n0\r\nTrailer: 1\r\n\r\n\
HTTP/1.0 404 Not Found\r\nContent-Length: 3\r\n\r\nno!HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\nuntil the end";
const ASKED: &[u8] =
    b"GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET /c HTTP/1.1\r\n\r\nGET /d HTTP/1.1\r\n\r\n";

fn mark(frame: u64) -> Mark {
    Mark { frame, time: Some(frame as i64) }
}

/// Every row that a connection makes whose sides are cut at some places.
fn rows(sides: [&[u8]; 2], cuts: &[usize]) -> Vec<(usize, Sheet)> {
    let mut rows = Rows::of_files(true, None);
    (0..LOGS.len()).for_each(|log| rows.want(log));
    let (talk, mut speaker) = (Talk { uid: "C1".to_owned(), ports: [40000, 80], ..Talk::default() }, Speaker::default());
    for (side, bytes) in sides.into_iter().enumerate() {
        let mut at = 0;
        for cut in cuts.iter().copied().chain([bytes.len()]) {
            let next = cut.clamp(at, bytes.len());
            if next > at {
                speaker.data(side, &bytes[at..next], mark(1), &talk, &mut rows);
            }
            at = next;
        }
    }
    speaker.end_of(0, &talk, &mut rows);
    speaker.end_of(1, &talk, &mut rows);
    speaker.end(&talk, &mut rows);
    (0..LOGS.len()).filter_map(|log| Some((log, rows.take(log, true)?))).collect()
}

#[test]
fn http_is_followed_however_it_is_cut() {
    let whole = rows([ASKED, PAGES], &[]);
    let sheet = &whole.iter().find(|(log, _)| *log == 1).expect("there are rows").1;
    let column = |name| sheet.columns[LOGS[1].all_columns().position(|column| column.0 == name).expect("there is one")].numbers.as_slice();
    assert_eq!(column("status_code"), [200, 404, 204, 200]);
    assert_eq!(column("info_code")[0], 100, "what came before the first answer is told with it");
    assert_eq!(column("response_body_len"), [9, 3, 0, 13], "until the end");
    for cut in 0..PAGES.len() {
        assert_eq!(rows([ASKED, PAGES], &[cut]), whole, "cut at {cut}");
    }
    let each: Vec<usize> = (0..PAGES.len()).collect();
    assert_eq!(rows([ASKED, PAGES], &each), whole);
}

#[test]
fn a_gap_in_a_body_is_counted() {
    let (mut stream, mut out) = (HttpStream::default(), Vec::new());
    stream.data(1, b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", mark(1), &mut |one| out.push(one));
    stream.gap(1, 4, &mut |one| out.push(one));
    stream.data(1, b"xyzHTTP/1.1 204 None\r\n\r\n", mark(2), &mut |one| out.push(one));
    assert_eq!(out.iter().map(|message| (message.size, message.missing, message.cut)).collect::<Vec<_>>(), [(10, 4, false), (0, 0, false)]);
}

#[test]
fn of_bodies_that_nobody_asks_for_the_beginning_is_kept() {
    let body = [b'x'; 5000];
    for (wants, kept) in [(Wants::Heads, 0), (Wants::Samples, SAMPLE), (Wants::Whole, body.len())] {
        let (mut stream, mut out) = (HttpStream::of(wants), Vec::new());
        stream.data(1, b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", mark(1), &mut |one| out.push(one));
        stream.data(1, &body, mark(2), &mut |one| out.push(one));
        assert_eq!(out.iter().map(|message| (message.size, message.body.len())).collect::<Vec<_>>(), [(5000, kept)], "{wants:?}");
    }
}

#[test]
fn records_that_nobody_looks_into_are_passed_over() {
    let data = [&[23, 3, 3, 0, 200][..], &[7; 200]].concat();
    for (one, two) in [(1, 2), (3, 5), (5, 6), (6, 204)] {
        let (mut stream, mut found) = (TlsStream::default(), Vec::new());
        for (part, frame) in [&data[..one], &data[one..two], &data[two..]].into_iter().zip(1..) {
            stream.data(0, part, mark(frame), &mut |event| found.push((format!("{:?}", event.what), event.marks.map(|mark| mark.frame))));
            assert!(stream.held() < 5, "no more than a header waits");
        }
        let whole = [1, 3];
        assert_eq!(found, [("Record(23, 771, true)".to_owned(), whole), ("Data".to_owned(), whole)], "cut at {one} and {two}");
    }
}

#[test]
fn an_upgrade_ends_http() {
    let (mut stream, mut out) = (HttpStream::default(), Vec::new());
    stream.data(0, b"GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", mark(1), &mut |one| out.push(one));
    stream.data(1, b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x05hello", mark(2), &mut |one| out.push(one));
    assert!(stream.is_over());
    assert_eq!(out.len(), 2);
}

#[test]
fn ja4_is_foxio_s_example() {
    // The technical details of JA4: the hello of Chrome as the specification has it, without GREASE.
    let suites = [0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035];
    let names: [u8; 0] = [];
    let alpn = [0, 3, 2, b'h', b'2'];
    let signatures = [0, 16, 4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6, 6, 1];
    let versions = [4, 3, 4, 3, 3];
    let empty: &[u8] = &names;
    let numbers = [0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015];
    let extensions = numbers.into_iter().map(|number| {
        let data = match number {
            0x0010 => &alpn[..],
            0x000d => &signatures[..],
            0x002b => &versions[..],
            _ => empty,
        };
        (number, data)
    });
    let hello = Hello { version: 0x0303, suites: suites.to_vec(), extensions: extensions.collect(), ..Hello::default() };
    assert_eq!(ja4(&hello, Carrier::Tcp), "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

#[test]
fn logs_have_as_many_cells_as_columns() {
    for (log, sheet) in rows([ASKED, PAGES], &[]) {
        assert_eq!(sheet.columns.len(), LOGS[log].all_columns().count(), "{}", LOGS[log].name);
        let last = sheet.columns.last().expect("there are columns");
        assert!(last.set.len() == sheet.rows && last.set.iter().all(|set| *set), "{}: each row tells its packets last", LOGS[log].name);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..400), cut in 0_usize..400) {
        let message = Message::read(&bytes);
        prop_assert!(message.fault.is_some() || message.size <= bytes.len());
        for decoder in (0..).map_while(decoder) {
            let _ = (decoder.check)(&bytes);
            for item in 0..decoder.items.len() as u16 {
                (decoder.read)(item, &bytes, &mut |_| ());
            }
        }
        let _ = (is_http(&bytes), is_tls(&bytes), split(&bytes), certificates(&bytes), Certificate::read(&bytes));
        if let Ok(hello) = Hello::client(&bytes) {
            let _ = (ja3_full(&hello), ja4(&hello, Carrier::Quic), hello.server_name(), hello.protocols());
        }
        let (mut http, mut tls) = (HttpStream::default(), TlsStream::default());
        let (one, other) = bytes.split_at(cut.min(bytes.len()));
        for part in [one, other] {
            http.data(1, part, mark(1), &mut |_| ());
            tls.data(0, part, mark(1), &mut |_| ());
        }
        http.gap(1, 5, &mut |_| ());
        http.end(1, &mut |_| ());
    }

    #[test]
    fn any_bytes_behind_a_beginning_are_taken(rest in proptest::collection::vec(any::<u8>(), 0..300), which in 0_usize..4) {
        let beginning: [&[u8]; 4] = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"POST / HTTP/1.1\r\n", b"\x16\x03\x01\x00\x20\x01\x00\x00\x1c\x03\x03", b"\x80\x20\x01\x00\x02"];
        let bytes = [beginning[which], &rest].concat();
        let whole = rows([&bytes, &[]], &[]);
        for cut in [1, 7, bytes.len() / 2] {
            prop_assert_eq!(rows([&bytes, &[]], &[cut]), whole.clone());
        }
    }
}
