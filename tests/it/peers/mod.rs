//! Real programs in Python, JavaScript and MicroPython on the other side.

mod arrow_files;
mod copy_as;
mod echo_programs;
mod mended_messages;
#[cfg(unix)]
mod peer_matrix;
mod reader_verdicts;
mod rude_messages;
mod rude_peer;
mod shapes;
mod suggested_code;
mod transports;
