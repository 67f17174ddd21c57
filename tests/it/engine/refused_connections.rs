//! Rows 37 to 39: refused at the door, refused later, and certificates that are no good: each ends in a sentence that says why and
//! what to do.

use crate::support::servers::{RealServer, nats_server, nats_server_with};
use crate::support::session_stand::{connected, end, wait_for};
use crate::support::trust::{Authority, Operator, Wish, private};
use natsbridge_engine::{
    Command, ConnectOptions, Connection, ConnectionCommand, ConnectionState, Credentials, Event, SendOptions,
    Session, SessionOptions, TlsOptions,
};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, SystemTime};

fn options(server: &RealServer, credentials: Credentials) -> ConnectOptions {
    let mut options = ConnectOptions::from_urls(&server.url()).unwrap();
    options.credentials = credentials;
    options
}

fn over_tls(server: &RealServer, ca: Option<&Path>) -> ConnectOptions {
    let mut options = ConnectOptions::from_urls(&format!("tls://{}", server.address())).unwrap();
    options.tls.ca = ca.map(Path::to_owned);
    options
}

fn start(options: &ConnectOptions) -> Session {
    Session::start(SessionOptions {
        connect: options.clone(),
        subjects: vec![">".into()],
        sending: SendOptions::default(),
        digest: true,
    })
}

async fn refusal(session: &mut Session) -> String {
    wait_for(session, "the refusal", |event| match event {
        Event::Connection(ConnectionState::Refused { cause, .. }) => Some(cause.clone()),
        _ => None,
    })
    .await
}

/// What a verb is told, and that the session stops and asks with the same words.
async fn refused(options: &ConnectOptions) -> String {
    let told = Connection::open(options).await.unwrap_err().to_string();
    let mut session = start(options);
    assert_eq!(refusal(&mut session).await, told);
    end(session).await;
    told
}

/// What both are told of something that may mend itself: the session keeps trying.
async fn failed(options: &ConnectOptions) -> String {
    let told = Connection::open(options).await.unwrap_err().to_string();
    let mut session = start(options);
    let shown = wait_for(&mut session, "the cause", |event| match event {
        Event::Connection(ConnectionState::Connecting { last_error, .. }) => last_error.clone(),
        _ => None,
    })
    .await;
    assert_eq!(shown, told);
    end(session).await;
    told
}

fn holds(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word:?} is not in: {text}");
    }
    assert!(!text.contains("S3CRET"), "{text}");
}

/// Row 37.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_credentials_of_six_kinds_are_refused_with_cause_and_fix() {
    let Some(server) = nats_server_with("authorization { user: u, password: right }") else {
        return;
    };
    // 1: none at all.
    let told = refused(&options(&server, Credentials::None)).await;
    holds(
        &told,
        &[&server.address(), "requires credentials", "--creds", "--user"],
    );
    // 2: a wrong password.
    let password = Credentials::Password {
        user: "u".into(),
        password: "S3CRET".into(),
    };
    let told = refused(&options(&server, password)).await;
    holds(
        &told,
        &[
            "refused the credentials of user u",
            "check the name and the password",
        ],
    );
    // 3: a wrong token.
    let server = nats_server_with("authorization { token: right }").unwrap();
    let told = refused(&options(&server, Credentials::Token("S3CRET".into()))).await;
    holds(&told, &["refused the token", "check it"]);
    // 4: an nkey that the broker does not know.
    let (known, unknown) = (nkeys::KeyPair::new_user(), nkeys::KeyPair::new_user());
    let users = format!(
        "authorization {{ users: [ {{ nkey: {} }} ] }}",
        known.public_key()
    );
    let server = nats_server_with(&users).unwrap();
    let seed = unknown.seed().unwrap();
    let told = refused(&options(&server, Credentials::nkey(&seed))).await;
    holds(
        &told,
        &["does not know the nkey", &unknown.public_key(), "added to"],
    );
    assert!(!told.contains(&seed), "{told}");
    // 5: creds of another operator.
    let folder = tempfile::tempdir().unwrap();
    let creds = private(&folder.path().join("ann.creds"), &Operator::new().creds("ann", 0));
    let server = nats_server_with(&Operator::new().server_config()).unwrap();
    let told = refused(&options(&server, Credentials::CredsFile(creds.clone()))).await;
    holds(
        &told,
        &[
            "refused the JWT of user ann",
            &creds.display().to_string(),
            "ask for new credentials",
        ],
    );
    // 6: a client certificate whose issuer the broker does not trust, and one that it maps to nobody.
    let (ours, theirs) = (Authority::new("our authority"), Authority::new("their authority"));
    let ca = ours.ca();
    let verify = format!("ca_file: {:?}, verify_and_map: true", ca.display().to_string());
    let config = ours.issue(&Wish::default()).server_config(&verify);
    let server = nats_server_with(&format!(
        "{config}\nauthorization {{ users: [ {{ user: known }} ] }}"
    ))
    .unwrap();
    let mut connect = over_tls(&server, Some(&ca));
    let wish = Wish {
        name: "client",
        ..Wish::default()
    };
    for (authority, says) in [
        (&theirs, "rejected the client certificate"),
        (&ours, "has no user for"),
    ] {
        let pair = authority.issue(&wish);
        (connect.tls.cert, connect.tls.key) = (Some(pair.cert.clone()), Some(pair.key));
        let told = refused(&connect).await;
        holds(&told, &[says, &pair.cert.display().to_string()]);
    }
}

