//! The NATS client protocol as a server speaks it: frames, and header blocks of any shape.

mod frame;
mod headers;

pub use frame::{Delivery, Frame, FrameError, Start, read};
pub use headers::{Odd, lines};
