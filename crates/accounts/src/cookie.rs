//! The session cookie: not readable by scripts, not sent by other sites' forms.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

const NAME: &str = "legwork_session";

/// How long a session lasts, used or not.
pub const SESSION_DAYS: i64 = 180;

/// The `Set-Cookie` value that opens a session.
#[must_use]
pub fn session_cookie(token: &str, https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{NAME}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}", SESSION_DAYS * 86_400)
}

/// The `Set-Cookie` value that forgets it.
#[must_use]
pub fn clear_cookie() -> String {
    format!("{NAME}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// The session token of a request.
#[must_use]
pub fn token_in(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))
        .filter(|t| t.len() == 64)
}