/// Row 38.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotated_password_stops_the_session_until_it_is_given_the_new_one() {
    let config = |password: &str| format!("authorization {{ user: u, password: {password} }}");
    let Some(server) = nats_server_with(&config("old")) else {
        return;
    };
    let with = |password: &str| {
        let user = "u".into();
        let password = password.into();
        options(&server, Credentials::Password { user, password })
    };
    let mut session = start(&with("old"));
    connected(&mut session).await;
    server.reload(&config("new"));
    let cause = refusal(&mut session).await;
    holds(&cause, &["refused the credentials of user u"]);
    // It waits for a person: asked to try again, it does so, and stops again.
    session
        .commands
        .send(Command::Connection(ConnectionCommand::Reconnect))
        .await
        .unwrap();
    refusal(&mut session).await;
    session
        .commands
        .send(Command::Connection(ConnectionCommand::Switch(Box::new(with(
            "new",
        )))))
        .await
        .unwrap();
    connected(&mut session).await;
    end(session).await;
}

/// Row 38.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_jwt_is_told_and_a_new_creds_file_is_picked_up() {
    let operator = Operator::new();
    let Some(server) = nats_server_with(&operator.server_config()) else {
        return;
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let soon = i64::try_from(now.as_secs()).unwrap() + 5;
    let folder = tempfile::tempdir().unwrap();
    let path = private(&folder.path().join("ann.creds"), &operator.creds("ann", soon));
    let mut session = start(&options(&server, Credentials::CredsFile(path.clone())));
    connected(&mut session).await;
    let cause = refusal(&mut session).await;
    holds(
        &cause,
        &[
            "JWT of user ann",
            "expired at",
            &path.display().to_string(),
            "get a new one",
        ],
    );
    private(&path, &operator.creds("ann", 0));
    session
        .commands
        .send(Command::Connection(ConnectionCommand::Reconnect))
        .await
        .unwrap();
    connected(&mut session).await;
    end(session).await;
}

/// Row 38.
/// What verbs connect with reconnects by itself, for ever; but not with credentials that are refused again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_reconnects_keeps_refused_credentials_to_itself() {
    const VISITS: usize = 10;
    let door = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = door.local_addr().unwrap();
    let broker = std::thread::spawn(move || {
        let mut shown = 0;
        for visit in 0..VISITS {
            let (mut peer, _) = door.accept().unwrap();
            let info =
                format!("INFO {{\"server_id\":\"{visit}\",\"max_payload\":1000,\"headers\":true}}\r\n");
            peer.write_all(info.as_bytes()).unwrap();
            let mut line = String::new();
            let read = BufReader::new(&peer).read_line(&mut line).unwrap_or_default();
            assert!(read == 0 || line.contains("S3CRET"), "{line}");
            shown += usize::from(read > 0);
            let answer = if visit == 0 {
                "PONG\r\n"
            } else {
                "-ERR 'Authorization Violation'\r\n"
            };
            // One that says nothing may be gone already.
            peer.write_all(answer.as_bytes()).ok();
        }
        shown
    });
    let options = ConnectOptions::from_urls(&format!("u:S3CRET@{address}")).unwrap();
    let connection = Connection::open(&options).await.unwrap();
    let shown = tokio::task::spawn_blocking(|| broker.join().unwrap())
        .await
        .unwrap();
    // Once accepted, three times refused; what is on its way when the third refusal is noticed may be one more.
    assert!((4..=6).contains(&shown), "{shown} of {VISITS} times");
    drop(connection);
}

