//! The one way of an upload: tries, progress and errors are the same for every kind of file server. What a kind does with
//! the bytes is its own matter.

use super::address::{Place, file_name};
use super::attempts::AttemptError;
use super::body_stream::{BodyProgress, pieces};
use super::contract::{FileServer, UploadFuture, UploadResult};
use super::error::LinkError;
use crate::clock;
use crate::connection::Connection;
use crate::http::{Progress, Retry};
use bytes::Bytes;
use futures_util::Stream;
use natsbridge_wire::{Blob, Limits};
use std::io;
use std::sync::Arc;
use uuid::Uuid;

/// A kind of file server.
pub(super) trait Backend: Send + Sync + Sized + 'static {
    /// Stores a payload; what it takes is counted in `body`.
    fn store(
        &self,
        upload: &Upload<'_>,
        body: &BodyProgress,
    ) -> impl Future<Output = Result<UploadResult, AttemptError>> + Send;

    /// The place for people: no credentials, no signature.
    fn place(&self, address: &Place) -> String {
        address.base.clone()
    }

    /// The same over that connection to a broker, if it needs one and has none.
    fn over(&self, _connection: &Connection) -> Option<Self> {
        None
    }
}

/// A payload on its way, the same in every try.
pub(super) struct Upload<'a> {
    pub(super) address: Place,
    /// The payload's name as a file name.
    pub(super) name: String,
    pub(super) data: Blob,
    pub(super) limits: &'a Limits,
    /// One id for all tries: a try that broke off is overwritten by the next.
    id: Uuid,
}

impl Upload<'_> {
    /// The bytes to store; what is taken of them is counted in `body`.
    pub(super) fn pieces(&self, body: &BodyProgress) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
        pieces(&self.data, self.limits.upload_piece, body)
    }

    /// The file name with its id in front. No directories, which a server might not make.
    pub(super) fn unique_name(&self) -> String {
        format!("{}-{}", self.id, self.name)
    }

    /// The result where the file is stored under its unique name.
    pub(super) fn stored(&self, status: u16) -> UploadResult {
        let name = self.unique_name();
        UploadResult {
            status,
            url: self.address.link(&[&name]),
            uploadid: self.id.to_string(),
            fileid: name,
        }
    }
}

/// A file server of that kind.
pub(super) struct Server<B> {
    pub(super) backend: B,
    pub(super) limits: Limits,
}

impl<B: Backend> FileServer for Server<B> {
    fn upload<'a>(
        &'a self,
        fileserver_url: &'a str,
        dataname: &'a str,
        data: Blob,
        progress: &'a Progress,
    ) -> UploadFuture<'a, UploadResult> {
        Box::pin(async move {
            let upload = Upload {
                address: Place::parse(fileserver_url)?,
                name: file_name(dataname),
                data,
                limits: &self.limits,
                id: clock::random_uuid(),
            };
            let retry = Retry::of(&self.limits);
            let mut tries = 1;
            loop {
                let body = BodyProgress::of(&upload.data, progress);
                let failed = match self.backend.store(&upload, &body).await {
                    Ok(stored) => return Ok(stored),
                    Err(failed) => failed,
                };
                body.forget();
                if !failed.heals || tries >= retry.tries {
                    return Err(LinkError::Upload {
                        dataname: dataname.to_owned(),
                        place: self.backend.place(&upload.address),
                        why: failed.why,
                        tries,
                        advice: failed.advice,
                    });
                }
                tokio::time::sleep(retry.pause(tries, None)).await;
                tries += 1;
            }
        })
    }

    fn over(&self, connection: &Connection) -> Option<Arc<dyn FileServer>> {
        Some(Arc::new(Self {
            backend: self.backend.over(connection)?,
            limits: self.limits.clone(),
        }))
    }
}
