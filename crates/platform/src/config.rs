//! Configuration: defaults, then `Leptos.toml`, then the environment, then the command line. An unknown key is an error.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use domain::permissions::Role;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::Url;

/// The settings, if no file is named.
pub const DEFAULT_FILE: &str = "Leptos.toml";

/// Everything that can be set.
#[derive(Debug, Clone, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub server: Server,
    /// Where data are stored.
    pub storage: Storage,
    /// Background jobs.
    pub jobs: Jobs,
    /// Limits on uploads.
    pub uploads: Uploads,
    /// Outgoing email.
    pub mail: Mail,
    /// Secrets, passwords, and trusted parties.
    pub security: Security,
    /// Rate limits.
    pub limits: Limits,
    /// Numbers for the operator.
    pub metrics: Metrics,
    /// The map under routes.
    pub map: Map,
}

/// The map under routes. Browsers ask for its tiles when somebody wants to see one; without it routes are drawn alone.
#[derive(Debug, Clone, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Map {
    /// Where its tiles are.
    pub tiles: Option<Tiles>,
    /// Whom the map is by, which stands below it: most licences ask for that.
    pub attribution: String,
}

/// The address of a map's tiles with `{z}`, `{x}` and `{y}` in it, such as `https://tiles.example/{z}/{x}/{y}.png`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tiles {
    address: String,
    origin: String,
    host: String,
}

impl Tiles {
    /// As it was set.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where they come from, as a policy for browsers names it.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whose server is asked.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl TryFrom<String> for Tiles {
    type Error = &'static str;

    fn try_from(address: String) -> Result<Self, Self::Error> {
        const LIKE: &str = "map.tiles should look like https://tiles.example/{z}/{x}/{y}.png, without a user or password: browsers see it";
        let named = ["{z}", "{x}", "{y}"].iter().all(|name| address.contains(name));
        let url = Url::parse(&address).map_err(|_| LIKE)?;
        // With a placeholder in the host, the policy would not name it.
        let host = url.host_str().filter(|host| !host.contains(['%', '{', '*'])).ok_or(LIKE)?.to_owned();
        let anonymous = url.username().is_empty() && url.password().is_none();
        if !named || !anonymous || !matches!(url.scheme(), "https" | "http") {
            return Err(LIKE);
        }
        Ok(Self { origin: url.origin().ascii_serialization(), host, address })
    }
}

impl From<Tiles> for String {
    fn from(tiles: Tiles) -> Self {
        tiles.address
    }
}

/// Where to listen, and what to serve.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port.
    pub address: SocketAddr,
    /// The folder that `cargo xtask build` made.
    pub site_root: PathBuf,
    /// The public URL, such as `https://legwork.example`: links in emails begin with it, and passkeys are bound to its
    /// host. Without it, `http://localhost` with the port of `address`. With `https`, cookies are marked `Secure` and named `__Host-`.
    pub base_url: Option<Url>,
    /// Whether open pages reload when the server restarts; for `cargo xtask dev`.
    pub live_reload: bool,
    /// Where the source code of this server is: `/source` leads there. Whoever uses a changed Legwork over a network is offered it (section 13 of the
    /// AGPL). Without it, people are told to ask the operator.
    pub source_url: Option<Url>,
    /// Seconds from the signal to stop in which everything is still served, but `/health/ready` says no: as long as a load balancer takes to notice.
    pub drain_seconds: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 4100)),
            site_root: "target/site".into(),
            base_url: None,
            live_reload: false,
            source_url: None,
            drain_seconds: 0,
        }
    }
}

impl Server {
    /// The public URL.
    #[must_use]
    pub fn public_url(&self) -> Url {
        let local = || Url::parse(&format!("http://localhost:{}", self.address.port())).ok();
        self.base_url.clone().or_else(local).unwrap_or_else(|| unreachable!("a host and a port are an address"))
    }

    /// The absolute link to one of our pages.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.public_url().as_str().trim_end_matches('/'))
    }

    /// Whether browsers reach us by HTTPS.
    #[must_use]
    pub fn https(&self) -> bool {
        self.public_url().scheme() == "https"
    }
}

