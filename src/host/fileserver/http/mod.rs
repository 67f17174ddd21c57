//! The file server as clients see it: routes, bodies, answers, and who may do what.

mod access;
mod answer;
mod claims;
mod content_disposition;
mod counted_body;
mod download;
mod multipart;
mod pace;
mod paced_body;
mod paced_stream;
mod places;
mod plain;
mod plik;
mod raw_head;
mod routes;
mod server;
mod shared;

pub use server::FileHost;
