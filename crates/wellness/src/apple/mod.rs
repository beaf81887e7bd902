//! Apple Health: `export.xml` of "Export All Health Data". Its records have local times with an offset; the written date is the day.
//!
//! The elements are described by the DTD at the beginning of each export, the types by
//! <https://developer.apple.com/documentation/healthkit/hkquantitytypeidentifier>.

mod sleep;
mod units;
mod xml;

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::events::BytesStart;

use crate::days::Days;
use crate::measures::Measure;
use crate::moment::{self, Moment};
use crate::reading::Remark;
use sleep::{Intervals, Stage};

/// Applications and devices that are told apart; the rest count as one.
const SOURCES: usize = 64;
/// Attributes of an element that are looked at; a record has nine.
const ATTRIBUTES: usize = 32;

/// How a type of record is used.
#[derive(Clone, Copy)]
enum Use {
    /// A reading of a moment.
    Reading(Measure),
    /// A part of a total of the day, which several devices count.
    Part(Measure),
    Sleep,
}

fn use_of(kind: &[u8]) -> Option<Use> {
    if kind == b"HKCategoryTypeIdentifierSleepAnalysis" {
        return Some(Use::Sleep);
    }
    Some(Use::Reading(match kind.strip_prefix(b"HKQuantityTypeIdentifier")? {
        b"StepCount" => return Some(Use::Part(Measure::Steps)),
        b"ActiveEnergyBurned" => return Some(Use::Part(Measure::ActiveEnergy)),
        b"RestingHeartRate" => Measure::RestingHr,
        b"HeartRateVariabilitySDNN" => Measure::HrvSdnn,
        b"RespiratoryRate" => Measure::Respiration,
        b"OxygenSaturation" => Measure::Spo2,
        b"BodyMass" => Measure::Weight,
        b"BodyFatPercentage" => Measure::BodyFat,
        b"Height" => Measure::Height,
        b"VO2Max" => Measure::Vo2max,
        b"DietaryCaffeine" => Measure::Caffeine,
        b"NumberOfAlcoholicBeverages" => Measure::Alcohol,
        b"DietaryEnergyConsumed" => Measure::Energy,
        b"DietaryCarbohydrates" => Measure::Carbohydrate,
        b"DietaryProtein" => Measure::Protein,
        b"DietaryFatTotal" => Measure::Fat,
        b"DietaryFiber" => Measure::Fibre,
        b"DietarySodium" => Measure::Sodium,
        b"DietaryWater" => Measure::Fluid,
        _ => return None,
    }))
}

/// Reads an export. Records inside of a correlation are skipped, as each of them is also a record of its own. `note` is told of each record by
/// its position, and whether it had a usable date and value.
pub(crate) fn read(days: &mut Days, input: impl BufRead, mut note: impl FnMut(u64, bool)) -> Option<Remark> {
    let (mut intervals, mut sources, mut position) = (Intervals::default(), Vec::new(), 0);
    let stop = xml::walk(input, |element| {
        position += 1;
        let read = match element.local_name().as_ref() {
            b"Record" => record(days, &mut intervals, &mut sources, element),
            b"ActivitySummary" => summary(days, element),
            _ => Some(()),
        };
        note(position, read.is_some());
    });
    intervals.for_each(|sleep| days.sleep(sleep));
    stop
}

/// The attributes of a record that are used.
#[derive(Default)]
struct Attributes<'a> {
    unit: Cow<'a, str>,
    value: Cow<'a, str>,
    source: u64,
    start: Option<Moment>,
    end: Option<Moment>,
}

/// `None` if it is of a type that is used and has no usable date or value.
fn record(days: &mut Days, intervals: &mut Intervals, sources: &mut Vec<u64>, element: &BytesStart<'_>) -> Option<()> {
    let mut attributes = element.attributes();
    attributes.with_checks(false);
    let (mut used, mut own) = (None, Attributes::default());
    for attribute in attributes.flatten().take(ATTRIBUTES) {
        let text = || match &attribute.value {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(bytes).into_owned()),
        };
        match attribute.key.as_ref() {
            b"type" => {
                used = use_of(&attribute.value);
                // The type comes first, and most records are of another.
                if used.is_none() {
                    return Some(());
                }
            }
            b"unit" => own.unit = text(),
            b"value" => own.value = text(),
            b"sourceName" => own.source = hash(&attribute.value),
            b"startDate" => own.start = Moment::parse(&text()),
            b"endDate" => own.end = Moment::parse(&text()),
            _ => {}
        }
    }
    let (Some(used), start, end) = (used, own.start?, own.end.or(own.start)?) else { return Some(()) };
    match used {
        Use::Sleep => {
            let stage = Stage::parse(&own.value)?;
            if !intervals.add(stage, index_of(sources, own.source), start, end) {
                days.too_much();
            }
        }
        Use::Reading(measure) | Use::Part(measure) => {
            let written = own.value.trim().parse().ok().filter(|value: &f64| value.is_finite())?;
            let Some(value) = units::in_unit(measure, written, &own.unit) else {
                days.unknown_unit(measure, &own.unit);
                return Some(());
            };
            if let Use::Part(_) = used {
                days.add_part(measure, index_of(sources, own.source), start, end, value);
            } else {
                days.add(measure, start.day, start.second, value);
            }
        }
    }
    Some(())
}

/// The active energy of a day as the watch shows it, which counts before the sum of its records. Before the first day of the watch it is zero.
fn summary(days: &mut Days, element: &BytesStart<'_>) -> Option<()> {
    let get = |name: &str| {
        let attribute = element.try_get_attribute(name).ok().flatten()?;
        Some(String::from_utf8_lossy(&attribute.value).into_owned())
    };
    let day = moment::day(&get("dateComponents")?)?;
    let energy = get("activeEnergyBurned").and_then(|energy| energy.parse().ok()).filter(|energy: &f64| *energy > 0.0);
    let unit = get("activeEnergyBurnedUnit").unwrap_or_default();
    match energy.map(|energy| units::in_unit(Measure::ActiveEnergy, energy, &unit)) {
        Some(Some(energy)) => days.add(Measure::ActiveEnergy, day, 0, energy),
        Some(None) => days.unknown_unit(Measure::ActiveEnergy, &unit),
        None => {}
    }
    Some(())
}

fn index_of(sources: &mut Vec<u64>, source: u64) -> u8 {
    let index = sources.iter().position(|other| *other == source).unwrap_or_else(|| {
        if sources.len() < SOURCES {
            sources.push(source);
        }
        sources.len() - 1
    });
    index as u8
}

/// Of a name (FNV-1a): only whether two are the same matters, and a name may be long.
fn hash(name: &[u8]) -> u64 {
    name.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
