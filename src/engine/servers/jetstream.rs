//! JetStream's object store: the broker keeps the file, and any `natsbridge serve --jetstream` serves it over HTTP.

use super::address::Place;
use super::attempts::AttemptError;
use super::body_stream::BodyProgress;
use super::contract::UploadResult;
use super::upload::{Backend, Upload};
use crate::clock;
use crate::connection::Connection;
use crate::objects::{BucketFile, ObjectBucket, ObjectError};
use futures_util::StreamExt;
use tokio::sync::OnceCell;

/// Uploads into a bucket.
#[derive(Debug)]
pub(super) struct JetStream {
    pub(super) connection: Option<Connection>,
    pub(super) bucket: String,
    pub(super) opened: OnceCell<ObjectBucket>,
    /// Whether the first download from one of the servers that serve it consumes the file.
    pub(super) one_shot: bool,
}

impl Backend for JetStream {
    async fn store(&self, upload: &Upload<'_>, body: &BodyProgress) -> Result<UploadResult, AttemptError> {
        let bucket = self.bucket().await?;
        let new_id = || clock::random_uuid().simple().to_string();
        let (uploadid, fileid, name) = (new_id(), new_id(), &upload.name);
        // Those servers remove the file when it has expired.
        let kept_us = i64::try_from(upload.limits.fileserver_ttl.as_micros()).unwrap_or(i64::MAX);
        let file = BucketFile {
            name: None,
            one_shot: self.one_shot,
            expires_us: Some(clock::now_us().saturating_add(kept_us)),
        };
        let pieces = upload.pieces(body).boxed();
        let object = format!("{uploadid}/{fileid}/{name}");
        let stored = bucket.put(&object, file.metadata(), pieces).await;
        stored.map_err(refused)?;
        Ok(UploadResult {
            status: 200,
            url: upload.address.link(&["file", &uploadid, &fileid, name]),
            uploadid,
            fileid,
        })
    }

    fn place(&self, _: &Place) -> String {
        format!("bucket {}", self.bucket)
    }

    fn over(&self, connection: &Connection) -> Option<Self> {
        self.connection.is_none().then(|| Self {
            connection: Some(connection.clone()),
            bucket: self.bucket.clone(),
            opened: OnceCell::new(),
            one_shot: self.one_shot,
        })
    }
}

impl JetStream {
    async fn bucket(&self) -> Result<&ObjectBucket, AttemptError> {
        let open = async || {
            let connection = self.connection.as_ref().ok_or_else(|| {
                AttemptError::for_good("there is no connection to a broker", "give the connection to use")
            })?;
            let opened = ObjectBucket::open(connection, &self.bucket).await;
            opened.map_err(refused)
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
