//! While the database is unavailable: a page that keeps the posted form, and resubmits it by itself if the form is idempotent.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderValue, Method, Request, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use html_escape::encode_double_quoted_attribute as escaped;
use platform::Platform;
use platform::error::Unavailable;
use platform::http::Kept;

use crate::endpoints::declared;

/// The largest form that is kept, in bytes; none of our forms comes near.
const MAX_BODY_BYTES: usize = 256 << 10;

/// Keeps what was posted until the response shows that it arrived.
pub(crate) async fn database_unavailable(State(platform): State<Platform>, request: Request<Body>, next: Next) -> Response {
    let kept = declared(&request).kept;
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    if parts.method == Method::GET {
        let response = next.run(Request::from_parts(parts, body)).await;
        return if is_unavailable(&response) { unavailable_page(&platform, response, retry_read_html) } else { response };
    }
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let length = parts.headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if !kind.starts_with("application/x-www-form-urlencoded") || length.is_none_or(|n| n > MAX_BODY_BYTES) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let Ok(typed) = to_bytes(body, MAX_BODY_BYTES).await else {
        return (axum::http::StatusCode::BAD_REQUEST, "The form did not arrive whole. Send it again.").into_response();
    };
    let response = next.run(Request::from_parts(parts, Body::from(typed.clone()))).await;
    if !is_unavailable(&response) {
        return response;
    }
    // A form without fields says nothing that could be a secret.
    let kept = if kept == Kept::Nothing && typed.is_empty() { Kept::Whole } else { kept };
    unavailable_page(&platform, response, |nonce| resubmit_html(&target, &typed, kept, nonce))
}

fn is_unavailable(response: &Response) -> bool {
    response.extensions().get::<Unavailable>().is_some()
}

fn retry_read_html(nonce: &str) -> String {
    format!(
        "<script nonce=\"{nonce}\">again(() => location.reload());</script>\
         <noscript><meta http-equiv=\"refresh\" content=\"3\"></noscript>\
         <p>This page tries again by itself every few seconds. <a href=\"\">Try again</a></p>"
    )
}

/// The form with what was typed, as far as it may be kept.
fn resubmit_html(target: &str, typed: &Bytes, kept: Kept, nonce: &str) -> String {
    use std::fmt::Write;
    let asked_again = match kept {
        Kept::Nothing => {
            return "<p>This form may hold a password or a code, so this page does not keep it. Go back and send it again in a moment.</p>"
                .to_owned();
        }
        Kept::But(fields) => fields,
        Kept::Repeated | Kept::Whole => &[],
    };
    let (mut fields, mut script) = (String::new(), String::new());
    for (name, value) in url::form_urlencoded::parse(typed) {
        let field = escaped(&name);
        let _ = match asked_again.iter().find(|(secret, _)| *secret == name) {
            Some((_, label)) => write!(fields, "<p><label>{label}, again <input type=\"password\" name=\"{field}\" required></label></p>"),
            None => write!(fields, "<input type=\"hidden\" name=\"{field}\" value=\"{}\">", escaped(&value)),
        };
    }
    let mut notice = "What you typed is kept on this page.";
    if kept == Kept::Repeated {
        notice = "What you typed is kept on this page, which sends it again by itself every few seconds.";
        script = format!("<script nonce=\"{nonce}\">again(() => HTMLFormElement.prototype.submit.call(document.forms[0]));</script>");
    } else if kept == Kept::Whole {
        notice = "What you sent is kept on this page. It may have arrived before the break: if so, a second one may do it twice. Check first, then send it again.";
    }
    let target = escaped(target);
    format!("<p>{notice}</p><form method=\"post\" action=\"{target}\">{fields}<button>Send again</button></form>{script}")
}

/// A page that loads nothing else.
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

/// `again` polls `/health` every three seconds, and runs the given action once when the database responds.
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
    fn what_was_typed_is_in_the_page_as_text_and_secrets_are_not() {
        let typed = Bytes::from_static(b"note=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E+%26+more&%22x=1");
        let page = resubmit_html("/journal/2026-01-01?a=\"&b=1", &typed, Kept::Repeated, "n");
        assert!(page.contains(r#"name="note" value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; more""#), "{page}");
        assert!(page.contains(r#"name="&quot;x" value="1""#) && page.contains(r#"action="/journal/2026-01-01?a=&quot;&amp;b=1""#), "{page}");
        assert!(page.contains("submit.call"));
        let sign_in = Bytes::from_static(b"email=kim%40example.org&password=horse");
        let page = resubmit_html("/sign-in", &sign_in, Kept::But(&[("password", "Password")]), "n");
        assert!(page.contains("kim@example.org") && !page.contains("horse") && !page.contains("submit.call"), "{page}");
        let page = resubmit_html("/x", &sign_in, Kept::Nothing, "n");
        assert!(!page.contains("kim") && !page.contains("horse") && !page.contains("<form"), "{page}");
    }
}
