//! What the tests stand on, shared with them.

#[path = "../it/support/binary.rs"]
pub mod binary;
#[path = "../it/support/real.rs"]
pub mod real;
#[path = "../it/support/servers.rs"]
pub mod servers;
#[path = "../it/support/small_disk.rs"]
pub mod small_disk;
