//! What is done in Messages: searching, marking, highlighting, plotting.

mod highlights;
mod marks;
mod plot;
mod search;