/// Where data are stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Storage {
    /// Files, and the private database where there is no `database_url`.
    pub data_dir: PathBuf,
    /// An external `PostgreSQL`. Its user owns the database, migrates, and runs the job queue; requests use a separate
    /// login, which that user creates.
    pub database_url: Option<String>,
    /// How requests connect, if not to the host of `database_url` with a login that Legwork creates: through a pooler, or with the
    /// operator's own login that is a member of `legwork_app` and of nothing else.
    pub app_url: Option<String>,
    /// Whether a connection keeps its prepared statements. Off behind a pooler that gives each transaction another connection and does not know
    /// prepared statements, such as `PgBouncer` before 1.21 in transaction mode.
    pub prepared_statements: bool,
    /// The folder with `postgres` and `initdb`, if they are not found automatically.
    pub postgres_bin: Option<PathBuf>,
    /// Maximum database connections of this process.
    pub max_connections: u32,
}

impl Default for Storage {
    fn default() -> Self {
        Self { data_dir: "data".into(), database_url: None, app_url: None, prepared_statements: true, postgres_bin: None, max_connections: 16 }
    }
}

/// Background jobs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Jobs {
    /// Whether the server runs them, too. Off where `legwork worker` does.
    pub embedded: bool,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { embedded: true }
    }
}

/// Limits on uploads. Anything larger is refused with an explanation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Uploads {
    /// Bytes of one uploaded file, archives included. An export of a phone has three billion; whatever the size, it goes to the disk and is read as a stream.
    pub max_file_bytes: u64,
    /// Bytes of one recording, unpacked.
    pub max_recording_bytes: u64,
    /// Bytes that one archive may unpack to.
    pub max_archive_bytes: u64,
    /// Files in one import.
    pub max_files_per_import: usize,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { max_file_bytes: 4 << 30, max_recording_bytes: 64_000_000, max_archive_bytes: 4 << 30, max_files_per_import: 20_000 }
    }
}

/// Outgoing email.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// The sender.
    pub from: String,
    /// `smtps://user:password@host`, or `smtp://…?tls=required`. Without it emails are written to files under `data/mail`.
    pub smtp_url: Option<String>,
}

impl Default for Mail {
    fn default() -> Self {
        Self { from: "Legwork <legwork@localhost>".into(), smtp_url: None }
    }
}

/// Secrets, passwords, and trusted parties.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Security {
    /// Whether others rely on this server.
    pub environment: Environment,
    /// The key ring, `name:64 hexadecimal digits`, the current key first, separated by commas. Without it, the file `data/keys`,
    /// created when it is first needed.
    pub encryption_keys: Option<String>,
    /// Memory for hashing one password, in KiB. The defaults are OWASP's first recommendation for argon2id.
    pub argon2_memory_kib: u32,
    /// Passes over that memory.
    pub argon2_iterations: u32,
    /// Its degree of parallelism (lanes).
    pub argon2_parallelism: u32,
    /// A list of breached passwords in the format of the Pwned Passwords download: `SHA-1:count` per line, sorted.
    pub pwned_passwords_file: Option<PathBuf>,
    /// Roles whose special permissions need a second factor.
    pub mfa_required_roles: Vec<Role>,
    /// `OpenID` Connect providers that users may sign in with.
    pub oidc_providers: Vec<Provider>,
    /// Proxies whose report of the client's address is trusted, as networks.
    pub trusted_proxies: Vec<IpNet>,
    /// A geolocation database in `MaxMind` format, such as `GeoLite2` City or DB-IP City Lite: sessions then show where they were opened.
    pub geoip_database: Option<PathBuf>,
}

impl Default for Security {
    fn default() -> Self {
        Self {
            environment: Environment::Development,
            encryption_keys: None,
            argon2_memory_kib: 19_456,
            argon2_iterations: 2,
            argon2_parallelism: 1,
            pwned_passwords_file: None,
            mfa_required_roles: vec![Role::BusinessOwner, Role::Employee, Role::Admin, Role::Owner],
            oidc_providers: Vec::new(),
            trusted_proxies: Vec::new(),
            geoip_database: None,
        }
    }
}

