//! A JetStream Object Store bucket: large objects stored on the broker in chunks. Its content is readable by every
//! client that supports object stores.

use super::put::{Bucket, Upload};
use super::read::Reading;
use crate::connection::Connection;
use crate::wording::Cause;
use async_nats::jetstream::object_store::ObjectInfo;
use async_nats::jetstream::stream::{Config, DiscardPolicy, LastRawMessageErrorKind};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use natsbridge_wire::Limits;
use std::collections::BTreeMap;

/// What is known of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectFacts {
    /// Name in the bucket.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// When it was stored, microseconds since the Unix epoch.
    pub stored_us: i64,
    /// Our own metadata stored with it, sorted by name.
    pub metadata: Vec<(String, String)>,
}

/// Why an object could not be stored, read, or removed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// The name of the bucket is none.
    #[error(transparent)]
    BucketName(#[from] BucketNameError),
    /// The bucket cannot be opened.
    #[error(
        "the bucket {bucket:?} cannot be opened at {address}: {source}; it needs a broker with JetStream \
         (nats-server -js), and an account that may use it"
    )]
    NotOpened {
        /// The bucket.
        bucket: String,
        /// The broker, `host:port`.
        address: String,
        /// Why.
        source: Cause,
    },
    /// There is no such object.
    #[error("there is no object {name:?} in the bucket {bucket:?}")]
    NotFound {
        /// The object.
        name: String,
        /// The bucket.
        bucket: String,
    },
    /// Something cannot be done with the bucket, or an object in it.
    #[error("{deed}: {source}")]
    Failed {
        /// What failed, as a clause: `"a.txt" was not stored in the bucket "files"`.
        deed: String,
        /// Why.
        source: Cause,
    },
}

/// A text that is not the name of a bucket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a bucket name: use letters, digits, - and _")]
pub struct BucketNameError(pub String);

/// A bucket; clones share the connection.
#[derive(Clone)]
pub struct ObjectBucket {
    bucket: Bucket,
    limits: Limits,
}

impl std::fmt::Debug for ObjectBucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ObjectBucket")
            .field("name", &self.bucket.name)
            .finish_non_exhaustive()
    }
}

/// Refuses what cannot name a bucket.
pub fn check_bucket(name: &str) -> Result<(), BucketNameError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.is_empty() && name.chars().all(fits) {
        return Ok(());
    }
    Err(BucketNameError(name.to_owned()))
}

impl ObjectBucket {
    /// Opens a bucket, creating it if needed: with three replicas if the cluster has them, otherwise one.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use futures_util::{StreamExt, stream};
    /// use natsbridge_engine::{ConnectOptions, Connection, ObjectBucket};
    /// let connection = Connection::open(&ConnectOptions::from_urls("localhost")?).await?;
    /// let bucket = ObjectBucket::open(&connection, "files").await?;
    /// let body = stream::iter([Ok("hello ".into()), Ok("world".into())]).boxed();
    /// let facts = bucket.put("a.txt", vec![("kind".into(), "text".into())], body).await?;
    /// assert_eq!(facts.size, 11);
    /// # Ok(()) }
    /// ```
    pub async fn open(connection: &Connection, name: &str) -> Result<Self, ObjectError> {
        check_bucket(name)?;
        let context = connection.jetstream();
        let failed = |source: Cause| ObjectError::NotOpened {
            bucket: name.to_owned(),
            address: connection.server().address,
            source,
        };
        let stream = stream_name(name);
        let mut opened = context.get_stream(&stream).await.map_err(Cause::root);
        for replicas in [3, 1] {
            if opened.is_ok() {
                break;
            }
            opened = match context.create_stream(config(name, replicas)).await {
                Ok(created) => Ok(created),
                // Somebody else may just have created it.
                Err(error) => context.get_stream(&stream).await.map_err(|_| Cause::root(error)),
            };
        }
        let stream = opened.map_err(failed)?;
        let limits = connection.limits.clone();
        let bucket = Bucket {
            name: name.to_owned(),
            stream,
            context,
            chunk_bytes: limits.object_chunk.min(connection.server().max_payload),
            window: limits.object_window,
        };
        Ok(Self { bucket, limits })
    }

