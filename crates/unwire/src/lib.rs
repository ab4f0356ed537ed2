//! The engine of unwire: captures in, columns out.
//!
//! Here live the mechanisms: reading captures, running declared layouts over bytes, making columns. What must not live here: Python,
//! `unsafe`, and the name of any protocol; protocols are data, read from a schema.

#![forbid(unsafe_code)]

pub mod address;
pub mod agree;
mod block;
pub mod build;
pub mod capture;
pub mod checksum;
pub mod columns;
pub mod conn;
pub mod deciding;
mod digits;
pub mod dissect;
pub mod error;
pub mod filter;
pub mod gist;
pub mod given;
mod glance;
mod going;
pub mod info;
pub mod items;
pub mod layout;
mod lesson;
mod listening;
pub mod lists;
pub mod logs;
mod memo;
pub mod native;
mod near;
pub mod notes;
mod number;
pub mod parts;
pub mod pool;
mod ports;
mod questions;
pub mod quick;
pub mod reader;
mod recall;
pub mod ruling;
pub mod schema;
pub mod seeing;
mod shape;
pub mod step;
pub mod stream;
pub mod streams;
pub mod talks;
pub mod tally;
pub mod text;
pub mod told;
pub mod tracking;
pub mod value;
pub mod walk;
mod window;
