//! Parquet files, read into a table and written from one. The library that does it comes with the feature `parquet`;
//! without it they are refused.

#[cfg(feature = "parquet")]
mod read;
#[cfg(any(test, not(feature = "parquet")))]
mod refused;
#[cfg(feature = "parquet")]
mod write;

#[cfg(feature = "parquet")]
pub(super) use {read::read, write::write};

#[cfg(not(feature = "parquet"))]
pub(super) use refused::{read, write};

/// Begins and ends a Parquet file.
const MAGIC: &[u8] = b"PAR1";

/// Whether bytes begin a Parquet file.
pub(super) fn is_parquet(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}
