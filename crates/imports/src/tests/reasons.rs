//! What is stored about a file are codes, and the sentences of earlier versions became the same codes.

use std::collections::BTreeSet;

use domain::activities::{Caveat, Unusable};
use domain::imports::{Reason, in_words};
use recordings::{Content, Part, ReadError, Warning};
use serde_json::{Value, json};

use super::*;

/// Every reason, with what earlier versions said where that was another sentence.
fn all() -> Vec<(Reason, Option<&'static str>)> {
    let day = || "1989-12-31".to_owned();
    let same = |reason: Reason| (reason, None);
    let own = [
        Reason::FileTooLarge { limit: 200_000_000 },
        Reason::ConnectionBroke,
        Reason::DiskWasFull,
        Reason::DiskFull,
        Reason::DiskUnusable,
        Reason::ReaderPanicked,
        Reason::StoppedImport,
        Reason::NoRecordings,
        Reason::NothingToKeep,
        Reason::Files { files: 1 },
        Reason::Files { files: 12 },
        Reason::Activities { activities: 2 },
        Reason::SameActivity,
        Reason::Duplicate,
    ];
    let unread = [
        ReadError::Empty,
        ReadError::UnknownFormat,
        ReadError::TooLargeUnpacked { limit: 64_000_000 },
        ReadError::NotAnActivity { holds: Content::Settings },
        ReadError::NotAnActivity { holds: Content::Workout },
        ReadError::NotAnActivity { holds: Content::Course },
        ReadError::NotAnActivity { holds: Content::Monitoring },
        ReadError::NotAnActivity { holds: Content::Other },
        ReadError::NoSamples,
        ReadError::NoTrackPoints,
        ReadError::PlannedRoute,
        ReadError::Damaged { part: Part::Header },
        ReadError::Damaged { part: Part::Body },
        ReadError::XmlBreaks { at: 7 },
        ReadError::NestedArchive,
    ];
    let unusable = [Unusable::NoTimes, Unusable::NoDay, Unusable::NothingMeasured];
    let warnings = [
        Warning::EndedEarly { kept_percent: 64 },
        Warning::Unreadable { at: 5, kept_percent: 6 },
        Warning::Gap { at: 7, bytes: 8, percent: 9 },
        Warning::BadChecksum,
        Warning::BadHeader,
        Warning::UnknownEntity { name: "eacute".into() },
        Warning::PointsLeftOut { points: 1 },
        Warning::PointsLeftOut { points: 3 },
        Warning::ClockNotSet { day: day() },
        Warning::InTheFuture { day: day() },
        Warning::TooMuch,
        Warning::ArchiveTooLarge,
        Warning::TooManyEntries { limit: 5 },
        Warning::WithoutRecording { activities: 4 },
        Warning::ArchiveEndedEarly,
        Warning::Earlier { text: "Something else was said. Twice.".into() },
    ];
    let caveats = [
        Caveat::OneInstant,
        Caveat::TimesOfTotals,
        Caveat::NotRun { metres: 120.0 },
        Caveat::LittleHeartRate { percent: 37.0 },
        Caveat::StepsOfBothLegs,
        Caveat::ClockSet,
        Caveat::TooLongForSeconds,
    ];
    let reworded = [
        (Reason::NotReadBack, "The received file cannot be read back: No such file or directory (os error 2)."),
        (Reason::NotUnpacked, "It cannot be unpacked: corrupt deflate stream."),
        (ReadError::Damaged { part: Part::Gzip }.into(), "The file is too damaged to read: the gzip wrapper: corrupt deflate stream."),
        (
            ReadError::Damaged { part: Part::ZipDirectory }.into(),
            "The file is too damaged to read: the zip's directory, invalid Zip archive: no end.",
        ),
        (ReadError::Damaged { part: Part::ZipEntry }.into(), "The file is too damaged to read: invalid Zip archive: no header."),
        (ReadError::Damaged { part: Part::Tar }.into(), "The file is too damaged to read: the tar, numeric field was not a number."),
    ];
    let mut all: Vec<_> = own.into_iter().map(same).collect();
    all.extend(unread.map(|e| same(e.into())));
    all.extend(unusable.map(|u| same(u.into())));
    all.extend(warnings.map(|w| same(w.into())));
    all.extend(caveats.map(|c| same(c.into())));
    all.extend(reworded.map(|(reason, before)| (reason, Some(before))));
    all
}

#[test]
fn every_reason_is_a_code_of_its_own_and_reads_back() {
    let mut sentences = BTreeSet::new();
    for (reason, _) in all() {
        let stored = serde_json::to_value(&reason).expect("stored");
        assert!(stored["code"].as_str().is_some_and(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')), "{stored}");
        assert_eq!(serde_json::from_value::<Reason>(stored).expect("read back"), reason);
        assert!(sentences.insert(reason.to_string()), "{reason} is said twice");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn sentences_of_earlier_versions_are_the_same_codes(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let mut tx = platform.database.begin_anonymous().await.expect("transaction");
    let mut codes = async |words: &str| -> Value {
        sqlx::query_scalar("select sentences_as_codes($1)").bind(words).fetch_one(tx.connection()).await.expect("codes")
    };
    for (reason, before) in all() {
        let words = before.map_or_else(|| reason.to_string(), str::to_owned);
        let read: Vec<Reason> = serde_json::from_value(codes(&words).await).expect("known");
        assert_eq!(read, [reason], "{words}");
    }
    let several = [Reason::Activities { activities: 2 }, Warning::BadHeader.into(), Caveat::NotRun { metres: 80.0 }.into()];
    let read: Vec<Reason> = serde_json::from_value(codes(&in_words(&several)).await).expect("known");
    assert_eq!(read, several);
    assert_eq!(codes("").await, json!([]));
}