/// What a server is used for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Trying it out.
    #[default]
    Development,
    /// Others rely on it: the server refuses to start with settings that are only fit for trying out.
    Production,
}

impl Security {
    /// Whether others rely on it.
    #[must_use]
    pub fn is_production(&self) -> bool {
        self.environment == Environment::Production
    }
}

/// An `OpenID` Connect provider. Its redirect address here is `/auth/{id}/callback`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// In URLs, such as `google`.
    pub id: String,
    /// On buttons, such as `Google`.
    pub name: String,
    /// Such as `https://accounts.google.com` or `https://appleid.apple.com`.
    pub issuer: String,
    /// As issued by the provider.
    pub client_id: String,
    /// As issued by the provider; Apple has a key instead.
    #[serde(default)]
    pub client_secret: String,
    /// The key that signs the secret, for Apple.
    #[serde(default)]
    pub apple: Option<AppleKey>,
    /// The scopes that are requested besides `openid`. Apple knows `email` and `name`.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// Whether the provider insists on posting its answer, as Apple does.
    #[serde(default)]
    pub form_post: bool,
}

fn scopes() -> Vec<String> {
    vec!["email".into(), "profile".into()]
}

/// What Apple issues in place of a secret: we sign a new one each time.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppleKey {
    /// The developer team's identifier.
    pub team_id: String,
    /// The key's identifier.
    pub key_id: String,
    /// The file `AuthKey_….p8`.
    pub key_file: PathBuf,
}

/// Rate limits: for each IP address, each account, and each organisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Pages, forms and the API.
    pub general_per_minute: NonZeroU32,
    /// Uploads: a folder of years is thousands.
    pub uploads_per_minute: NonZeroU32,
    /// Requests to run discovery again.
    pub discovery_per_hour: NonZeroU32,
    /// The admin's pages.
    pub admin_per_minute: NonZeroU32,
    /// Attempts at a password or a code, and everything that sends an email.
    pub auth_per_minute: NonZeroU32,
    /// Attempts at one account from browsers that it was never opened in, wherever they come from; and emails to one address.
    pub login_attempts_per_account_per_hour: NonZeroU32,
    /// The limit of an organisation in each class, as a multiple of an account's.
    pub organisation_multiplier: NonZeroU32,
    /// Seconds that a client may take to send a request or to read a response; each KiB transferred extends it by a second. An idle connection is
    /// closed after the same time, and a page must begin within it.
    pub request_read_timeout_seconds: u64,
    /// Maximum connections in total; fewer if the system allows the process few open files.
    pub max_connections: NonZeroU32,
    /// Maximum connections per address, except this machine's and those of trusted proxies, which carry all clients.
    pub max_connections_per_address: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        let n = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        Self {
            general_per_minute: n(100),
            uploads_per_minute: n(3000),
            discovery_per_hour: n(10),
            admin_per_minute: n(50),
            auth_per_minute: n(10),
            login_attempts_per_account_per_hour: n(20),
            organisation_multiplier: n(50),
            request_read_timeout_seconds: 30,
            max_connections: n(4096),
            max_connections_per_address: n(256),
        }
    }
}

/// Numbers for the operator, in the format of Prometheus.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// Where they are served, without authentication: an address that only the operator's network reaches. Without it they are not collected.
    pub address: Option<SocketAddr>,
}

impl Config {
    /// Loads the configuration. A file that was named must be there; without one it is `Leptos.toml`, which may be absent. Environment:
    /// `LEGWORK_SERVER__ADDRESS` and so on, and plain `DATABASE_URL`.
    pub fn load(file: Option<&Path>) -> Result<Self, Box<figment::Error>> {
        let file = match file {
            Some(file) if file.is_file() => std::path::absolute(file).unwrap_or_else(|_| file.to_owned()),
            Some(file) => return Err(Box::new(format!("there is no file {}", file.display()).into())),
            None => DEFAULT_FILE.into(),
        };
        let given = Figment::new()
            .merge(Toml::file(file))
            .merge(Env::prefixed("LEGWORK_").filter(|key| key.as_str().contains("__")).split("__"))
            .merge(Env::raw().only(&["DATABASE_URL"]).map(|_| "storage.database_url".into()));
        Self::from_given(given)
    }

