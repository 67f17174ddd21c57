//! A JetStream Object Store bucket: large objects stored on the broker in chunks. Its content is readable by every
//! client that supports object stores.

use super::put::{Bucket, Upload};
use super::read::Reading;
use crate::connection::Connection;
use crate::streams::{Api, Source, StreamError, patiently};
use crate::wording::Cause;
use async_nats::jetstream::object_store::ObjectInfo;
use async_nats::jetstream::stream::{Config, DiscardPolicy};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
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
    /// It is gone, but whether this request removed it or another one is not known.
    #[error(
        "whether {name:?} was removed from the bucket {bucket:?} by this request or by another one is not known: the \
         broker did not answer in between"
    )]
    RemovedBySomebody {
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
    /// Opens a bucket, creating it if needed: with three replicas if the cluster has them, otherwise one. Whatever is done
    /// with it waits while a cluster chooses a leader.
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
        let (api, stream) = (Api::over(connection), stream_name(name));
        let not_opened = |source| ObjectError::NotOpened {
            bucket: name.to_owned(),
            address: connection.server().address,
            source,
        };
        connection.may_write().map_err(|why| not_opened(Cause::of(why)))?;
        let made = patiently!(api, make(&api, name).await);
        made.map_err(|error| not_opened(Cause::of(error)))?;
        let bucket = Bucket {
            name: name.to_owned(),
            source: Source::at_leader(&api, &stream),
            context: connection.jetstream(),
            window: connection.limits.object_window,
        };
        Ok(Self { bucket })
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
            let _ = self
                .bucket
                .purge(&self.bucket.chunk_subject(&before.nuid), None)
                .await;
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
        Ok(Reading::start(&self.bucket, &info, offset).await)
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
        // Its metadata first: nobody should start reading what is about to be removed.
        let subject = self.bucket.facts_subject(name);
        let purged = self.bucket.purge(&subject, Some(sequence + 1)).await;
        match purged.map_err(|error| self.failed(name, "removed")(Cause::of(error)))? {
            Some(0) => return Err(self.missing(name)),
            Some(_) => {}
            None => {
                return Err(ObjectError::RemovedBySomebody {
                    name: name.to_owned(),
                    bucket: self.bucket.name.clone(),
                });
            }
        }
        // Chunks that stay behind take room, no more.
        let _ = self.bucket.purge(&chunks, None).await;
        Ok(true)
    }

    /// All objects, sorted by name.
    pub async fn list(&self) -> Result<Vec<ObjectFacts>, ObjectError> {
        let failed = unable(format!("the bucket {:?} cannot be listed", self.bucket.name));
        let mut objects = BTreeMap::new();
        let mut sequence = 1;
        loop {
            // One by one: listing through a consumer would wait in vain for objects removed in the meantime.
            let subject = format!("$O.{}.M.>", self.bucket.name);
            let request = json!({"seq": sequence, "next_by_subj": subject});
            let Some((info, at)) = self.get(&request).await.map_err(&failed)? else {
                break;
            };
            sequence = at + 1;
            objects.insert(info.name.clone(), info);
        }
        let present = objects.into_values().filter(|info| !info.deleted);
        Ok(present.map(facts).collect())
    }

    async fn present(&self, name: &str) -> Result<(ObjectInfo, u64), ObjectError> {
        let last = self.last(name).await?;
        last.filter(|(info, _)| !info.deleted)
            .ok_or_else(|| self.missing(name))
    }

    /// The last metadata under a name and its sequence number.
    async fn last(&self, name: &str) -> Result<Option<(ObjectInfo, u64)>, ObjectError> {
        if name.is_empty() {
            return Ok(None);
        }
        let request = json!({"last_by_subj": self.bucket.facts_subject(name)});
        let last = self.get(&request).await;
        last.map_err(self.failed(name, "looked up"))
    }

    /// The metadata that `request` describes and its sequence number.
    async fn get(&self, request: &Value) -> Result<Option<(ObjectInfo, u64)>, Cause> {
        let source = &self.bucket.source;
        let got = patiently!(source.api, source.get(request).await);
        let Some(message) = got.map_err(Cause::of)? else {
            return Ok(None);
        };
        let info = serde_json::from_slice(&message.payload);
        let info = info.map_err(|error| Cause::of(BadMetadata(error)))?;
        Ok(Some((info, message.sequence)))
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

/// Makes the stream behind a bucket, if it is not there.
async fn make(api: &Api, bucket: &str) -> Result<(), StreamError> {
    let name = stream_name(bucket);
    let asked = format!("STREAM.INFO.{name}");
    let there = async || api.ask::<IgnoredAny>(&asked, &json!({})).await.map(drop);
    let mut made = there().await;
    for replicas in [3, 1] {
        if made.is_ok() || made.as_ref().is_err_and(StreamError::wants_a_leader) {
            break;
        }
        let config = json!(config(bucket, replicas));
        let asked = format!("STREAM.CREATE.{name}");
        made = match api.ask::<IgnoredAny>(&asked, &config).await {
            Ok(_) => Ok(()),
            // Somebody else may just have made it.
            Err(refused) => match there().await {
                Err(error) if !error.wants_a_leader() => Err(refused),
                there => there,
            },
        };
    }
    made
}

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
