//! What is done in the inspector: links, payloads, mending.

mod links;
mod mend;
mod payload;
