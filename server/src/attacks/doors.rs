//! Every door, and what to knock with. A door that is not here fails the test that lists them.

use domain::permissions::Act;

/// Whom a door is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// Anybody: it tells and changes nothing of anybody.
    All,
    /// Whoever is signed in, about themselves.
    Own,
    /// It names something of the victim's: for everybody else it is not there.
    Theirs,
    /// Anybody, signed in or not, if the victim shows it. They do not: it is not there.
    Shown,
    /// Whoever may do this, about others. For everybody else it is not there.
    Staff(Act),
}

/// One door: method, path, body, whom it is for.
pub(super) struct Door {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) body: &'static str,
    pub(super) is_for: For,
}

const fn door(method: &'static str, path: &'static str, body: &'static str, is_for: For) -> Door {
    Door { method, path, body, is_for }
}

/// Forms and the API, as the router lists them. `{…}` in a path and `#name` in a body stand for ids of the victim.
pub(super) const FORMS: [Door; 76] = [
    door("post", "/register", "name=x&email=x&password=x", For::All),
    door("post", "/sign-in", "email=secreta@example.org&password=wrong horse", For::All),
    door("post", "/sign-in/second", "code=123456", For::All),
    door("post", "/sign-in/passkey/begin", "json", For::All),
    door("post", "/sign-in/passkey", "json{\"ticket\":\"x\",\"answer\":{}}", For::All),
    door("get", "/sign-in/with/{provider}", "", For::All),
    door("get", "/sign-in/with/{provider}/back", "", For::All),
    door("post", "/sign-in/with/{provider}/back", "state=x&code=x", For::All),
    door("post", "/sign-out", "", For::Own),
    door("post", "/forgot", "email=nobody@example.org", For::All),
    door("post", "/reset", "token=x&new=marmot violin trench", For::All),
    door("post", "/confirm", "token=x", For::All),
    door("post", "/confirm-address", "token=x", For::All),
    door("post", "/prove", "password=wrong&then=/", For::Own),
    door("post", "/prove/passkey", "json{\"ticket\":\"x\",\"answer\":{}}", For::Own),
    door("post", "/v1/tokens", "json{\"email\":\"secreta@example.org\",\"password\":\"wrong horse\"}", For::All),
    door("post", "/v1/tokens/refresh", "json{\"refresh_token\":\"x\"}", For::All),
    door("post", "/settings/theme", "theme=dark", For::All),
    door("post", "/settings/password", "old=wrong&new=marmot violin bench", For::Own),
    door("post", "/settings/email", "email=secreta@example.org", For::Own),
    door("post", "/settings/verify", "", For::Own),
    door("post", "/settings/devices/end-others", "", For::Own),
    door("post", "/settings/devices/{id}/end", "", For::Theirs),
    door("post", "/settings/authenticator", "", For::Own),
    door("post", "/settings/authenticator/confirm", "code=123456", For::Own),
    door("post", "/settings/authenticator/remove", "", For::Own),
    door("post", "/settings/recovery-codes", "", For::Own),
    door("post", "/settings/passkeys/begin", "json", For::Own),
    door("post", "/settings/passkeys", "json{\"ticket\":\"x\",\"name\":\"x\",\"answer\":{}}", For::Own),
    door("post", "/settings/passkeys/{id}/remove", "", For::Theirs),
    door("post", "/settings/tokens", "name=x&days=9", For::Own),
    door("post", "/settings/tokens/{id}/end", "", For::Theirs),
    door("post", "/settings/once/forget", "", For::Own),
    door("post", "/settings/identities/unlink", "provider=x", For::Own),
    door("post", "/settings/sharing", "map=everybody", For::Own),
    door("post", "/settings/zones", "name=x&radius=500", For::Own),
    door("post", "/settings/zones/{id}/remove", "", For::Theirs),
    door("post", "/settings/history/{id}/undo", "", For::Theirs),
    door("post", "/settings/bin/{id}/restore", "", For::Theirs),
    door("post", "/settings/privacy/bring-back", "multipart", For::Own),
    door("post", "/settings/privacy/export", "", For::Own),
    door("post", "/settings/privacy/export/{id}/cancel", "", For::Theirs),
    door("get", "/settings/privacy/export/{id}/legwork.zip", "", For::Theirs),
    door("post", "/settings/privacy/delete", "email=secreta@example.org", For::Own),
    door("post", "/settings/privacy/keep", "", For::Own),
    door("post", "/privacy/agree", "", For::Own),
    door("post", "/organisations", "name=x", For::Own),
    door("post", "/organisations/{id}/rename", "name=Geheimrunde", For::Theirs),
    door("post", "/organisations/{id}/invite", "email=x@example.org&role=athlete", For::Theirs),
    door("post", "/organisations/{id}/invitations/{invitation}/withdraw", "", For::Theirs),
    door("post", "/organisations/{id}/members/{member}/role", "role=business_owner", For::Theirs),
    door("post", "/organisations/{id}/members/{member}/remove", "", For::Theirs),
    door("post", "/join", "token=x", For::Own),
    door("post", "/admin/people/{id}/role", "role=employee", For::Staff(Act::ChangeRoles)),
    door("get", "/v1/correlations/discover", "", For::Own),
    door("get", "/v1/correlations/what-works", "", For::Own),
    door("get", "/v1/correlations/what-doesnt-work", "", For::Own),
    door("get", "/v1/correlations/status/{job_id}", "", For::Theirs),
    door("get", "/discovery/{key}/days.csv", "", For::Own),
    door("post", "/journal/import", "multipart", For::Own),
    door("post", "/journal/import/store", "file=x", For::Own),
    door("post", "/journal/{day}", "sleep_hours=8", For::Own),
    door("post", "/imports/upload", "multipart", For::Own),
    door("post", "/imports/{import}/retry/{file}", "", For::Theirs),
    door("post", "/activities/new", "title=x", For::Own),
    door("post", "/activities/{id}/change", "title=x&sport=running", For::Theirs),
    door("post", "/activities/{id}/crop", "from=1:00&to=9:00", For::Theirs),
    door("post", "/activities/{id}/uncrop", "", For::Theirs),
    door("post", "/activities/{id}/split", "at=10:00", For::Theirs),
    door("post", "/activities/{id}/unsplit", "", For::Theirs),
    door("post", "/activities/{id}/merge", "other=#other", For::Theirs),
    door("post", "/activities/{id}/unmerge", "", For::Theirs),
    door("get", "/activities/{id}/original", "", For::Theirs),
    door("get", "/activities/{id}/export/{format}", "", For::Theirs),
    door("get", "/shared/{id}/route.gpx", "", For::Shown),
    door("post", "/performance/values", "hr_rest=47", For::Own),
];

