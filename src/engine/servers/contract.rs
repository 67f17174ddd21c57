//! The interface of all file servers: store a payload and return the URL that receivers fetch.

use super::error::LinkError;
use crate::connection::Connection;
use crate::http::Progress;
use natsbridge_wire::Blob;
use std::pin::Pin;
use std::sync::Arc;

/// The result of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the NATSBridge document names them")]
pub struct UploadResult {
    pub status: u16,
    pub uploadid: String,
    pub fileid: String,
    pub url: String,
}

/// A future a handler returns.
pub type UploadFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, LinkError>> + Send + 'a>>;

/// Uploads payloads over the threshold (claim check). Dropping the future cancels the upload.
pub trait FileServer: Send + Sync {
    /// Stores `data` under `dataname` at the server `fileserver_url`; counts its bytes into `progress`, which the
    /// caller has started.
    fn upload<'a>(
        &'a self,
        fileserver_url: &'a str,
        dataname: &'a str,
        data: Blob,
        progress: &'a Progress,
    ) -> UploadFuture<'a, UploadResult>;

    /// The same server over that connection to a broker, if it needs one and has none.
    fn over(&self, _connection: &Connection) -> Option<Arc<dyn FileServer>> {
        None
    }
}
