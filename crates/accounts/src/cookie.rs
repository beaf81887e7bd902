//! Cookies: not readable by scripts, not sent with other sites' forms. Behind HTTPS they are `Secure` and carry the `__Host-` prefix, so
//! that no neighbouring host can plant one.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use platform::config::Server;

/// Absolute lifetime of a session, in days, used or not.
pub const SESSION_DAYS: i64 = 180;

/// The cookies that accounts need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The login session.
    Session,
    /// A sign-in that still needs its second factor.
    Mfa,
    /// A sealed secret that a page shows once: recovery codes, a new token.
    Flash,
    /// The sealed state of a sign-in at an `OpenID` provider, until the callback.
    Oidc,
    /// Identifies this browser; grants no access.
    Device,
}

impl Cookie {
    const fn name(self) -> &'static str {
        match self {
            Self::Session => "legwork_session",
            Self::Mfa => "legwork_mfa",
            Self::Flash => "legwork_flash",
            Self::Oidc => "legwork_oidc",
            Self::Device => "legwork_device",
        }
    }

    /// `Max-Age`, in seconds.
    const fn max_age_seconds(self) -> i64 {
        match self {
            Self::Session => SESSION_DAYS * 86_400,
            Self::Mfa | Self::Oidc => 600,
            Self::Flash => 300,
            // The longest that browsers allow.
            Self::Device => 400 * 86_400,
        }
    }

    /// The `Set-Cookie` header that sets it.
    #[must_use]
    pub fn set(self, value: &str, server: &Server) -> (HeaderName, HeaderValue) {
        self.header(value, self.max_age_seconds(), server)
    }

    /// The `Set-Cookie` header that deletes it.
    #[must_use]
    pub fn clear(self, server: &Server) -> (HeaderName, HeaderValue) {
        self.header("", 0, server)
    }

    fn header(self, value: &str, seconds: i64, server: &Server) -> (HeaderName, HeaderValue) {
        let (prefix, secure) = if server.https() { ("__Host-", "; Secure") } else { ("", "") };
        let text = format!("{prefix}{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", self.name());
        // Values are hexadecimal digits; anything else is dropped, not sent.
        (SET_COOKIE, HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("")))
    }

    /// Its value in a request. Behind HTTPS only the prefixed one counts.
    #[must_use]
    pub fn value(self, headers: &HeaderMap, server: &Server) -> Option<String> {
        let prefix = if server.https() { "__Host-" } else { "" };
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(prefix)?.strip_prefix(self.name())?.strip_prefix('='))
            .filter(|value| !value.is_empty() && value.len() <= 4000 && value.bytes().all(|b| b.is_ascii_hexdigit()))
            .map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &'static str) -> HeaderMap {
        [(COOKIE, HeaderValue::from_static(cookie))].into_iter().collect()
    }

    #[test]
    fn behind_https_only_the_prefixed_cookie_counts() {
        let plain = Server::default();
        let https = Server { base_url: "https://legwork.example".parse().ok(), ..Server::default() };
        assert_eq!(Cookie::Session.value(&headers("a=b; legwork_session=ab12"), &plain).as_deref(), Some("ab12"));
        assert_eq!(Cookie::Session.value(&headers("legwork_session=ab12"), &https), None);
        assert_eq!(Cookie::Session.value(&headers("legwork_session=evil; __Host-legwork_session=ab12"), &https).as_deref(), Some("ab12"));
        assert_eq!(Cookie::Session.value(&headers("legwork_session=not hex"), &plain), None);
        let (_, set) = Cookie::Session.set("ab12", &https);
        let set = set.to_str().unwrap();
        for part in ["__Host-legwork_session=ab12", "Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
            assert!(set.contains(part), "{set}");
        }
        assert!(!set.contains("Domain"));
    }
}