    fn from_given(given: Figment) -> Result<Self, Box<figment::Error>> {
        if let Some((old, new)) = RENAMED.iter().find(|(old, _)| given.find_value(old).is_ok()) {
            return Err(Box::new(format!("`{old}` is now called `{new}`").into()));
        }
        Figment::from(Serialized::defaults(Self::default())).merge(given).extract().map_err(Box::new)
    }
}

/// Keys that were renamed. A server that started and ignored one would surprise its operator, so each is refused with its new name.
const RENAMED: [(&str, &str); 22] = [
    ("server.site", "server.site_root"),
    ("server.url", "server.base_url"),
    ("server.reload", "server.live_reload"),
    ("storage.data", "storage.data_dir"),
    ("storage.connections", "storage.max_connections"),
    ("uploads.file_bytes", "uploads.max_file_bytes"),
    ("uploads.recording_bytes", "uploads.max_recording_bytes"),
    ("uploads.archive_bytes", "uploads.max_archive_bytes"),
    ("uploads.files", "uploads.max_files_per_import"),
    ("mail.smtp", "mail.smtp_url"),
    ("security.production", "security.environment = \"production\""),
    ("security.keys", "security.encryption_keys"),
    ("security.argon2_passes", "security.argon2_iterations"),
    ("security.argon2_lanes", "security.argon2_parallelism"),
    ("security.breached_passwords", "security.pwned_passwords_file"),
    ("security.second_factor_for", "security.mfa_required_roles"),
    ("security.providers", "security.oidc_providers"),
    ("security.places", "security.geoip_database"),
    ("limits.tries_per_hour", "limits.login_attempts_per_account_per_hour"),
    ("limits.sign_in_per_minute", "limits.auth_per_minute"),
    ("limits.organisation_accounts", "limits.organisation_multiplier"),
    ("limits.request_seconds", "limits.request_read_timeout_seconds"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settings_file_that_was_named_must_be_there() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("legwork.toml");
        let refused = Config::load(Some(&file)).expect_err("a misspelt path").to_string();
        assert!(refused.contains(&file.display().to_string()), "{refused}");
        std::fs::write(&file, "[storage]\nmax_connections = 7").expect("written");
        assert_eq!(Config::load(Some(&file)).expect("settings").storage.max_connections, 7);
    }

    #[test]
    fn tiles_of_a_map_come_from_one_place() {
        let of = |tiles: &str| Tiles::try_from(tiles.to_owned());
        let tiles = of("https://tiles.example:8443/{z}/{x}/{y}.png?key=a").expect("tiles");
        assert_eq!((tiles.origin(), tiles.host()), ("https://tiles.example:8443", "tiles.example"));
        for wrong in [
            "https://{x}.example/{z}/{x}/{y}.png",
            "https://tiles.example/{z}/{x}.png",
            "/{z}/{x}/{y}",
            "data:{z}{x}{y}",
            "https://*/{z}/{x}/{y}",
            "https://user:pass@tiles.example/{z}/{x}/{y}",
        ] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
        let given = Toml::string("[map]\ntiles = \"https://user:pass@tiles.example/{z}/{x}/{y}\"");
        let refused = Config::from_given(Figment::from(given)).expect_err("a login").to_string();
        assert!(refused.contains("map.tiles should look like") && !refused.contains("pass@"), "{refused}");
    }

    #[test]
    fn a_key_that_was_renamed_is_refused_with_its_new_name() {
        for (old, new) in RENAMED {
            let (section, key) = old.split_once('.').expect("a section");
            let given = Figment::from(Toml::string(&format!("[{section}]\n{key} = \"x\"")));
            let refused = Config::from_given(given).expect_err(old).to_string();
            assert!(refused.contains(old) && refused.contains(new), "{refused}");
            let (section, key) = new.split_once(" = ").map_or(new, |(key, _)| key).split_once('.').expect("a section");
            let known = serde_json::to_value(Config::default()).expect("JSON");
            assert!(known[section].get(key).is_some(), "{new}");
        }
        let given = Toml::string("[security]\nenvironment = \"production\"");
        assert!(Config::from_given(Figment::from(given)).expect("settings").security.is_production());
    }
}
