//! Settings: defaults, then `Leptos.toml`, then the environment, then the command line. An unknown key is an error.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

/// Everything that can be set.
#[derive(Debug, Clone, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub server: Server,
    /// Where data live.
    pub storage: Storage,
    /// What an upload may be.
    pub uploads: Uploads,
}

/// Where to listen, and what to serve.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port.
    pub address: SocketAddr,
    /// The folder that `cargo xtask build` made.
    pub site: PathBuf,
    /// Whether browsers reach us by HTTPS: session cookies are then marked `Secure`.
    pub https: bool,
    /// Whether open pages reload when the server starts anew; for `cargo xtask dev`.
    pub reload: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self { address: SocketAddr::from(([127, 0, 0, 1], 4100)), site: "target/site".into(), https: false, reload: false }
    }
}

/// Where data live.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Storage {
    /// Files, and the private database where there is no `database_url`.
    pub data: PathBuf,
    /// A `PostgreSQL` that somebody else runs. Its user migrates; requests run as the role `legwork_app`.
    pub database_url: Option<String>,
    /// The folder with `postgres` and `initdb`, where they are not found by themselves.
    pub postgres_bin: Option<PathBuf>,
    /// The most connections of this process.
    pub connections: u32,
}

impl Default for Storage {
    fn default() -> Self {
        Self { data: "data".into(), database_url: None, postgres_bin: None, connections: 16 }
    }
}

/// Bounds on what is taken in. Larger is answered with a sentence.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Uploads {
    /// Bytes of one uploaded file, archives included.
    pub file_bytes: u64,
    /// Bytes of one recording, unpacked.
    pub recording_bytes: u64,
    /// Bytes that one archive may unpack to.
    pub archive_bytes: u64,
    /// Files in one import.
    pub files: usize,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { file_bytes: 1 << 30, recording_bytes: 64_000_000, archive_bytes: 4 << 30, files: 20_000 }
    }
}

impl Config {
    /// Reads settings. `file` may be absent. Environment: `LEGWORK_SERVER__ADDRESS` and so on, and plain `DATABASE_URL`.
    pub fn load(file: &Path) -> Result<Self, Box<figment::Error>> {
        Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::file(file))
            .merge(Env::prefixed("LEGWORK_").filter(|key| key.as_str().contains("__")).split("__"))
            .merge(Env::raw().only(&["DATABASE_URL"]).map(|_| "storage.database_url".into()))
            .extract()
            .map_err(Box::new)
    }
}
