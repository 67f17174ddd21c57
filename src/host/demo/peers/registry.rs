//! The only list of scripted peers.

use super::{javascript, julia, micropython, mischief, ours, plain, python};
use crate::demo::scene::Peer;

/// All of them, in the order in which they start.
pub const PEERS: &[Peer] = &[
    javascript::PEER,
    julia::PEER,
    micropython::PEER,
    python::PEER,
    plain::PEER,
    ours::PEER,
    mischief::PEER,
];