    /// Stores an object under a name, chunk by chunk; replaces an existing one once all of it is stored. The chunks
    /// of a failed or cancelled upload are removed.
    pub async fn put(
        &self,
        name: &str,
        metadata: Vec<(String, String)>,
        body: BoxStream<'_, std::io::Result<Bytes>>,
    ) -> Result<ObjectFacts, ObjectError> {
        let before = self.last(name).await?;
        let stored = Upload::new(&self.bucket).finish(name, metadata, body).await;
        let info = stored.map_err(self.not_stored(name))?;
        if let Some((before, _)) = before {
            // The object is replaced already; chunks that stay behind take room, no more.
            let _ = self.purge(&self.bucket.chunk_subject(&before.nuid)).await;
        }
        Ok(facts(info))
    }

    /// Creates an object without bytes if there is none, or only one that is `over`; returns whether it did. Of any
    /// number of concurrent callers, on any instance, exactly one succeeds: the broker compares.
    ///
    /// ```no_run
    /// # async fn example(bucket: natsbridge_engine::ObjectBucket) -> Result<(), natsbridge_engine::ObjectError> {
    /// let mine = bucket.create("leader", vec![("name".into(), "a".into())], |_| false).await?;
    /// # Ok(()) }
    /// ```
    pub async fn create(
        &self,
        name: &str,
        metadata: Vec<(String, String)>,
        over: impl Fn(&ObjectFacts) -> bool + Send,
    ) -> Result<bool, ObjectError> {
        let expected = match self.last(name).await? {
            None => 0,
            Some((info, sequence)) => {
                if !info.deleted && !over(&facts(info)) {
                    return Ok(false);
                }
                sequence
            }
        };
        let created = Upload::new(&self.bucket).create(name, metadata, expected).await;
        created.map_err(self.not_stored(name))
    }

    /// Facts of an object.
    pub async fn facts(&self, name: &str) -> Result<ObjectFacts, ObjectError> {
        Ok(facts(self.present(name).await?.0))
    }

