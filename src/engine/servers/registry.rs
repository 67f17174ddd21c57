//! The only list of file servers.

use super::contract::FileServer;
use super::error::LinkError;
use super::exchange::Http;
use super::folder::Folder;
use super::http_put::HttpPut;
use super::jetstream::JetStream;
use super::plik::Plik;
use super::upload::{Backend, Server};
use crate::connect::Secret;
use crate::connection::Connection;
use crate::objects::check_bucket;
use natsbridge_wire::Limits;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// What file servers are created from; each uses what it needs.
#[derive(Debug, Clone, Default)]
pub struct FileServerOptions {
    /// Whether the first download consumes the file, as upstream asks for (plik, jetstream).
    pub one_shot: bool,
    /// Bearer token for uploads, where the server asks for one.
    pub token: Option<Secret>,
    /// The connection to the broker that keeps the object store (jetstream).
    pub connection: Option<Connection>,
    /// The directory that somebody else serves (folder), or the bucket (jetstream).
    pub place: Option<String>,
    /// Limits in force: tries, pauses, times.
    pub limits: Limits,
}

/// Everything known about one kind of file server.
#[derive(Debug, Clone, Copy)]
pub struct FileServerSpec {
    /// Its name on the command line and in the settings.
    pub name: &'static str,
    /// What it is, as a sentence.
    pub about: &'static str,
    /// Makes it.
    pub make: fn(&FileServerOptions) -> Result<Arc<dyn FileServer>, LinkError>,
}

/// All file servers, the default first.
///
/// ```
/// use natsbridge_engine::{FileServerSpec, SendOptions, FileServerOptions};
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let row = FileServerSpec::of_name("http-put").ok_or("there is no such file server")?;
/// let options = SendOptions {
///     fileserver: Some((row.make)(&FileServerOptions::default())?),
///     fileserver_url: "http://localhost:8081/files".into(),
///     ..SendOptions::default()
/// };
/// # let _ = options;
/// # Ok(()) }
/// # example().unwrap();
/// ```
pub const FILE_SERVERS: &[FileServerSpec] = &[
    FileServerSpec {
        name: "plik",
        about: "A Plik server, or natsbridge serve.",
        make: |options| Ok(plik(options)),
    },
    FileServerSpec {
        name: "http-put",
        about: "A server that accepts files by PUT: WebDAV, nginx, a presigned URL.",
        make: |options| Ok(server(options, HttpPut(Http::new(options.token.clone())))),
    },
    FileServerSpec {
        name: "jetstream",
        about: "A bucket of the broker's object store, served by natsbridge serve --jetstream.",
        make: jetstream,
    },
    FileServerSpec {
        name: "folder",
        about: "A directory that another server serves.",
        make: folder,
    },
];

impl FileServerSpec {
    /// The file server of that name.
    pub fn of_name(name: &str) -> Option<&'static Self> {
        FILE_SERVERS.iter().find(|row| row.name == name)
    }
}

/// The default: upstream's own server.
pub(crate) fn plik(options: &FileServerOptions) -> Arc<dyn FileServer> {
    let (http, one_shot) = (Http::new(options.token.clone()), options.one_shot);
    server(options, Plik { http, one_shot })
}

fn jetstream(options: &FileServerOptions) -> Result<Arc<dyn FileServer>, LinkError> {
    let bucket = options.place.clone().ok_or_else(|| {
        LinkError::Options("the jetstream file server needs a bucket: --fileserver-place BUCKET".into())
    })?;
    check_bucket(&bucket).map_err(|why| LinkError::Options(format!("{why}: --fileserver-place BUCKET")))?;
    let backend = JetStream {
        connection: options.connection.clone(),
        bucket,
        opened: OnceCell::new(),
        one_shot: options.one_shot,
    };
    Ok(server(options, backend))
}

fn folder(options: &FileServerOptions) -> Result<Arc<dyn FileServer>, LinkError> {
    let refused = |why: &str| LinkError::Options(format!("{why}: --fileserver-place DIRECTORY"));
    let place = options.place.as_ref();
    let directory = PathBuf::from(place.ok_or_else(|| refused("the folder file server needs a directory"))?);
    if !directory.is_dir() {
        return Err(refused(&format!("{} is not a directory", directory.display())));
    }
    Ok(server(options, Folder(directory)))
}

fn server(options: &FileServerOptions, backend: impl Backend) -> Arc<dyn FileServer> {
    Arc::new(Server {
        backend,
        limits: options.limits.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_plik_is_the_default() {
        let mut names: Vec<_> = FILE_SERVERS.iter().map(|row| row.name).collect();
        assert_eq!(names[0], "plik");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FILE_SERVERS.len());
        assert!(FileServerSpec::of_name("folder").is_some() && FileServerSpec::of_name("ftp").is_none());
    }

    #[test]
    fn what_a_member_lacks_is_asked_for() {
        let made = |name: &str, place: Option<&str>| {
            let options = FileServerOptions {
                place: place.map(str::to_owned),
                ..FileServerOptions::default()
            };
            (FileServerSpec::of_name(name).unwrap().make)(&options).map(drop)
        };
        assert!(made("plik", None).is_ok() && made("http-put", None).is_ok());
        for (name, place) in [
            ("folder", None),
            ("folder", Some("/does/not/exist")),
            ("jetstream", None),
            ("jetstream", Some("a.b")),
            ("jetstream", Some("")),
        ] {
            let error = made(name, place).unwrap_err().to_string();
            assert!(error.contains("--fileserver-place"), "{error}");
        }
    }

    #[test]
    fn the_token_is_not_shown() {
        let options = FileServerOptions {
            token: Some("S3CRET".into()),
            ..FileServerOptions::default()
        };
        assert!(!format!("{options:?} {:?}", Http::new(options.token.clone())).contains("S3CRET"));
    }
}
