//! Parquet files, read as batches and written from them. The library that does it comes with the feature `parquet`;
//! without it they are refused.

mod magic;
#[cfg(feature = "parquet")]
mod read;
#[cfg(any(test, not(feature = "parquet")))]
mod refused;
#[cfg(feature = "parquet")]
mod write;

pub(super) use magic::is_parquet;
#[cfg(not(feature = "parquet"))]
pub(super) use refused::{Writer, read, stores};
#[cfg(feature = "parquet")]
pub(super) use {read::read, write::Writer, write::stores};
