//! JetStream's object store: the broker keeps the file, and any `natsbridge serve --jetstream` serves it over HTTP.

use super::address::{Place, file_name};
use super::attempts::AttemptError;
use super::body_stream::{BodyProgress, pieces};
use super::contract::{FileServer, UploadFuture, UploadResult};
use crate::clock;
use crate::connection::Connection;
use crate::http::Progress;
use crate::objects::{BucketFile, ObjectBucket, ObjectError};
use futures_util::StreamExt;
use natsbridge_wire::{Blob, Limits};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Uploads into a bucket.
#[derive(Debug)]
pub(super) struct JetStream {
    pub(super) connection: Option<Connection>,
    pub(super) bucket: String,
    pub(super) opened: OnceCell<ObjectBucket>,
    /// Whether the first download from one of those servers consumes the file.
    pub(super) one_shot: bool,
    pub(super) limits: Limits,
}

impl FileServer for JetStream {
    fn upload<'a>(
        &'a self,
        fileserver_url: &'a str,
        dataname: &'a str,
        data: Blob,
        progress: &'a Progress,
    ) -> UploadFuture<'a, UploadResult> {
        Box::pin(async move {
            let place = Place::parse(fileserver_url)?;
            let told = |failed: AttemptError| failed.told(1, dataname, &format!("bucket {}", self.bucket));
            let bucket = self.bucket().await.map_err(told)?;
            let new_id = || clock::random_uuid().simple().to_string();
            let (uploadid, fileid, name) = (new_id(), new_id(), file_name(dataname));
            let moved = BodyProgress::of(&data, progress);
            let body = pieces(&data, self.limits.upload_piece, &moved).boxed();
            let object = format!("{uploadid}/{fileid}/{name}");
            bucket
                .put(&object, self.file().metadata(), body)
                .await
                .map_err(|error| {
                    moved.forget();
                    told(refused(error))
                })?;
            Ok(UploadResult {
                status: 200,
                url: place.link(&["file", &uploadid, &fileid, &name]),
                uploadid,
                fileid,
            })
        })
    }

    fn over(&self, connection: &Connection) -> Option<Arc<dyn FileServer>> {
        self.connection.is_none().then(|| {
            Arc::new(Self {
                connection: Some(connection.clone()),
                bucket: self.bucket.clone(),
                opened: OnceCell::new(),
                one_shot: self.one_shot,
                limits: self.limits.clone(),
            }) as Arc<dyn FileServer>
        })
    }
}

impl JetStream {
    /// What the servers that serve it must respect; they remove it when it has expired.
    fn file(&self) -> BucketFile {
        let kept_us = i64::try_from(self.limits.fileserver_ttl.as_micros()).unwrap_or(i64::MAX);
        let now_us = clock::now_us();
        BucketFile {
            name: None,
            one_shot: self.one_shot,
            expires_us: Some(now_us.saturating_add(kept_us)),
        }
    }

    async fn bucket(&self) -> Result<&ObjectBucket, AttemptError> {
        let open = async || {
            let connection = self.connection.as_ref().ok_or_else(|| {
                AttemptError::for_good("there is no connection to a broker", "give the connection to use")
            })?;
            ObjectBucket::open(connection, &self.bucket)
                .await
                .map_err(refused)
        };
        self.opened.get_or_try_init(open).await
    }
}

fn refused(why: ObjectError) -> AttemptError {
    AttemptError::for_good(
        why,
        "check that the broker has JetStream and that the bucket has room",
    )
}
