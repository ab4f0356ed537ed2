//! Where the bytes of a capture come from, as Python says it: a path, bytes, or an object with `read`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use pyo3::create_exception;
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use unwire::capture;

create_exception!(unwire, CaptureError, PyValueError, "What was opened is not a capture that unwire reads.");

/// The source of a capture, opened anew for every pass. Made of a path (str), bytes, or an object with `read(size) -> bytes`.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Source {
    kind: Kind,
    /// Bytes read of the file or pipe itself, before decompression.
    pub(crate) position: Arc<AtomicU64>,
}

enum Kind {
    Path(PathBuf),
    /// A file that may still grow; where it ends is the end once somebody says so.
    Growing(PathBuf, Arc<AtomicBool>),
    Bytes(Py<PyBytes>),
    Object(Py<PyAny>),
}

#[pymethods]
impl Source {
    #[new]
    fn new(source: &Bound<'_, PyAny>) -> Self {
        let kind = if let Ok(bytes) = source.cast::<PyBytes>() {
            Kind::Bytes(bytes.clone().unbind())
        } else if let Ok(path) = source.extract::<PathBuf>() {
            Kind::Path(path)
        } else {
            Kind::Object(source.clone().unbind())
        };
        Self { kind, position: Arc::default() }
    }

    /// A file that another process may still be writing: at its end a read blocks (`BlockingIOError`) until `close` says that nothing will come.
    #[staticmethod]
    fn growing(path: PathBuf) -> Self {
        Self { kind: Kind::Growing(path, Arc::default()), position: Arc::default() }
    }

    /// Nothing more will come of a growing file.
    fn close(&self) {
        if let Kind::Growing(_, closed) = &self.kind {
            closed.store(true, Ordering::Relaxed);
        }
    }

    /// Bytes read so far of the file or pipe itself, before decompression.
    #[getter]
    fn position(&self) -> u64 {
        self.position.load(Ordering::Relaxed)
    }
}

impl Source {
    /// True if reading calls Python, so that it must stay on the caller's thread.
    pub(crate) fn is_object(&self) -> bool {
        match &self.kind {
            Kind::Path(path) => is_pipe(path),
            Kind::Bytes(_) | Kind::Growing(..) => false,
            Kind::Object(_) => true,
        }
    }

    /// Where the capture can be read at any place: itself, or, of what is compressed or only an object with `read`, a copy without a name.
    pub(crate) fn anywhere(&self, py: Python<'_>) -> PyResult<Arc<dyn capture::ReadAt>> {
        let plain = match &self.kind {
            Kind::Object(_) => false,
            _ => !py.detach(|| Ok::<_, PyErr>(capture::Capture::plain(self.reader_detached()?).map_err(to_python)?.1))?,
        };
        match &self.kind {
            Kind::Path(path) | Kind::Growing(path, _) if plain => {
                let file = File::open(path).map_err(|error| PyOSError::new_err((error.raw_os_error(), words(&error), path.clone())))?;
                Ok(Arc::new(file))
            }
            Kind::Bytes(bytes) if plain => {
                let length = bytes.bind(py).as_bytes().len();
                Ok(Arc::new(Held { bytes: bytes.clone_ref(py), length, at: 0 }))
            }
            _ => {
                let made = py.import("tempfile")?.call_method1("mkstemp", ("", "unwire-"))?;
                let (number, path): (i32, PathBuf) = made.extract()?;
                py.import("os")?.call_method1("close", (number,))?;
                let reader = self.reader(py)?;
                let copied = py.detach(|| {
                    let mut file = File::options().read(true).write(true).open(&path)?;
                    let (mut bytes, _) = capture::Capture::plain(reader).map_err(io::Error::other)?;
                    io::copy(&mut bytes, &mut file)?;
                    Ok::<_, io::Error>(file)
                });
                std::fs::remove_file(&path)?;
                Ok(Arc::new(copied?))
            }
        }
    }

    fn reader_detached(&self) -> PyResult<Box<dyn Read + Send>> {
        Python::attach(|py| self.reader(py))
    }

    pub(crate) fn open(&self, py: Python<'_>) -> PyResult<capture::Capture> {
        let reader = self.reader(py)?;
        py.detach(|| capture::Capture::from_read(reader)).map_err(to_python)
    }

    fn reader(&self, py: Python<'_>) -> PyResult<Box<dyn Read + Send>> {
        self.position.store(0, Ordering::Relaxed);
        let inner: Box<dyn Read + Send> = match &self.kind {
            // A pipe may have no writer yet, or one that is silent: Python waits for it as one may wait, so that Ctrl-C ends it.
            Kind::Path(path) if is_pipe(path) => {
                let file = py.import("io")?.call_method1("open", (path, "rb", 0))?;
                Box::new(Called(file.unbind()))
            }
            Kind::Path(path) => {
                let file = File::open(path).map_err(|error| PyOSError::new_err((error.raw_os_error(), words(&error), path.clone())))?;
                Box::new(file)
            }
            Kind::Growing(path, closed) => {
                let file = File::open(path).map_err(|error| PyOSError::new_err((error.raw_os_error(), words(&error), path.clone())))?;
                Box::new(Growing { file, closed: Arc::clone(closed) })
            }
            Kind::Bytes(bytes) => Box::new(Held { bytes: bytes.clone_ref(py), length: bytes.bind(py).as_bytes().len(), at: 0 }),
            Kind::Object(object) => Box::new(Called(object.clone_ref(py))),
        };
        Ok(Box::new(Counted { inner, position: Arc::clone(&self.position) }))
    }
}

