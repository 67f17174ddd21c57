//! How a Parquet file is told from others; no library is needed for that.

/// Begins and ends a Parquet file.
pub const MAGIC: &[u8] = b"PAR1";

/// Whether bytes begin a Parquet file.
pub fn is_parquet(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}
