//! Rate limits per client address, per account and per organisation, for browsers and API clients alike. Counted in this process.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

use accounts::{AuthContext, BearerAuth, ClientIp};
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, Request};
use axum::middleware::Next;
use axum::response::Response;
use domain::Problem;
use domain::access::Limit;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;
use platform::config::Limits;
use platform::{Platform, RefusalLog};
use uuid::Uuid;

use crate::endpoints::declared;
use crate::guard::with_default_no_store;

/// Whose requests are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Subject {
    Address(IpAddr),
    Account(Uuid),
    Organisation(Uuid),
}

type Counters = [DefaultKeyedRateLimiter<Subject>; 5];

/// The counters of all classes: for addresses and accounts, and for organisations.
#[derive(Clone)]
pub(crate) struct Limiter(Arc<Counted>);

struct Counted {
    single: Counters,
    organisation: Counters,
    refusals: RefusalLog,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits) -> Self {
        let counters = |times: NonZeroU32| {
            let minute = |n: NonZeroU32| RateLimiter::keyed(Quota::per_minute(n.saturating_mul(times)));
            [
                minute(limits.general_per_minute),
                minute(limits.uploads_per_minute),
                RateLimiter::keyed(Quota::per_hour(limits.discovery_per_hour.saturating_mul(times))),
                minute(limits.admin_per_minute),
                minute(limits.auth_per_minute),
            ]
        };
        let refusals = RefusalLog::default();
        Self(Arc::new(Counted { single: counters(NonZeroU32::MIN), organisation: counters(limits.organisation_multiplier), refusals }))
    }

    /// Counts a request for each subject in turn, and stops at the first that is over its limit: subjects after it are not charged. Returns the
    /// seconds to wait.
    fn first_refusal(&self, limit: Limit, subjects: impl IntoIterator<Item = Subject>) -> Option<u64> {
        subjects.into_iter().find_map(|subject| self.check(limit, subject))
    }

    /// Seconds to wait, if the subject is over its limit.
    fn check(&self, limit: Limit, subject: Subject) -> Option<u64> {
        let counters = if matches!(subject, Subject::Organisation(_)) { &self.0.organisation } else { &self.0.single };
        let limiter = &counters[limit as usize];
        if limiter.len() > 100_000 {
            limiter.retain_recent();
        }
        let refused = limiter.check_key(&subject).err()?;
        Some(refused.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
    }
}

/// Counts a request by its client address, before any lookup, and refuses it if there were too many.
pub(crate) async fn rate_limit_address(State(limiter): State<Limiter>, request: Request<Body>, next: Next) -> Response {
    let address = request.extensions().get::<ClientIp>().map(|c| Subject::Address(c.0));
    limited(&limiter, None, address, request, next).await
}

/// Counts a request by account and organisations, and refuses it if there were too many. An organisation is charged only for requests within
/// its member's own limit, so that one member cannot use up the share of all.
pub(crate) async fn rate_limit(State(limiter): State<Limiter>, request: Request<Body>, next: Next) -> Response {
    let extensions = request.extensions();
    // The API uses the token if a request carries both.
    let viewer = extensions.get::<BearerAuth>().and_then(BearerAuth::viewer).or_else(|| extensions.get::<AuthContext>()?.0.as_ref());
    let account = viewer.map(|v| v.id);
    let organisations = viewer.into_iter().flat_map(|v| v.organisations.iter().copied().map(Subject::Organisation));
    let subjects: Vec<Subject> = account.map(Subject::Account).into_iter().chain(organisations).collect();
    limited(&limiter, account, subjects, request, next).await
}

async fn limited(
    limiter: &Limiter,
    account: Option<Uuid>,
    subjects: impl IntoIterator<Item = Subject>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let limit = declared(&request).limit;
    let Some(seconds) = limiter.first_refusal(limit, subjects) else { return next.run(request).await };
    limiter.0.refusals.log(|withheld| tracing::warn!(?account, ?limit, withheld, "rate limit exceeded"));
    with_default_no_store(platform::error::at(request.uri().path(), &Problem::too_many(seconds)))
}

/// Resolves the client address of a request. `X-Forwarded-For` is trusted as far as trusted proxies wrote it.
pub(crate) async fn resolve_client_ip(State(platform): State<Platform>, mut request: Request<Body>, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        let client = client_ip(peer.ip(), request.headers(), &platform.config.security.trusted_proxies);
        request.extensions_mut().insert(ClientIp(client));
    }
    next.run(request).await
}

