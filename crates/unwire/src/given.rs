//! What a field is given when its layer is built. What becomes of it is build.rs's.

/// What a field is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Given {
    /// Nothing: the default, or what the packet makes it.
    #[default]
    Nothing,
    /// What the packet makes it, whatever is given for the bits around it.
    Stated,
    /// Nothing but that it is not there.
    Absent,
    /// A number.
    Number(i128),
    /// A number for a field that may not be there.
    Perhaps(i128),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Text.
    Text(String),
    /// Items of a list.
    Items(Vec<Given>),
    /// Bytes exactly as they are, whatever the field's kind: as they were read, or a part that is whole.
    Verbatim(Vec<u8>),
}

impl Given {
    /// What it is, in an error's words.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Nothing | Self::Stated | Self::Absent => "None",
            Self::Number(_) | Self::Perhaps(_) => "a number",
            Self::Bytes(_) | Self::Verbatim(_) => "bytes",
            Self::Text(_) => "text",
            Self::Items(_) => "a list",
        }
    }
}
