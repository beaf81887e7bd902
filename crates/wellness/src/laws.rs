//! What holds for all bytes.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::ops::ControlFlow;

use domain::measures::{Answer, built_in};
use proptest::prelude::*;

use crate::measures::SPECS;
use crate::samples::ALL;
use crate::tests::{whole, zip_of};
use crate::{Limits, Reading, identify, identify_entry, read_zip};

/// Values are in order, each once, and can be true; remarks are few and short.
fn sound(reading: &Reading) -> Result<(), TestCaseError> {
    for value in &reading.values {
        let measure = built_in().iter().find(|measure| measure.key == value.measure).expect("a known measure");
        prop_assert!(measure.check(&Answer::Number(value.value)).is_ok(), "{value:?}");
    }
    let keys: Vec<_> = reading.values.iter().map(|v| (v.day, SPECS.iter().position(|spec| spec.key == v.measure))).collect();
    prop_assert!(keys.is_sorted_by(|a, b| a < b));
    prop_assert!(reading.notes.len() <= 100 && serde_json::to_string(&reading.notes).is_ok_and(|notes| notes.len() < 50_000));
    Ok(())
}

fn days(reading: &Reading) -> BTreeSet<chrono::NaiveDate> {
    reading.values.iter().map(|value| value.day).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000), kind in 0..ALL.len()) {
        let _ = (identify(&bytes), identify_entry(ALL[kind].1, &bytes));
        sound(&whole(ALL[kind].0, &bytes))?;
        let _ = read_zip(Cursor::new(&bytes), Limits::default(), &mut |_| ControlFlow::Continue(()));
    }

    #[test]
    fn no_damage_makes_a_reader_panic(kind in 0..ALL.len(), changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        let (format, path, text) = ALL[kind];
        let mut bytes = text.as_bytes().to_vec();
        for (at, byte) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        sound(&whole(format, &bytes))?;
        let mut zip = zip_of([(path, &bytes[..])]);
        for (at, byte) in changes {
            let at = at.index(zip.len());
            zip[at] = byte;
        }
        if let Ok(reading) = read_zip(Cursor::new(&zip), Limits::default(), &mut |_| ControlFlow::Continue(())) {
            sound(&reading)?;
        }
    }

    #[test]
    fn numbers_and_times_of_any_size_are_read_or_left_out(kind in 0..ALL.len(), digits in "[0-9]{1,12}", at in any::<prop::sample::Index>()) {
        let (format, _, text) = ALL[kind];
        let places: Vec<usize> = text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
        let at = places[at.index(places.len())];
        let longer = format!("{}{digits}{}", &text[..at], &text[at + 1..]);
        sound(&whole(format, longer.as_bytes()))?;
    }

    #[test]
    fn no_cut_of_an_archive_makes_a_reader_panic(kind in 0..ALL.len(), at in any::<prop::sample::Index>(), change in any::<(prop::sample::Index, u8)>()) {
        let (_, path, text) = ALL[kind];
        let mut zip = zip_of([(path, text.as_bytes()), ("last.txt", &b"x"[..])]);
        zip.truncate(at.index(zip.len()));
        if !zip.is_empty() {
            let (at, byte) = change;
            let at = at.index(zip.len());
            zip[at] = byte;
        }
        if let Ok(reading) = read_zip(Cursor::new(&zip), Limits::default(), &mut |_| ControlFlow::Continue(())) {
            sound(&reading)?;
        }
    }

    #[test]
    fn a_truncated_file_has_no_day_that_the_whole_has_not(kind in 0..ALL.len(), at in any::<prop::sample::Index>()) {
        let (format, _, text) = ALL[kind];
        let cut = whole(format, &text.as_bytes()[..at.index(text.len())]);
        sound(&cut)?;
        prop_assert!(days(&cut).is_subset(&days(&whole(format, text.as_bytes()))), "{format:?}: {cut:?}");
    }
}
