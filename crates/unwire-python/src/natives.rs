//! What native decoders find, as Python's plain values: the views of messages as objects are made of these. Nothing is decoded here.

use pyo3::prelude::*;

/// The native decoders, for the classes whose views they make.
#[pymodule]
pub(crate) mod natives {
    use pyo3::prelude::*;
    use pyo3::types::{PyBytes, PyList, PyTuple};
    use unwire::error::{Fault, Reason};
    use unwire::native::bytes::Cursor;
    use unwire::native::dns::{self, Data, Message, Question, Record, Section};
    use unwire::native::names::Name;
    use unwire::native::{http, tls};

    use crate::object::error_class;

    /// dpkt's error for a fault.
    pub(super) fn error(py: Python<'_>, what: &str, fault: &Fault) -> PyErr {
        let name = if fault.reason == Reason::Short { "NeedData" } else { "UnpackError" };
        let made = error_class(py, name).and_then(|class| class.call1((format!("invalid {what}: {fault}"),)));
        made.map_or_else(|error| error, PyErr::from_value)
    }

    fn at(bytes: &[u8], offset: usize) -> Cursor<'_> {
        Cursor { at: offset, ..Cursor::new(bytes) }
    }

    fn name<'py>(py: Python<'py>, name: &Name<'_>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &name.plain())
    }

    fn question_of<'py>(py: Python<'py>, one: &Question) -> PyResult<Bound<'py, PyTuple>> {
        (name(py, &one.name), one.kind, one.class).into_pyobject(py)
    }

    /// What a record holds, in the order in which the wire has it.
    fn values<'py>(py: Python<'py>, data: &Data<'_>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        let bytes = |bytes: &[u8]| PyBytes::new(py, bytes);
        match data {
            Data::Ip4(address) => list.append(bytes(address))?,
            Data::Ip6(address) => list.append(bytes(address))?,
            Data::Name(one) | Data::Next(Some(one), _) => list.append(name(py, one))?,
            Data::Preferred(number, one) => {
                list.append(number)?;
                list.append(name(py, one))?;
            }
            Data::Start(server, mailbox, numbers) => {
                list.append(name(py, server))?;
                list.append(name(py, mailbox))?;
                numbers.iter().try_for_each(|number| list.append(number))?;
            }
            Data::Strings(strings) => list.append(strings.iter().map(|one| bytes(one)).collect::<Vec<_>>())?,
            Data::Service(numbers, one) => {
                numbers.iter().try_for_each(|number| list.append(number))?;
                list.append(name(py, one))?;
            }
            Data::Binding(priority, one, parameters) => {
                list.append(priority)?;
                list.append(name(py, one))?;
                list.append(parameters.iter().map(|(number, value)| (*number, bytes(value))).collect::<Vec<_>>())?;
            }
            Data::Options(options) => list.append(options.iter().map(|(number, value)| (*number, bytes(value))).collect::<Vec<_>>())?,
            Data::Authorization(flags, tag, value) => {
                list.append(flags)?;
                list.append(bytes(tag))?;
                list.append(bytes(value))?;
            }
            Data::Signer(tag, algorithm, digest, value) => {
                list.append(tag)?;
                list.append(algorithm)?;
                list.append(digest)?;
                list.append(bytes(value))?;
            }
            Data::Signature(numbers, one, value) => {
                numbers.iter().try_for_each(|number| list.append(number))?;
                list.append(name(py, one))?;
                list.append(bytes(value))?;
            }
            Data::Key(flags, protocol, algorithm, value) => {
                list.append(flags)?;
                list.append(protocol)?;
                list.append(algorithm)?;
                list.append(bytes(value))?;
            }
            Data::Next(None, _) | Data::Other => {}
        }
        Ok(list)
    }

    fn record_of<'py>(py: Python<'py>, one: &Record<'_>) -> PyResult<Bound<'py, PyTuple>> {
        (name(py, &one.name), one.kind, one.class, one.ttl, PyBytes::new(py, one.rdata), values(py, &one.data)?).into_pyobject(py)
    }

    /// The questions and the records of the three sections of a message.
    #[pyfunction]
    fn dns_message<'py>(py: Python<'py>, buffer: &[u8]) -> PyResult<(Bound<'py, PyList>, [Bound<'py, PyList>; 3])> {
        let message = Message::read(buffer);
        if let Some(fault) = &message.fault {
            return Err(error(py, "DNS", fault));
        }
        let questions = PyList::empty(py);
        message.questions.iter().try_for_each(|one| questions.append(question_of(py, one)?))?;
        let sections = [PyList::empty(py), PyList::empty(py), PyList::empty(py)];
        for one in &message.records {
            let list = match one.section {
                Section::Answer => &sections[0],
                Section::Authority => &sections[1],
                Section::Additional => &sections[2],
            };
            list.append(record_of(py, one)?)?;
        }
        Ok((questions, sections))
    }

    /// The name at an offset, and where it ends.
    #[pyfunction]
    fn dns_name<'py>(py: Python<'py>, buffer: &[u8], offset: usize) -> PyResult<(Bound<'py, PyBytes>, usize)> {
        let mut cursor = at(buffer, offset);
        let found = Name::read(&mut cursor).map_err(|fault| error(py, "name", &fault))?;
        Ok((name(py, &found), cursor.at))
    }

    /// The question at an offset, and where it ends.
    #[pyfunction]
    fn dns_question<'py>(py: Python<'py>, buffer: &[u8], offset: usize) -> PyResult<(Bound<'py, PyTuple>, usize)> {
        let mut cursor = at(buffer, offset);
        let found = dns::question(&mut cursor).map_err(|fault| error(py, "question", &fault))?;
        Ok((question_of(py, &found)?, cursor.at))
    }

    /// The record at an offset, and where it ends.
    #[pyfunction]
    fn dns_record<'py>(py: Python<'py>, buffer: &[u8], offset: usize) -> PyResult<(Bound<'py, PyTuple>, usize)> {
        let mut cursor = at(buffer, offset);
        let found = dns::record(&mut cursor, Section::Answer).map_err(|fault| error(py, "record", &fault))?;
        Ok((record_of(py, &found)?, cursor.at))
    }

    /// The data of a record of some type, which stands at an offset.
    #[pyfunction]
    fn dns_data<'py>(py: Python<'py>, kind: u16, buffer: &[u8], offset: usize, size: usize) -> PyResult<Bound<'py, PyList>> {
        let part = at(buffer, offset).part(size);
        let data = part.and_then(|part| Data::read(kind, part)).map_err(|fault| error(py, "record", &fault))?;
        values(py, &data)
    }

    /// Where the records of a buffer begin and end, and where something stands that is none.
    #[pyfunction]
    fn tls_split(buffer: &[u8]) -> (Vec<(usize, usize)>, Option<usize>) {
        tls::split(buffer)
    }

    /// Where the records of a buffer begin and end, whatever their version.
    #[pyfunction]
    fn tls_records(buffer: &[u8]) -> Vec<(usize, usize)> {
        let (mut found, mut cursor) = (Vec::new(), Cursor::new(buffer));
        while !cursor.is_empty() {
            let start = cursor.at;
            let Ok(header) = tls::Header::read(&mut cursor) else { break };
            if cursor.take(header.length).is_err() {
                break;
            }
            found.push((start, cursor.at));
        }
        found
    }

    /// The certificates of a handshake message.
    #[pyfunction]
    fn tls_certificates<'py>(py: Python<'py>, buffer: &[u8]) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let found = tls::certificates(buffer).map_err(|fault| error(py, "certificates", &fault))?;
        Ok(found.iter().map(|one| PyBytes::new(py, one)).collect())
    }

    /// A list of extensions.
    #[pyfunction]
    fn tls_extensions<'py>(py: Python<'py>, buffer: &[u8]) -> PyResult<Vec<(u16, Bound<'py, PyBytes>)>> {
        let found = tls::extensions(&mut Cursor::new(buffer)).map_err(|fault| error(py, "extensions", &fault))?;
        Ok(found.iter().map(|(number, data)| (*number, PyBytes::new(py, data))).collect())
    }

    /// Octets as dpkt has text: what is not ASCII is left out.
    fn ascii(bytes: &[u8]) -> String {
        bytes.iter().filter(|byte| byte.is_ascii()).map(|byte| char::from(*byte)).collect()
    }

    /// True for what Python's `str.split` takes for white space.
    fn is_space(character: char) -> bool {
        character.is_whitespace() || matches!(character, '\x1c'..='\x1f')
    }

    /// The line at an offset, without the white space around it, and where the next begins. The last may have no end.
    fn line_at(bytes: &[u8], at: usize) -> (&[u8], usize) {
        let rest = bytes.get(at..).unwrap_or_default();
        let size = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |found| found + 1);
        (rest.get(..size).unwrap_or_default().trim_ascii(), at + size)
    }

    /// The header fields that a buffer begins with, where they end, and the line that is none.
    #[pyfunction]
    fn http_headers(buffer: &[u8]) -> (Vec<(String, String)>, usize, Option<String>) {
        let (mut found, mut at) = (Vec::new(), 0);
        loop {
            let (line, next) = line_at(buffer, at);
            at = next;
            let text = ascii(line);
            if text.trim_matches(is_space).is_empty() {
                return (found, at, None);
            }
            let (name, value) = text.split_once(':').unwrap_or((&text, ""));
            if name.split(is_space).filter(|word| !word.is_empty()).count() != 1 || found.len() >= http::MOST_FIELDS {
                return (found, at, Some(text));
            }
            found.push((name.to_owned(), value.trim_start().to_owned()));
        }
    }

    /// True if the last of a list of codings is chunks.
    #[pyfunction]
    fn http_is_chunked(codings: &str) -> bool {
        http::is_chunked(codings.as_bytes())
    }

    /// A body in chunks, where it ends, and what is wrong.
    #[pyfunction]
    fn http_chunks<'py>(py: Python<'py>, buffer: &[u8]) -> (Bound<'py, PyBytes>, usize, Option<&'static str>) {
        match http::dechunk(buffer) {
            Ok((body, end)) => (PyBytes::new(py, &body), end, None),
            Err(wrong) => (PyBytes::new(py, b""), 0, Some(wrong)),
        }
    }

    /// Version, method and target of a request, where the line ends, and what is wrong.
    #[pyfunction]
    fn http_request(py: Python<'_>, buffer: &[u8]) -> PyResult<(Option<[String; 3]>, usize, Option<String>)> {
        let (line, end) = line_at(buffer, 0);
        let text = ascii(line);
        let words: Vec<&str> = text.split(is_space).filter(|word| !word.is_empty()).collect();
        let shown = |text: &str| pyo3::types::PyString::new(py, text).repr().map(|text| text.to_string());
        let (Some(method), Some(target)) = (words.first(), words.get(1)) else {
            let whole = ascii(buffer.get(..end).unwrap_or_default());
            return Ok((None, end, Some(format!("invalid request: {}", shown(&whole)?))));
        };
        if !http::is_method(method) {
            return Ok((None, end, Some(format!("invalid http method: {}", shown(method)?))));
        }
        let version = match words.get(2) {
            None => "0.9",
            Some(word) if word.starts_with("HTTP") => word.get(5..).unwrap_or_default(),
            Some(word) => return Ok((None, end, Some(format!("invalid http version: {}", shown(word)?)))),
        };
        Ok((Some([version, method, target].map(str::to_owned)), end, None))
    }

    /// Version, code and reason of a response, or None, and where the line ends.
    #[pyfunction]
    fn http_response(buffer: &[u8]) -> (Option<[String; 3]>, usize) {
        let (line, end) = line_at(buffer, 0);
        let text = ascii(line);
        let mut words = text.splitn(3, |character: char| character.is_ascii_whitespace());
        let (version, code) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let reason = words.next().unwrap_or_default().trim_start();
        let right = version.starts_with("HTTP") && !code.is_empty() && code.len() < 10 && code.bytes().all(|byte| byte.is_ascii_digit());
        (right.then(|| [version.get(5..).unwrap_or_default(), code, reason].map(str::to_owned)), end)
    }
}
