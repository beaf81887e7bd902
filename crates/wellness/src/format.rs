//! What a file is, by its content; and where two kinds have the same content, by its name in the archive.

use domain::measures::Source;

use crate::{oura, table, whoop};

/// A kind of file that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// `export.xml` of Apple Health.
    AppleHealth,
    /// `physiological_cycles.csv` of WHOOP.
    WhoopCycles,
    /// `sleeps.csv` of WHOOP.
    WhoopSleeps,
    /// `journal_entries.csv` of WHOOP.
    WhoopJournal,
    /// A table of Oura: sleep, activity, blood oxygen, or trends.
    OuraTable,
    /// `dailyreadiness.csv` of Oura.
    OuraReadiness,
    /// JSON of Oura, of either version.
    OuraJson,
    /// `sleep-*.json` of Fitbit.
    FitbitSleep,
    /// `resting_heart_rate-*.json` of Fitbit.
    FitbitRestingHr,
    /// `steps-*.json` of Fitbit; recognised by its name only.
    FitbitSteps,
    /// `weight-*.json` of Fitbit.
    FitbitWeight,
    /// `weight.csv` and `body_fat_*.csv` of Google Health.
    GoogleBody,
    /// `derived_com.google.weight_*.json` of Google Fit.
    GoogleFitWeight,
    /// `demographic_vo2_max-*.json` of Fitbit.
    FitbitVo2max,
    /// The nightly tables of Fitbit and Google Health: heart rate variability, blood oxygen, breathing, resting heart rate; the last two of
    /// Google Health are recognised by their names only.
    FitbitNightly,
    /// `Daily Readiness Score - *.csv` of Fitbit.
    FitbitReadiness,
    /// `*_sleepData.json` of Garmin.
    GarminSleep,
    /// `UDSFile_*.json` of Garmin.
    GarminDays,
    /// `*_userBioMetrics.json` of Garmin.
    GarminBody,
    /// `*_healthStatusData.json` of Garmin.
    GarminHealth,
    /// `TrainingReadinessDTO_*.json` of Garmin.
    GarminReadiness,
    /// `MetricsMaxMetData_*.json` of Garmin.
    GarminVo2max,
    /// `sleep_result_*.json` of Polar.
    PolarSleep,
    /// `nightly_recovery_*.json` of Polar.
    PolarRecovery,
    /// `activity-*.json` of Polar.
    PolarActivity,
}

impl Format {
    /// Whose export it is.
    #[must_use]
    pub const fn source(self) -> Source {
        match self {
            Self::AppleHealth => Source::AppleHealth,
            Self::WhoopCycles | Self::WhoopSleeps | Self::WhoopJournal => Source::Whoop,
            Self::OuraTable | Self::OuraReadiness | Self::OuraJson => Source::Oura,
            Self::FitbitSleep
            | Self::FitbitRestingHr
            | Self::FitbitSteps
            | Self::FitbitWeight
            | Self::GoogleBody
            | Self::GoogleFitWeight
            | Self::FitbitVo2max
            | Self::FitbitNightly
            | Self::FitbitReadiness => Source::Fitbit,
            Self::GarminSleep | Self::GarminDays | Self::GarminBody | Self::GarminHealth | Self::GarminReadiness | Self::GarminVo2max => {
                Source::Garmin
            }
            Self::PolarSleep | Self::PolarRecovery | Self::PolarActivity => Source::Polar,
        }
    }
}

/// Bytes of the beginning of a file that are enough to recognise it.
pub const HEAD: usize = 64 << 10;

/// The format of a file by its first [`HEAD`] bytes.
#[must_use]
pub fn identify(head: &[u8]) -> Option<Format> {
    let head = &head[..head.len().min(HEAD)];
    let head = head.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(head);
    let text = String::from_utf8_lossy(head);
    match text.trim_start().as_bytes().first()? {
        b'<' => (text.contains("<HealthData") || text.contains("<!DOCTYPE HealthData")).then_some(Format::AppleHealth),
        b'[' | b'{' => json(&text),
        _ => table(&text),
    }
}

/// The format of an entry of an archive by its path and first bytes.
#[must_use]
pub fn identify_entry(path: &str, head: &[u8]) -> Option<Format> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    let ends = |ending: &str| name.ends_with(ending);
    if name.starts_with('.') || !(ends(".json") || ends(".csv") || ends(".xml")) {
        return None;
    }
    // Steps, calories and distance have the same content; this is in a list of minutes.
    if name.starts_with("steps-") && ends(".json") {
        let text = String::from_utf8_lossy(&head[..head.len().min(HEAD)]);
        return (text.trim_start_matches('\u{feff}').trim_start().starts_with('[') && text.contains("\"dateTime\"")).then_some(Format::FitbitSteps);
    }
    let daily = [("daily_resting_heart_rate", "beats per minute"), ("daily_respiratory_rate", "breaths per minute")];
    if daily.iter().any(|(start, column)| name.starts_with(start) && first_columns(head).iter().any(|name| name == column)) {
        return Some(Format::FitbitNightly);
    }
    identify(head)
}