#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe(_: &Path) -> bool {
    false
}

/// The process in which a pass was begun: its threads and locks are not there in a child that was forked.
pub(crate) struct Begun(u32);

impl Begun {
    pub(crate) fn here() -> Self {
        Self(std::process::id())
    }

    pub(crate) fn is_here(&self) -> bool {
        self.0 == std::process::id()
    }

    pub(crate) fn check(&self) -> PyResult<()> {
        if self.is_here() {
            return Ok(());
        }
        Err(PyRuntimeError::new_err("this pass was begun in the process that this one was forked from; begin another one here"))
    }
}

/// Do what may wait for threads that read a capture out of Python's memory: without the GIL, whoever holds it here. Where Python has ended,
/// as it may have for who lets go of a stream last, there is no GIL to be held.
pub(crate) fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let mut work = Some(work);
    let done = Python::try_attach(|py| work.take().map(|work| py.detach(work))).flatten();
    match (done, work) {
        (Some(done), _) => done,
        (None, Some(work)) => work(),
        (None, None) => unreachable!("what is taken is done"),
    }
}

/// An error's sentence without the system's number.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// A Python exception on its way through the engine.
pub(crate) fn raised(error: PyErr) -> capture::CaptureError {
    capture::CaptureError::Io(io::Error::other(Raised(error)))
}

pub(crate) fn to_python(error: capture::CaptureError) -> PyErr {
    match error {
        capture::CaptureError::Open { error, .. } | capture::CaptureError::Io(error) => match error.downcast::<Raised>() {
            Ok(Raised(raised)) => raised,
            Err(error) => error.into(),
        },
        capture::CaptureError::NotACapture { .. } => CaptureError::new_err(error.to_string()),
    }
}

struct Counted {
    inner: Box<dyn Read + Send>,
    position: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.position.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// A file whose end is not the end.
struct Growing {
    file: File,
    closed: Arc<AtomicBool>,
}

impl Read for Growing {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self.file.read(room)? {
            0 if !room.is_empty() && !self.closed.load(Ordering::Relaxed) => Err(io::ErrorKind::WouldBlock.into()),
            read => Ok(read),
        }
    }
}

/// Bytes that Python owns; touched only with the GIL, in large pieces.
struct Held {
    bytes: Py<PyBytes>,
    length: usize,
    at: usize,
}

impl capture::ReadAt for Held {
    fn read_at(&self, room: &mut [u8], offset: u64) -> io::Result<usize> {
        let at = usize::try_from(offset).unwrap_or(usize::MAX).min(self.length);
        let count = room.len().min(self.length - at);
        Python::attach(|py| room[..count].copy_from_slice(&self.bytes.bind(py).as_bytes()[at..at + count]));
        Ok(count)
    }
}

impl Read for Held {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.length {
            return Ok(0);
        }
        let count = buffer.len().min(self.length - self.at);
        Python::attach(|py| buffer[..count].copy_from_slice(&self.bytes.bind(py).as_bytes()[self.at..self.at + count]));
        self.at += count;
        Ok(count)
    }
}

/// A Python exception on its way through a Rust reader.
#[derive(Debug)]
struct Raised(PyErr);

impl std::fmt::Display for Raised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Raised {}

/// An object with `read`.
struct Called(Py<PyAny>);

impl Read for Called {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Python::attach(|py| {
            let read = self.0.bind(py).call_method1("read", (buffer.len(),));
            let got = read.map_err(|error| io::Error::other(Raised(error)))?;
            if got.is_none() {
                return Ok(0); // a non-blocking stream without data: what is there has been read
            }
            let bytes = got.cast::<PyBytes>().map_err(|_| {
                let kind = got.get_type().name().map_or_else(|_| "another type".to_owned(), |name| name.to_string());
                let text = format!("read() of a capture's file must return bytes, not {kind}; open the file in binary mode ('rb')");
                io::Error::other(Raised(pyo3::exceptions::PyTypeError::new_err(text)))
            })?;
            let bytes = bytes.as_bytes();
            let Some(room) = buffer.get_mut(..bytes.len()) else {
                return Err(io::Error::other(format!("read({}) returned {} bytes", buffer.len(), bytes.len())));
            };
            room.copy_from_slice(bytes);
            Ok(bytes.len())
        })
    }
}
