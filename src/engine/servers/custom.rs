//! Handlers of the caller's own: a function as a file server.

use super::contract::{FileServer, UploadFuture, UploadResult};
use super::error::LinkError;
use crate::http::Progress;
use natsbridge_wire::Blob;
use std::sync::Arc;

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