    /// The object's bytes from `offset` on; a digest mismatch is an error at the end. Chunks before `offset` are read
    /// too and skipped: they are part of the digest.
    pub async fn read(
        &self,
        name: &str,
        offset: u64,
    ) -> Result<BoxStream<'static, std::io::Result<Bytes>>, ObjectError> {
        let (info, _) = self.present(name).await?;
        let subject = self.bucket.chunk_subject(&info.nuid);
        Reading::start(&self.bucket.stream, subject, &info, offset, &self.limits)
            .await
            .map_err(self.failed(name, "read"))
    }

    /// Removes an object completely. Of any number of concurrent callers exactly one succeeds, the others find
    /// nothing.
    pub async fn delete(&self, name: &str) -> Result<(), ObjectError> {
        self.delete_if(name, |_| true).await.map(drop)
    }

    /// Removes an object if its metadata is as expected, but not one that has replaced it since; returns whether it
    /// did.
    pub async fn delete_if(
        &self,
        name: &str,
        wanted: impl Fn(&ObjectFacts) -> bool + Send,
    ) -> Result<bool, ObjectError> {
        let (info, sequence) = self.present(name).await?;
        let chunks = self.bucket.chunk_subject(&info.nuid);
        if !wanted(&facts(info)) {
            return Ok(false);
        }
        let failed = self.failed(name, "removed");
        // Its metadata first: nobody should start reading what is about to be removed.
        let purge = self.bucket.stream.purge().filter(self.bucket.facts_subject(name));
        let purged = purge.sequence(sequence + 1).await;
        if purged.map_err(|error| failed(Cause::root(error)))?.purged == 0 {
            return Err(self.missing(name));
        }
        self.purge(&chunks).await.map_err(failed)?;
        Ok(true)
    }

    /// All objects, sorted by name.
    pub async fn list(&self) -> Result<Vec<ObjectFacts>, ObjectError> {
        let failed = unable(format!("the bucket {:?} cannot be listed", self.bucket.name));
        let mut objects = BTreeMap::new();
        let mut sequence = 1;
        loop {
            // One by one: listing through a consumer would wait in vain for objects removed in the meantime.
            let next = self.bucket.stream.raw_message_builder().sequence(sequence);
            match next
                .next_by_subject(format!("$O.{}.M.>", self.bucket.name))
                .send()
                .await
            {
                Ok(message) => {
                    let info: ObjectInfo = serde_json::from_slice(&message.payload)
                        .map_err(|error| failed(Cause::of(BadMetadata(error))))?;
                    sequence = message.sequence + 1;
                    objects.insert(info.name.clone(), info);
                }
                Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => break,
                Err(error) => return Err(failed(Cause::root(error))),
            }
        }
        let present = objects.into_values().filter(|info| !info.deleted);
        Ok(present.map(facts).collect())
    }

    async fn present(&self, name: &str) -> Result<(ObjectInfo, u64), ObjectError> {
        let last = self.last(name).await?;
        last.filter(|(info, _)| !info.deleted)
            .ok_or_else(|| self.missing(name))
    }

    /// The last metadata under a name and its sequence number. The stream's leader is asked: replicas may lag behind.
    async fn last(&self, name: &str) -> Result<Option<(ObjectInfo, u64)>, ObjectError> {
        if name.is_empty() {
            return Ok(None);
        }
        let failed = self.failed(name, "looked up");
        let subject = self.bucket.facts_subject(name);
        match self.bucket.stream.get_last_raw_message_by_subject(&subject).await {
            Ok(message) => {
                let info = serde_json::from_slice(&message.payload)
                    .map_err(|error| failed(Cause::of(BadMetadata(error))))?;
                Ok(Some((info, message.sequence)))
            }
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(failed(Cause::root(error))),
        }
    }

    async fn purge(&self, subject: &str) -> Result<(), Cause> {
        let purged = self.bucket.stream.purge().filter(subject).await;
        purged.map(drop).map_err(Cause::root)
    }

    fn missing(&self, name: &str) -> ObjectError {
        ObjectError::NotFound {
            name: name.to_owned(),
            bucket: self.bucket.name.clone(),
        }
    }

    fn not_stored(&self, name: &str) -> impl Fn(Cause) -> ObjectError + use<> {
        unable(format!(
            "{name:?} was not stored in the bucket {:?}",
            self.bucket.name
        ))
    }

    fn failed(&self, name: &str, done: &str) -> impl Fn(Cause) -> ObjectError + use<> {
        unable(format!(
            "{name:?} in the bucket {:?} cannot be {done}",
            self.bucket.name
        ))
    }
}

fn unable(deed: String) -> impl Fn(Cause) -> ObjectError {
    move |source| ObjectError::Failed {
        deed: deed.clone(),
        source,
    }
}

/// What an object is said to be cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("its metadata cannot be read ({0})")]
struct BadMetadata(#[source] serde_json::Error);

/// The stream behind a bucket, as object stores have it.
fn stream_name(bucket: &str) -> String {
    format!("OBJ_{bucket}")
}

fn config(bucket: &str, replicas: usize) -> Config {
    Config {
        name: stream_name(bucket),
        subjects: vec![format!("$O.{bucket}.C.>"), format!("$O.{bucket}.M.>")],
        num_replicas: replicas,
        discard: DiscardPolicy::New,
        allow_rollup: true,
        allow_direct: true,
        ..Config::default()
    }
}

fn facts(info: ObjectInfo) -> ObjectFacts {
    let mut metadata: Vec<_> = info.metadata.into_iter().collect();
    metadata.sort();
    ObjectFacts {
        name: info.name,
        size: info.size as u64,
        stored_us: info
            .modified
            .map_or(0, |at| (at.unix_timestamp_nanos() / 1000) as i64),
        metadata,
    }
}
