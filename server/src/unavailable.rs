//! While the database is away: a page that keeps the form that was posted, and sends it again by itself where twice is as good as once.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, State};
use axum::http::{HeaderValue, Method, Request, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use html_escape::encode_double_quoted_attribute as escaped;
use platform::Platform;
use platform::error::Unavailable;

/// The largest form that is kept, in bytes; no page of ours has one that comes near.
const MAX_BODY_BYTES: usize = 256 << 10;

/// What a page may hold of a form, and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// All of it, and it is sent again by itself: whatever became of the first one, a second one changes nothing more.
    Repeated,
    /// All of it. Whether the first one arrived is not known, and a second one would do something again: that is its sender's to decide.
    Whole,
    /// All but these fields, with what they are called: a secret is not written into a page, but asked for again.
    But(&'static [(&'static str, &'static str)]),
    /// Nothing: it is all secrets, or nobody has said what it is.
    Nothing,
}

/// What is kept of which form. One that is not here is not kept, unless it has no fields.
pub(crate) const KEPT: [(&str, Kept); 37] = [
    ("/settings/theme", Kept::Repeated),
    ("/settings/profile", Kept::Repeated),
    ("/settings/sharing", Kept::Repeated),
    ("/journal/{day}", Kept::Repeated),
    ("/activities/{id}/change", Kept::Repeated),
    ("/activities/{id}/crop", Kept::Repeated),
    ("/activities/{id}/start", Kept::Repeated),
    ("/performance/values", Kept::Repeated),
    ("/organisations/{id}/rename", Kept::Repeated),
    ("/forgot", Kept::Whole),
    ("/settings/email", Kept::Whole),
    ("/settings/tokens", Kept::Whole),
    ("/settings/identities/unlink", Kept::Whole),
    ("/settings/zones", Kept::Whole),
    ("/settings/privacy/delete", Kept::Whole),
    ("/organisations", Kept::Whole),
    ("/organisations/{id}/invite", Kept::Whole),
    ("/organisations/{id}/members/{member}/role", Kept::Whole),
    ("/admin/people/{id}/role", Kept::Whole),
    ("/journal/import/store", Kept::Whole),
    ("/activities/new", Kept::Whole),
    ("/activities/{id}/split", Kept::Whole),
    ("/activities/{id}/merge", Kept::Whole),
    ("/register", Kept::But(&[("password", "Password")])),
    ("/sign-in", Kept::But(&[("password", "Password")])),
    ("/sign-in/second", Kept::Nothing),
    ("/sign-in/with/{provider}/back", Kept::Nothing),
    ("/reset", Kept::Nothing),
    ("/confirm", Kept::Nothing),
    ("/confirm-address", Kept::Nothing),
    ("/prove", Kept::Nothing),
    ("/settings/password", Kept::Nothing),
    ("/settings/authenticator/confirm", Kept::Nothing),
    ("/join", Kept::Nothing),
    // JSON, which is never kept; here because they take what opens an account, should they become forms.
    ("/v1/tokens", Kept::Nothing),
    ("/v1/tokens/refresh", Kept::Nothing),
    ("/sign-in/passkey", Kept::Nothing),
];

/// Keeps what was posted until it is clear that it arrived.
pub(crate) async fn database_unavailable(State(platform): State<Platform>, request: Request<Body>, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    if parts.method == Method::GET {
        let response = next.run(Request::from_parts(parts, body)).await;
        return if is_away(&response) { unavailable_page(&platform, response, waiting_to_read) } else { response };
    }
    let path = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let length = parts.headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if !kind.starts_with("application/x-www-form-urlencoded") || length.is_none_or(|n| n > MAX_BODY_BYTES) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let Ok(typed) = to_bytes(body, MAX_BODY_BYTES).await else {
        return (axum::http::StatusCode::BAD_REQUEST, "The form did not arrive whole. Send it again.").into_response();
    };
    let response = next.run(Request::from_parts(parts, Body::from(typed.clone()))).await;
    if !is_away(&response) {
        return response;
    }
    let kept = KEPT.iter().find(|(of, _)| *of == path).map_or(if typed.is_empty() { Kept::Whole } else { Kept::Nothing }, |(_, kept)| *kept);
    unavailable_page(&platform, response, |nonce| waiting_to_send(&target, &typed, kept, nonce))
}

fn is_away(response: &Response) -> bool {
    response.extensions().get::<Unavailable>().is_some()
}

fn waiting_to_read(nonce: &str) -> String {
    format!(
        "<script nonce=\"{nonce}\">again(() => location.reload());</script>\
         <noscript><meta http-equiv=\"refresh\" content=\"3\"></noscript>\
         <p>This page tries again by itself every few seconds. <a href=\"\">Try again</a></p>"
    )
}

/// The form with what was typed, as far as it is kept.
fn waiting_to_send(target: &str, typed: &Bytes, kept: Kept, nonce: &str) -> String {
    use std::fmt::Write;
    let asked = match kept {
        Kept::Nothing => {
            return "<p>What you sent opens an account, so this page does not keep it. Go back, and send it again in a moment.</p>".to_owned();
        }
        Kept::But(asked) => asked,
        Kept::Repeated | Kept::Whole => &[],
    };
    let (mut fields, mut again) = (String::new(), String::new());
    for (name, value) in url::form_urlencoded::parse(typed) {
        let field = escaped(&name);
        let _ = match asked.iter().find(|(secret, _)| *secret == name) {
            Some((_, label)) => write!(fields, "<p><label>{label}, once more <input type=\"password\" name=\"{field}\" required></label></p>"),
            None => write!(fields, "<input type=\"hidden\" name=\"{field}\" value=\"{}\">", escaped(&value)),
        };
    }
    let mut words = "What you typed is kept on this page.";
    if kept == Kept::Repeated {
        words = "What you typed is kept on this page, which sends it again by itself every few seconds.";
        again = format!("<script nonce=\"{nonce}\">again(() => HTMLFormElement.prototype.submit.call(document.forms[0]));</script>");
    } else if kept == Kept::Whole {
        words = "What you sent is kept on this page. It may have arrived before the break: if so, a second one may do it twice. Look first, then send it again.";
    }
    let target = escaped(target);
    format!("<p>{words}</p><form method=\"post\" action=\"{target}\">{fields}<button>Send again</button></form>{again}")
}

/// A page that needs nothing but itself.
fn unavailable_page(platform: &Platform, response: Response, body: impl FnOnce(&str) -> String) -> Response {
    let nonce = platform::hex(&platform.ids.bytes::<16>());
    let page = PAGE.replace("NONCE", &nonce).replacen("BODY", &body(&nonce), 1);
    let (mut parts, _) = response.into_parts();
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        parts.headers.remove(name);
    }
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        parts.headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    (parts.status, parts.headers, Html(page)).into_response()
}