/// The nearest address that is no trusted proxy, read from the right, where our own proxy appends.
fn client_ip(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let forwarded: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).map(str::trim).collect();
    let mut client = peer.to_canonical();
    for hop in forwarded.iter().rev() {
        if !is_trusted(client, trusted) {
            break;
        }
        let Ok(address) = hop.parse::<IpAddr>() else { break };
        client = address.to_canonical();
    }
    ipv6_prefix(client)
}

/// Whether an address is a proxy of the operator's.
pub(crate) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|net| net.contains(&address))
}

/// One household has a whole IPv6 /64: its addresses count as one.
pub(crate) fn ipv6_prefix(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    fn through(peer: &str, forwarded: &[&'static str], trusted: &[&str]) -> String {
        let headers: HeaderMap =
            forwarded.iter().map(|f| (header::HeaderName::from_static("x-forwarded-for"), HeaderValue::from_static(f))).collect();
        let trusted: Vec<IpNet> = trusted.iter().map(|t| t.parse().unwrap()).collect();
        client_ip(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn an_address_comes_from_trusted_hops_alone() {
        // No proxy is trusted: the client's header is ignored.
        assert_eq!(through("203.0.113.9", &["1.2.3.4"], &[]), "203.0.113.9");
        assert_eq!(through("10.0.0.1", &["198.51.100.7"], &["10.0.0.0/8"]), "198.51.100.7");
        // The client wrote the first one itself.
        assert_eq!(through("10.0.0.1", &["1.2.3.4, 198.51.100.7"], &["10.0.0.0/8"]), "198.51.100.7");
        assert_eq!(through("10.0.0.1", &["1.2.3.4", "198.51.100.7, 10.0.0.2"], &["10.0.0.0/8"]), "198.51.100.7");
        assert_eq!(through("10.0.0.1", &["nonsense"], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(through("2001:db8:1:2:3:4:5:6", &[], &[]), "2001:db8:1:2::");
        assert_eq!(through("::ffff:203.0.113.9", &[], &[]), "203.0.113.9");
    }

    #[test]
    fn each_address_and_class_has_its_own_count() {
        let limits = Limits { auth_per_minute: NonZeroU32::new(2).unwrap(), ..Limits::default() };
        let limiter = Limiter::new(&limits);
        let (a, b) = (Subject::Address("203.0.113.9".parse().unwrap()), Subject::Address("203.0.113.10".parse().unwrap()));
        assert!((0..2).all(|_| limiter.check(Limit::SignIn, a).is_none()));
        assert!(limiter.check(Limit::SignIn, a).is_some_and(|s| s <= 31));
        assert!(limiter.check(Limit::SignIn, b).is_none());
        assert!(limiter.check(Limit::General, a).is_none());
    }

    #[test]
    fn an_organisation_has_the_share_of_many_accounts_and_no_more() {
        let n = |n| NonZeroU32::new(n).unwrap();
        let limiter = Limiter::new(&Limits { general_per_minute: n(2), organisation_multiplier: n(3), ..Limits::default() });
        let (team, other) = (Subject::Organisation(Uuid::from_u128(1)), Subject::Organisation(Uuid::from_u128(2)));
        assert!((0..6).all(|_| limiter.check(Limit::General, team).is_none()));
        assert!(limiter.check(Limit::General, team).is_some());
        assert!(limiter.check(Limit::General, other).is_none() && limiter.check(Limit::General, Subject::Account(Uuid::from_u128(1))).is_none());
    }

    #[test]
    fn a_member_who_floods_uses_up_their_own_share_and_not_the_organisations() {
        let n = |n| NonZeroU32::new(n).unwrap();
        let limiter = Limiter::new(&Limits { general_per_minute: n(2), organisation_multiplier: n(2), ..Limits::default() });
        let team = Subject::Organisation(Uuid::from_u128(9));
        let allowed = |member| limiter.first_refusal(Limit::General, [Subject::Account(Uuid::from_u128(member)), team]).is_none();
        assert_eq!((0..1000).filter(|_| allowed(1)).count(), 2);
        assert!((0..2).all(|_| allowed(2)), "the other half of the organisation's share is left for others");
        assert!(!allowed(3), "and then it is used up");
    }
}
