//! `smartreceive` with links: the fetcher that is there by default, and handlers of the library's user.

use crate::support::link_server::LinkServer;
use natsbridge_engine::{LinkError, Progress, ReceiveOptions, Received, smartreceive};
use natsbridge_wire::{Blob, Code, Kind, Value};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// An envelope with these links, each a text of five bytes.
fn envelope(links: &[(&str, &str)]) -> bytes::Bytes {
    let payloads = links.iter().map(|(name, url)| {
        serde_json::json!({"id": name, "dataname": name, "payload_type": "text", "transport": "link",
                           "encoding": "none", "size": 5, "data": url})
    });
    let payloads: serde_json::Value = payloads.collect();
    serde_json::json!({"correlation_id": "c-1", "msg_id": "m", "msg_purpose": "chat", "payloads": payloads})
        .to_string()
        .into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_are_fetched_by_default() {
    let server = LinkServer::with(&[("/a", "200 OK", "hello"), ("/b", "200 OK", "world!")]);
    let (a, b) = (server.url("/a"), server.url("/b"));
    let message = envelope(&[("a", &a), ("b", &b), ("again", &a)]);
    let Received {
        payloads: received,
        findings,
        ..
    } = smartreceive(&message, &ReceiveOptions::default()).await.unwrap();
    let texts: Vec<_> = received
        .iter()
        .map(|payload| match &payload.data {
            Value::Text(text) => (payload.dataname.as_str(), &**text, payload.kind),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        texts,
        [
            ("a", "hello", Kind::Text),
            ("b", "world!", Kind::Text),
            ("again", "hello", Kind::Text)
        ]
    );
    assert_eq!(server.accepted(), 2, "one link is fetched once");
    let sizes = findings
        .iter()
        .filter(|finding| finding.code == Code::SizeMismatch);
    assert_eq!(
        sizes.map(|finding| &*finding.path).collect::<Vec<_>>(),
        ["payloads[1].size"]
    );
    assert!(
        findings
            .iter()
            .all(|finding| finding.code != Code::LinkNotFetched)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn downloads_count_how_far_they_are() {
    let server = LinkServer::with(&[("/a", "200 OK", "hello"), ("/b", "200 OK", "world")]);
    let (a, b) = (server.url("/a"), server.url("/b"));
    let counted: Arc<Mutex<Vec<(String, Progress)>>> = Arc::default();
    let counting = Arc::clone(&counted);
    let options = ReceiveOptions {
        progress: Arc::new(move |url| {
            let progress = Progress::default();
            counting.lock().unwrap().push((url.to_owned(), progress.clone()));
            progress
        }),
        ..ReceiveOptions::default()
    };
    smartreceive(&envelope(&[("a", &a), ("b", &b)]), &options)
        .await
        .unwrap();
    let mut counted = counted.lock().unwrap().clone();
    counted.sort_by(|one, other| one.0.cmp(&other.0));
    let counted: Vec<_> = counted
        .iter()
        .map(|(url, progress)| (url.as_str(), progress.done(), progress.total()))
        .collect();
    assert_eq!(counted, [(a.as_str(), 5, Some(5)), (b.as_str(), 5, Some(5))]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_fetched_names_payload_link_and_cause() {
    let server = LinkServer::with(&[]);
    let link = format!("http://u:S3CRET@127.0.0.1:{}/gone", server.port);
    let error = smartreceive(&envelope(&[("report", &link)]), &ReceiveOptions::default()).await;
    let error = error.unwrap_err().to_string();
    for part in ["'report'", &server.url("/gone"), "404", "send it again"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert!(!error.contains("S3CRET"), "{error}");
    let options = ReceiveOptions {
        fetcher: None,
        ..ReceiveOptions::default()
    };
    let error = smartreceive(&envelope(&[("report", &link)]), &options)
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("there is no download handler"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_with_the_documents_arguments_is_a_handler() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    let handler =
        move |url: String, max_retries: u32, base_delay: Duration, max_delay: Duration, id: String| {
            seen.lock()
                .unwrap()
                .push((url.clone(), max_retries, base_delay, max_delay, id));
            async move {
                match url.as_str() {
                    "shelf://a" | "http://shelf/a" => Ok(Blob::from("hello")),
                    _ => Err(LinkError::handler(format!("{url} is not on the shelf"))),
                }
            }
        };
    let options = ReceiveOptions {
        fetcher: Some(Arc::new(handler)),
        max_retries: 3,
        ..ReceiveOptions::default()
    };
    let received = smartreceive(&envelope(&[("a", "http://shelf/a")]), &options)
        .await
        .unwrap();
    assert!(matches!(&received.payloads[0].data, Value::Text(text) if &**text == "hello"));
    let times = (Duration::from_millis(100), Duration::from_secs(5));
    assert_eq!(
        calls.lock().unwrap().as_slice(),
        [("http://shelf/a".to_owned(), 3, times.0, times.1, "c-1".to_owned())]
    );
    let error = smartreceive(&envelope(&[("b", "http://shelf/b")]), &options)
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("'b'") && error.to_string().contains("not on the shelf"),
        "{error}"
    );
}