fn first_columns(head: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(&head[..head.len().min(HEAD)]);
    table::columns(text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default())
}

/// The first kind of which all names are in the text.
fn json(text: &str) -> Option<Format> {
    const KINDS: [(Format, &[&str]); 18] = [
        (Format::FitbitSleep, &["\"dateOfSleep\"", "\"minutesAsleep\""]),
        (Format::FitbitVo2max, &["\"demographicVO2Max\""]),
        (Format::FitbitRestingHr, &["\"dateTime\"", "\"value\"", "\"error\"", "\"date\""]),
        (Format::FitbitWeight, &["\"logId\"", "\"weight\"", "\"date\"", "\"time\""]),
        (Format::GoogleFitWeight, &["\"Data Points\"", "com.google.weight", "\"fitValue\""]),
        (Format::PolarRecovery, &["\"night\"", "\"meanNightlyRecoveryR"]),
        (Format::PolarSleep, &["\"night\"", "\"evaluation\""]),
        (Format::PolarActivity, &["\"exportVersion\"", "\"date\"", "\"samples\""]),
        (Format::PolarActivity, &["\"date\"", "\"stepCount\""]),
        (Format::GarminBody, &["\"metaData\"", "\"calendarDate\""]),
        (Format::GarminHealth, &["\"calendarDate\"", "\"metrics\"", "\"type\""]),
        (Format::GarminReadiness, &["\"calendarDate\"", "\"score\"", "\"feedbackShort\""]),
        (Format::GarminVo2max, &["\"calendarDate\"", "\"vo2MaxValue\""]),
        (Format::GarminDays, &["\"calendarDate\"", "\"totalSteps\""]),
        (Format::GarminSleep, &["\"calendarDate\"", "\"sleepStartTimestampGMT\""]),
        (Format::GarminSleep, &["\"calendarDate\"", "\"deepSleepSeconds\""]),
        (Format::OuraJson, &["\"day\"", "\"contributors\""]),
        (Format::OuraJson, &["\"bedtime_start\""]),
    ];
    let has = |names: &[&str]| names.iter().all(|name| text.contains(name));
    let found = KINDS.into_iter().find(|(_, names)| has(names)).map(|(format, _)| format);
    let oura = has(&["\"summary_date\""]) || has(&["\"day\"", "\"spo2_percentage\""]) || has(&["\"day\"", "\"vo2_max\""]);
    found.or_else(|| oura.then_some(Format::OuraJson))
}

fn table(text: &str) -> Option<Format> {
    let columns = table::columns(text.lines().next()?);
    let has = |name: &str| columns.iter().any(|column| column == name);
    let either = |names: whoop::Names| names.into_iter().any(has);
    if either(whoop::CYCLE_START) {
        let kinds = [(whoop::QUESTION, Format::WhoopJournal), (whoop::RECOVERY, Format::WhoopCycles), (whoop::NAP, Format::WhoopSleeps)];
        return kinds.into_iter().find(|(names, _)| either(*names)).map(|(_, format)| format);
    }
    if has("timestamp") && (has("rmssd") && has("nremhr") || has("daily_respiratory_rate") || has("average_value") && has("lower_bound")) {
        return Some(Format::FitbitNightly);
    }
    let google = ["average heart rate variability milliseconds", "average percentage", "daily vo2 max value"];
    if has("timestamp") && google.into_iter().any(has) {
        return Some(Format::FitbitNightly);
    }
    if has("timestamp") && ["weight grams", "body fat percentage"].into_iter().any(has) {
        return Some(Format::GoogleBody);
    }
    if has("readiness_score_value") {
        return Some(Format::FitbitReadiness);
    }
    if has("day") && has("score") && has("temperature_deviation") {
        return Some(Format::OuraReadiness);
    }
    let version_2 =
        has("day") && ["total_sleep_duration", "spo2_percentage", "vo2_max"].into_iter().any(has) || has("day") && has("steps") && has("score");
    let trends = has("date") && oura::TRENDS.into_iter().any(has);
    (version_2 || trends).then_some(Format::OuraTable)
}
