//! The two JSON texts of the handshake: INFO, which we send, and CONNECT, which the client answers.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The protocol level we implement, which clients check for features.
const COMPATIBLE_VERSION: &str = "2.10.0";

/// What the server says of itself.
#[derive(Debug, Clone, Serialize)]
pub struct Info {
    server_id: String,
    server_name: &'static str,
    version: &'static str,
    proto: u8,
    host: IpAddr,
    port: u16,
    headers: bool,
    max_payload: usize,
    client_id: u64,
    client_ip: Option<IpAddr>,
}

impl Info {
    /// INFO of a server that listens there; the client's own fields are filled in by [`Self::line`].
    pub fn new(id: Uuid, address: SocketAddr, max_payload: usize) -> Self {
        Self {
            server_id: format!("N{:X}", id.simple()),
            server_name: "natsbridge",
            version: COMPATIBLE_VERSION,
            proto: 1,
            host: address.ip(),
            port: address.port(),
            headers: true,
            max_payload,
            client_id: 0,
            client_ip: None,
        }
    }

    /// The line that greets one client.
    pub fn line(&self, client_id: u64, client_ip: IpAddr) -> String {
        let own = Self {
            client_id,
            client_ip: Some(client_ip),
            ..self.clone()
        };
        let json = serde_json::to_string(&own).unwrap_or_default();
        format!("INFO {json} \r\n")
    }
}

/// What a client asks for; a field that it leaves out keeps the reference server's default.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "the field names of the protocol")]
pub struct Connect {
    /// Every operation is answered with `+OK`.
    pub verbose: bool,
    /// Its own messages come back to it.
    pub echo: bool,
    /// It understands `HMSG`.
    pub headers: bool,
    /// It wants a 503 when a request reaches nobody.
    pub no_responders: bool,
    /// What it calls itself.
    pub name: Option<String>,
}

impl Default for Connect {
    fn default() -> Self {
        Self {
            verbose: true,
            echo: true,
            headers: false,
            no_responders: false,
            name: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn info_is_one_line_of_json() {
        let info = Info::new(Uuid::nil(), ([127, 0, 0, 1], 4222).into(), 1 << 20);
        let line = info.line(7, [10, 0, 0, 9].into());
        let json = line
            .strip_prefix("INFO ")
            .and_then(|rest| rest.strip_suffix(" \r\n"))
            .unwrap();
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(
            (value["client_id"].as_u64(), value["max_payload"].as_u64()),
            (Some(7), Some(1 << 20))
        );
        assert_eq!(
            (&value["headers"], &value["client_ip"]),
            (&true.into(), &"10.0.0.9".into())
        );
    }

    #[test]
    fn connect_keeps_defaults_and_ignores_the_rest() {
        let connect: Connect = serde_json::from_str(r#"{"verbose":false,"lang":"x","echo":false}"#).unwrap();
        assert!(!connect.verbose && !connect.echo && !connect.headers);
        assert!(serde_json::from_str::<Connect>(r#"{"verbose":"yes"}"#).is_err());
    }
}
