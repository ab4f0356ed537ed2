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

    fn name<'py>(py: Python<'py>, name: &Name) -> Bound<'py, PyBytes> {
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
}
