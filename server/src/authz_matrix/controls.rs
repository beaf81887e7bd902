//! The requests of the matrix by those whom an endpoint is for: they succeed, so a refusal elsewhere is due to the user and not to a malformed
//! request.

use domain::access::Access;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::endpoints::Sample;
use super::fixtures::{Fixtures, set_up};
use super::names::Whose;
use super::snapshot::Snapshot;
use super::{Normalised, Served, send};
use crate::features::SAMPLES;

/// Endpoints whose example cannot succeed, at most: each says why.
const MAX_EXPECTED: usize = 6;

/// The rows and files as they were, and with what the victim permits others. Every request starts from the same, so their order does not matter.
pub(super) async fn start_over(fixtures: &mut Fixtures, snapshot: &Snapshot) {
    let victim = fixtures.victim.id;
    snapshot.restore(&mut fixtures.owner).await;
    for samples in SAMPLES {
        for sql in samples.permit {
            sqlx::query(*sql).bind(victim).execute(&mut fixtures.owner).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        }
        (samples.files)(&fixtures.platform.files, victim).expect("files");
    }
}

/// Those whom an endpoint is for, in the order in which they try.
fn for_whom(access: Access) -> &'static [&'static str] {
    match access {
        Access::SignedOut => &["anonymous"],
        Access::Public | Access::Athlete | Access::Member => &["victim"],
        // What the victim owns, or shares with their coach.
        Access::ResourceOwner => &["victim", "insider"],
        Access::Shared => &["athlete"],
        Access::Staff(_) => &["owner"],
    }
}

async fn send_as(fixtures: &Fixtures, served: &Served, sample: &Sample, who: &str) -> Normalised {
    if who == "victim" {
        let cookies = fixtures.cookies_of_victim();
        return send(fixtures, served, sample, Some(&cookies), Whose::Own).await;
    }
    let person = fixtures.others.iter().find(|p| p.name == who).expect("a person");
    send(fixtures, served, sample, person.cookie().as_deref(), Whose::Victims).await
}

#[sqlx::test(migrations = "../migrations")]
async fn every_endpoint_serves_those_whom_it_is_for(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let snapshot = Snapshot::take(&mut fixtures.owner).await;
    let (mut wrong, mut expected) = (Vec::new(), 0);
    for sample in &served.samples {
        let mut got = Vec::new();
        for who in for_whom(sample.access) {
            start_over(&mut fixtures, &snapshot).await;
            let response = send_as(&fixtures, &served, sample, who).await;
            let served = match &sample.expected {
                Some((status, _)) => response.status.as_u16() == *status,
                None => (response.status.is_success() || response.status.is_redirection()) && response.to != "/sign-in",
            };
            if served {
                got.clear();
                break;
            }
            got.push(format!("{who}: {} {}", response.status, response.body.chars().take(300).collect::<String>()));
        }
        expected += usize::from(sample.expected.is_some());
        if !got.is_empty() {
            wrong.push(format!("{} {}: {}", sample.method, sample.path, got.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(expected <= MAX_EXPECTED, "{expected} examples cannot succeed");
    for sample in served.samples.iter().filter(|sample| sample.expected.is_some()) {
        assert!(sample.expected.as_ref().is_some_and(|(status, why)| *status < 500 && !why.is_empty()), "{sample:?}");
    }
    fixtures.platform.database.close().await;
}