/// `again` asks every three seconds whether the server answers with its database, and then does what it was given, once.
const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A short break · Legwork</title>
<style nonce="NONCE">
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1rem; }
button, input { font: inherit; padding: .5rem .75rem; }
</style>
<script nonce="NONCE">
const again = (act) => {
  const look = () => fetch('/health', { cache: 'no-store' }).then((r) => (r.ok ? act() : wait()), () => wait());
  const wait = () => setTimeout(look, 3000);
  wait();
};
</script>
</head>
<body>
<main>
<h1>A short break.</h1>
<p role="status">Legwork cannot reach its database right now. Nothing is lost.</p>
BODY
</main>
</body>
</html>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_stands_in_the_page_as_text_and_secrets_do_not() {
        let typed = Bytes::from_static(b"note=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E+%26+more&%22x=1");
        let page = waiting_to_send("/journal/2026-01-01?a=\"&b=1", &typed, Kept::Repeated, "n");
        assert!(page.contains(r#"name="note" value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; more""#), "{page}");
        assert!(page.contains(r#"name="&quot;x" value="1""#) && page.contains(r#"action="/journal/2026-01-01?a=&quot;&amp;b=1""#), "{page}");
        assert!(page.contains("submit.call"));
        let sign_in = Bytes::from_static(b"email=kim%40example.org&password=horse");
        let page = waiting_to_send("/sign-in", &sign_in, Kept::But(&[("password", "Password")]), "n");
        assert!(page.contains("kim@example.org") && !page.contains("horse") && !page.contains("submit.call"), "{page}");
        let page = waiting_to_send("/x", &sign_in, Kept::Nothing, "n");
        assert!(!page.contains("kim") && !page.contains("horse") && !page.contains("<form"), "{page}");
    }
}