/// Row 39.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_troubles_with_certificates_are_told_apart() {
    let (ours, theirs) = (Authority::new("our authority"), Authority::new("their authority"));
    let ca = ours.ca();
    let with = |years: (i32, i32), hosts: &'static [&'static str]| Wish {
        hosts,
        years,
        ..Wish::default()
    };
    let usual = Wish::default();
    let ours_shown = ["the broker for localhost, 127.0.0.1", "issued by our authority"];
    for (pair, words) in [
        // 1: expired.
        (
            ours.issue(&with((2000, 2001), usual.hosts)),
            vec!["expired 2001-01-01", "renewed", ours_shown[0], ours_shown[1]],
        ),
        // 2: not valid yet.
        (
            ours.issue(&with((2998, 2999), usual.hosts)),
            vec!["not valid before 2998-01-01", "clock", ours_shown[1]],
        ),
        // 3: for another host.
        (
            ours.issue(&with(usual.years, &["other.example", "10.1.2.3"])),
            vec!["not for this name but for other.example, 10.1.2.3", "--server"],
        ),
        // 4: of an authority that is not the one given.
        (
            theirs.issue(&usual),
            vec![
                "not issued by an authority in",
                "ca.pem",
                "issued by their authority",
                "--tlsca",
            ],
        ),
        // 5: self-signed.
        (
            ours.self_signed(&usual),
            vec!["self-signed", "issued by itself", "--tlsca"],
        ),
    ] {
        let Some(server) = nats_server_with(&pair.server_config("")) else {
            return;
        };
        let told = failed(&over_tls(&server, Some(&ca))).await;
        holds(&told, &[&server.address()]);
        holds(&told, &words);
    }
    // 6: no TLS there at all.
    let server = nats_server().unwrap();
    holds(
        &failed(&over_tls(&server, None)).await,
        &["does not use TLS", "nats://"],
    );
    // 7: the broker demands TLS of somebody who did not ask for it: it is used, and verified all the same.
    let pair = ours.issue(&usual);
    let server = nats_server_with(&pair.server_config("")).unwrap();
    let plain = options(&server, Credentials::None);
    holds(
        &failed(&plain).await,
        &["authority that this machine does not trust", "--tlsca"],
    );
    let mut trusting = plain;
    trusting.tls.ca = Some(ca.clone());
    assert!(Connection::open(&trusting).await.unwrap().server().tls);
    // 8: the broker asks for a client certificate and there is none.
    let verify = format!("ca_file: {:?}, verify: true", ca.display().to_string());
    let server = nats_server_with(&pair.server_config(&verify)).unwrap();
    let told = refused(&over_tls(&server, Some(&ca))).await;
    holds(
        &told,
        &["requires a client certificate", "--tlscert and --tlskey"],
    );
}

/// Row 39.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_speaks_first_is_told() {
    let ours = Authority::new("our authority");
    let pair = ours.issue(&Wish::default());
    let Some(server) = nats_server_with(&pair.server_config("handshake_first: true")) else {
        return;
    };
    let mut connect = over_tls(&server, Some(&ours.ca()));
    connect.limits.connect_time = Duration::from_millis(500);
    holds(&failed(&connect).await, &["did not answer", "--tlsfirst"]);
    connect.tls.first = true;
    connect.limits.connect_time = Duration::from_secs(20);
    assert!(Connection::open(&connect).await.unwrap().server().tls);
    let server = nats_server_with(&pair.server_config("")).unwrap();
    let mut connect = over_tls(&server, Some(&ours.ca()));
    connect.tls.first = true;
    holds(
        &failed(&connect).await,
        &["does not support TLS first", "leave out --tlsfirst"],
    );
}

/// A self-signed certificate is good where it is itself the trusted one; nothing else makes it so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_self_signed_certificate_is_trusted_when_given() {
    let ours = Authority::new("our authority");
    let pair = ours.self_signed(&Wish::default());
    let Some(server) = nats_server_with(&pair.server_config("")) else {
        return;
    };
    let mut connect = over_tls(&server, None);
    assert!(Connection::open(&connect).await.is_err());
    connect.tls = TlsOptions {
        ca: Some(pair.cert),
        ..TlsOptions::default()
    };
    assert!(Connection::open(&connect).await.unwrap().server().tls);
}
