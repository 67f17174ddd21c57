//! A JetStream Object Store bucket: large bytes kept by the broker, put and read in chunks. What lies in it can be read
//! by every client that knows object stores.

use super::object_put::{Upload, chunk_subject, facts_subject};
use super::object_read::Reading;
use crate::engine::causes::root;
use crate::engine::connection::Connection;
use crate::wire::Limits;
use async_nats::jetstream::Context;
use async_nats::jetstream::object_store::{InfoErrorKind, ObjectInfo, ObjectStore};
use async_nats::jetstream::stream::{Config, DiscardPolicy, Stream};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use std::error::Error;
use tokio::time::timeout;

/// What is known of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectFacts {
    /// Name in the bucket.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// When it was stored, microseconds since the Unix epoch.
    pub stored_us: i64,
    /// Facts of our own kept with it, sorted by name.
    pub metadata: Vec<(String, String)>,
}

/// Why the bucket did not do what it was asked for, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentences say it")]
pub enum ObjectError {
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Failed(String),
}

/// A bucket; clones share the connection.
#[derive(Clone)]
pub struct ObjectBucket {
    name: String,
    objects: ObjectStore,
    chunks: Stream,
    context: Context,
    chunk_bytes: usize,
    limits: Limits,
}

impl std::fmt::Debug for ObjectBucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ObjectBucket")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Refuses what cannot name a bucket.
pub fn check_bucket(name: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.is_empty() && name.chars().all(fits) {
        return Ok(());
    }
    Err(format!(
        "{name:?} names no bucket: a name of letters, digits, - and _ is needed"
    ))
}

impl ObjectBucket {
    /// Opens a bucket, making it if it is not there: three replicas where the cluster gives them, else one.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use futures_util::{StreamExt, stream};
    /// use natsbridge::engine::{ConnectOptions, Connection, ObjectBucket};
    /// let connection = Connection::open(&ConnectOptions::from_urls("localhost")?).await?;
    /// let bucket = ObjectBucket::open(&connection, "files").await?;
    /// let body = stream::iter([Ok("hello ".into()), Ok("world".into())]).boxed();
    /// let facts = bucket.put("a.txt", vec![("kind".into(), "text".into())], body).await?;
    /// assert_eq!(facts.size, 11);
    /// # Ok(()) }
    /// ```
    pub async fn open(connection: &Connection, name: &str) -> Result<Self, ObjectError> {
        check_bucket(name).map_err(ObjectError::Failed)?;
        let context = connection.jetstream();
        let failed = |error: &(dyn Error + 'static)| {
            ObjectError::Failed(format!(
                "the bucket {name:?} cannot be opened at {}: {}; a broker with JetStream is needed (nats-server -js), \
                 and an account that may use it",
                connection.server().address,
                root(error)
            ))
        };
        let mut opened = context.get_object_store(name).await;
        if opened.is_err() {
            for replicas in [3, 1] {
                let made = context.create_stream(config(name, replicas)).await;
                opened = context.get_object_store(name).await;
                match (&opened, made) {
                    (Ok(_), _) => break,
                    (Err(_), Err(error)) if replicas == 1 => return Err(failed(&error)),
                    _ => {}
                }
            }
        }
        let objects = opened.map_err(|error| failed(&error))?;
        let chunks = context
            .get_stream(stream_name(name))
            .await
            .map_err(|error| failed(&error))?;
        let limits = connection.limits().clone();
        Ok(Self {
            name: name.to_owned(),
            objects,
            chunks,
            context,
            chunk_bytes: limits.object_chunk.min(connection.server().max_payload),
            limits,
        })
    }

    /// Stores an object under a name, chunk by chunk; replaces one of that name once all of it is stored. What was
    /// stored of one that fails, or is given up, is removed again.
    pub async fn put(
        &self,
        name: &str,
        metadata: Vec<(String, String)>,
        body: BoxStream<'_, std::io::Result<Bytes>>,
    ) -> Result<ObjectFacts, ObjectError> {
        let before = match self.info(name).await {
            Ok(info) => Some(info),
            Err(ObjectError::NotFound(_)) => None,
            Err(failed) => return Err(failed),
        };
        let upload = Upload::new(
            &self.chunks,
            &self.context,
            &self.name,
            self.chunk_bytes,
            self.limits.object_window,
        );
        let info = upload.finish(name, metadata, body).await.map_err(|why| {
            ObjectError::Failed(format!(
                "{name:?} is not stored in the bucket {:?}: {why}",
                self.name
            ))
        })?;
        if let Some(before) = before {
            // The object is replaced already; chunks that stay behind take room, no more.
            let _ = self.purge(&chunk_subject(&self.name, &before.nuid)).await;
        }
        Ok(facts(info))
    }

    /// Facts of an object.
    pub async fn facts(&self, name: &str) -> Result<ObjectFacts, ObjectError> {
        self.info(name).await.map(facts)
    }

    /// The object's bytes from `offset` on; a digest that does not fit is an error at the end. Chunks before `offset`
    /// are read too and skipped: they belong to the digest.
    pub async fn read(
        &self,
        name: &str,
        offset: u64,
    ) -> Result<BoxStream<'static, std::io::Result<Bytes>>, ObjectError> {
        let info = self.info(name).await?;
        let subject = chunk_subject(&self.name, &info.nuid);
        Reading::start(&self.chunks, subject, &info, offset, &self.limits)
            .await
            .map_err(|why| self.failed(name, "read", &why))
    }

    /// Removes an object and every trace of it.
    pub async fn delete(&self, name: &str) -> Result<(), ObjectError> {
        let info = self.info(name).await?;
        // Its facts first: nobody is to begin reading what is about to go.
        for subject in [
            facts_subject(&self.name, name),
            chunk_subject(&self.name, &info.nuid),
        ] {
            self.purge(&subject)
                .await
                .map_err(|why| self.failed(name, "removed", &why))?;
        }
        Ok(())
    }

    /// All objects, sorted by name.
    pub async fn list(&self) -> Result<Vec<ObjectFacts>, ObjectError> {
        let failed =
            |why: &str| ObjectError::Failed(format!("the bucket {:?} cannot be listed: {why}", self.name));
        let mut listed = self.objects.list().await.map_err(|error| failed(&root(&error)))?;
        let mut objects = Vec::new();
        loop {
            match timeout(self.limits.object_silence, listed.next()).await {
                Ok(Some(Ok(info))) => objects.push(facts(info)),
                Ok(None) => break,
                Ok(Some(Err(error))) => return Err(failed(&root(&error))),
                Err(_) => return Err(failed("the broker fell silent")),
            }
        }
        objects.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(objects)
    }

    async fn info(&self, name: &str) -> Result<ObjectInfo, ObjectError> {
        let missing = || {
            ObjectError::NotFound(format!(
                "there is no object {name:?} in the bucket {:?}",
                self.name
            ))
        };
        match self.objects.info(name).await {
            Ok(info) if info.deleted => Err(missing()),
            Ok(info) => Ok(info),
            Err(error) if matches!(error.kind(), InfoErrorKind::NotFound | InfoErrorKind::InvalidName) => {
                Err(missing())
            }
            Err(error) => Err(self.failed(name, "looked up", &root(&error))),
        }
    }

    async fn purge(&self, subject: &str) -> Result<(), String> {
        let purged = self.chunks.purge().filter(subject).await;
        purged.map(drop).map_err(|error| root(&error))
    }

    fn failed(&self, name: &str, deed: &str, why: &str) -> ObjectError {
        ObjectError::Failed(format!(
            "{name:?} in the bucket {:?} cannot be {deed}: {why}",
            self.name
        ))
    }
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
