//! The interface of all file servers: store a payload and return the URL that receivers fetch. A function is one, too.

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

/// Makes a file server of a function `(fileserver_url, dataname, data)` that gives what the upload gave back, as the
/// NATSBridge document has upload handlers.
///
/// ```
/// use natsbridge_engine::{SendOptions, UploadResult, file_server_fn};
/// use natsbridge_wire::Blob;
///
/// let options = SendOptions {
///     fileserver: Some(file_server_fn(async |fileserver_url: String, dataname: String, data: Blob| {
///         // Store `data` where you like; receivers get the URL.
///         let url = format!("{fileserver_url}/{dataname}?bytes={}", data.len());
///         Ok(UploadResult { status: 200, uploadid: "1".into(), fileid: "1".into(), url })
///     })),
///     fileserver_url: "http://files.example".into(),
///     ..SendOptions::default()
/// };
/// # let _ = options;
/// ```
pub fn file_server_fn<F, U>(upload: F) -> Arc<dyn FileServer>
where
    F: Fn(String, String, Blob) -> U + Send + Sync + 'static,
    U: Future<Output = Result<UploadResult, LinkError>> + Send + 'static,
{
    Arc::new(upload)
}

impl<F, U> FileServer for F
where
    F: Fn(String, String, Blob) -> U + Send + Sync,
    U: Future<Output = Result<UploadResult, LinkError>> + Send + 'static,
{
    fn upload<'a>(
        &'a self,
        fileserver_url: &'a str,
        dataname: &'a str,
        data: Blob,
        progress: &'a Progress,
    ) -> UploadFuture<'a, UploadResult> {
        let size = data.len();
        let uploading = self(fileserver_url.to_owned(), dataname.to_owned(), data);
        Box::pin(async move {
            let uploaded = uploading.await?;
            progress.add(size);
            Ok(uploaded)
        })
    }
}