/// The ones that end what they name: the victim tries them last.
pub(super) const LAST: [Door; 4] = [
    door("post", "/performance/values/{day}/delete", "", For::Own),
    door("post", "/performance/recompute/{id}/cancel", "", For::Theirs),
    door("post", "/imports/{import}/undo", "", For::Theirs),
    door("post", "/activities/{id}/delete", "", For::Theirs),
];

/// Server functions, by path, with the arguments as JSON.
pub(super) const FUNCTIONS: [Door; 25] = [
    door("post", "/api/accounts/viewer", "json{}", For::Own),
    door("post", "/api/accounts/providers", "json{}", For::All),
    door("post", "/api/settings/security", "json{}", For::Own),
    door("post", "/api/settings/history", "json{}", For::Own),
    door("post", "/api/settings/privacy", "json{}", For::Own),
    door("post", "/api/settings/once", "json{}", For::Own),
    door("post", "/api/admin/people", "json{\"wanted\":\"\",\"after\":\"\"}", For::Staff(Act::SeePeople)),
    door("post", "/api/admin/audit", "json{\"before\":null}", For::Staff(Act::SeeAudit)),
    door("post", "/api/organisations/list", "json{}", For::Own),
    door("post", "/api/organisations/get", "json{\"id\":\"#organisation\"}", For::Theirs),
    door("post", "/api/journal/day", "json{\"day\":\"2026-01-05\"}", For::Own),
    door("post", "/api/journal/preview", "json{\"file\":\"#import\",\"mapping\":[]}", For::Theirs),
    door("post", "/api/discovery/report", "json{}", For::Own),
    door("post", "/api/activities/list", "json{\"page\":0}", For::Own),
    door("post", "/api/activities/detail", "json{\"id\":\"#activity\"}", For::Theirs),
    door("post", "/api/activities/overlapping", "json{\"id\":\"#activity\"}", For::Own),
    door("post", "/api/shared/activity", "json{\"id\":\"#activity\",\"audience\":\"organisation\"}", For::Shown),
    door("post", "/api/shared/by", "json{\"athlete\":\"#person\",\"page\":1}", For::Theirs),
    door("post", "/api/performance", "json{}", For::Own),
    door("post", "/api/performance/values", "json{}", For::Own),
    door("post", "/api/today", "json{}", For::Own),
    door("post", "/api/imports/get", "json{\"id\":\"#import\"}", For::Theirs),
    door("post", "/api/imports/recent", "json{}", For::Own),
    door("post", "/api/home/view", "json{}", For::Own),
    door("post", "/api/demo/planted", "json{}", For::Own),
];

/// Pages, as the app lists them.
pub(super) const PAGES: [(&str, For); 37] = [
    ("/", For::Own),
    ("/welcome", For::All),
    ("/sign-in", For::All),
    ("/sign-in/second", For::All),
    ("/register", For::All),
    ("/privacy", For::All),
    ("/forgot", For::All),
    ("/reset", For::All),
    ("/confirm", For::All),
    ("/confirm-address", For::All),
    ("/prove", For::Own),
    ("/admin/people", For::Staff(Act::SeePeople)),
    ("/admin/audit", For::Staff(Act::SeeAudit)),
    ("/activities", For::Own),
    ("/activities/new", For::Own),
    ("/activities/{id}/edit", For::Theirs),
    ("/activities/{id}", For::Theirs),
    ("/shared/{id}", For::Shown),
    ("/athletes/{id}", For::Theirs),
    ("/performance", For::Own),
    ("/performance/values", For::Own),
    ("/import", For::Own),
    ("/imports/{id}", For::Theirs),
    ("/journal", For::Own),
    ("/journal/import", For::Own),
    ("/journal/{day}", For::Own),
    ("/discovery", For::Own),
    ("/planted", For::Own),
    ("/settings/security", For::Own),
    ("/organisations", For::Own),
    ("/organisations/{id}", For::Theirs),
    ("/join", For::Own),
    ("/settings/history", For::Own),
    ("/settings/privacy", For::Own),
    ("/settings", For::Own),
    ("/nothing-here", For::Own),
    ("/v1/openapi.json", For::All),
];
