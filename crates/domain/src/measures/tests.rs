use super::*;
use crate::units::Units;

fn built(key: &str) -> &'static Measure {
    built_in().iter().find(|measure| measure.key == key).expect(key)
}

fn read(key: &str, text: &str) -> Option<f64> {
    built(key).read(text).unwrap_or_else(|e| panic!("{key} {text}: {e}")).and_then(|answer| answer.number())
}

#[test]
fn every_measure_has_a_key_of_its_own_and_presets_that_it_accepts() {
    for (i, measure) in built_in().iter().enumerate() {
        assert!(built_in()[..i].iter().all(|other| other.key != measure.key && other.label != measure.label), "{}", measure.key);
        assert!(!measure.is_own() && measure.notable > 0.0);
        for preset in &measure.presets {
            assert!(measure.check(&Answer::Number(*preset)).is_ok(), "{} {preset}", measure.key);
        }
    }
    assert!(DEFAULT_ASKED.iter().all(|key| built_in().iter().any(|measure| measure.key == *key)));
}

#[test]
fn blank_means_blank_and_a_comma_is_a_point() {
    let form = [("sleep_hours", "7,5"), ("mood", "good"), ("stress", " "), ("weather", "rain")];
    let changes = Answers::parse(built_in(), form).expect("valid");
    assert_eq!(changes.get("sleep_hours"), Some(&Some(Answer::Number(7.5))));
    assert_eq!(changes.get("mood"), Some(&Some(Answer::Number(4.0))));
    assert_eq!(changes.get("stress"), Some(&None), "taken back");
    assert_eq!(changes.len(), 3, "what no measure is called is skipped");
}

#[test]
fn an_exact_value_counts_before_a_chip_and_nothing_in_it_does_not() {
    let sleep =
        |exact: &'static str| Answers::parse(built_in(), [("sleep_hours.exact", exact), ("sleep_hours", "7")]).expect("valid")["sleep_hours"].clone();
    assert_eq!((sleep("7:20"), sleep("")), (Some(Answer::Number(7.0 + 1.0 / 3.0)), Some(Answer::Number(7.0))));
}

#[test]
fn a_wrong_answer_names_its_field_its_range_and_its_unit() {
    let form = [("sleep_hours", "25"), ("resting_hr", "900"), ("mood", "fine"), ("stress", "3")];
    let problem = Answers::parse(built_in(), form).expect_err("impossible");
    assert_eq!(problem.fields.get("sleep_hours"), Some("Sleep: from 0 to 24 hours, such as 7.5 or 7:30."));
    assert_eq!(problem.fields.get("resting_hr"), Some("Resting heart rate: a number from 25 to 150 bpm."));
    assert_eq!(problem.fields.get("mood"), Some("Mood: one of low, meh, ok, good, great."));
    assert!(problem.fields.get("stress").is_none());
}

#[test]
fn hours_are_read_as_people_write_them() {
    for text in ["7.5", "7,5", "7:30", "7h30", "7 h 30 min", "450 min", "7 hrs 30", "7h 30m"] {
        assert_eq!(read("sleep_hours", text), Some(7.5), "{text}");
    }
    assert_eq!(read("sleep_hours", "8h"), Some(8.0));
    assert_eq!(built("sleep_hours").show_number(7.5), "7\u{a0}h\u{a0}30\u{a0}min");
    assert!(built("sleep_hours").read("well").is_err());
}

#[test]
fn an_evening_belongs_to_the_night_that_follows() {
    for (text, minutes) in [("22:20", -100.0), ("10:20 pm", -100.0), ("0:30", 30.0), ("2330", -30.0), ("2026-01-05T23:30:00", -30.0)] {
        assert_eq!(read("bed_time", text), Some(minutes), "{text}");
        let answer = Answer::Number(minutes);
        assert_eq!(built("bed_time").read(&built("bed_time").write(&answer)), Ok(Some(answer)), "{text}");
    }
    assert_eq!(built("bed_time").show_number(-100.0), "22:20");
    assert!(built("bed_time").read("25:00").is_err() && built("bed_time").read("13 pm").is_err());
}

#[test]
fn whatever_is_read_is_written_so_that_it_reads_the_same() {
    for measure in built_in() {
        for text in ["1", "yes", "2", "3.5", "good", "left", "Achilles", "7:45", "-3"] {
            if let Ok(Some(answer)) = measure.read(text) {
                assert_eq!(measure.read(&measure.write(&answer)), Ok(Some(answer.clone())), "{} {text}", measure.key);
            }
        }
    }
}

#[test]
fn an_own_measure_says_when_it_is_known_and_gets_a_key_of_its_own() {
    let form = |pairs: &'static [(&str, &str)]| NewMeasure::parse(move |name| pairs.iter().find(|(n, _)| *n == name).map(|(_, text)| *text));
    let shower = form(&[("label", "Cold shower"), ("measure_kind", "yes_no"), ("known", "before_run"), ("better", "more")]).expect("valid");
    let key = shower.key(&["own_cold_shower"]).expect("a key");
    assert_eq!(key, "own_cold_shower_2");
    let measure = shower.with_key(key);
    assert!(measure.is_own());
    let input = measure.input().expect("an input");
    assert_eq!((input.first_lag, input.more.as_str()), (0, "Cold shower: yes"));

    let scale = form(&[("label", "Legs"), ("measure_kind", "scale"), ("words", "dead, so so, fresh"), ("known", "after_run")]).expect("valid");
    let legs = scale.with_key("own_legs".into());
    assert_eq!(legs.read("so so"), Ok(Some(Answer::Number(2.0))));
    assert_eq!(legs.input().expect("an input").first_lag, 1);

    let number = form(&[
        ("label", "Water"),
        ("measure_kind", "number"),
        ("unit", "ml"),
        ("max", "5000"),
        ("presets", "1500 500 1000"),
        ("known", "after_run"),
        ("notable", "250"),
    ]);
    let water = number.expect("valid").with_key("own_water".into());
    assert_eq!(water.presets, [500.0, 1000.0, 1500.0]);
    assert_eq!(water.read("9000"), Err("Water: a number from 0 to 5000 ml.".into()));

    let flat = form(&[("label", "Speck"), ("measure_kind", "number"), ("max", "1e-320"), ("known", "after_run")]).expect_err("no range");
    assert_eq!(flat.fields.names().collect::<Vec<_>>(), ["max"]);

    let wrong = form(&[("label", " "), ("measure_kind", "scale"), ("words", "one"), ("presets", "x"), ("notable", "-1")]).expect_err("wrong");
    assert_eq!(wrong.fields.names().collect::<Vec<_>>(), ["known", "label", "notable", "words"]);
}

#[test]
fn several_values_of_a_day_make_one() {
    let values = [2.0, 5.0, 3.0];
    let made = [Aggregation::Mean, Aggregation::Sum, Aggregation::Min, Aggregation::Max, Aggregation::Last].map(|a| a.of(&values));
    assert_eq!(made, [10.0 / 3.0, 10.0, 2.0, 5.0, 3.0].map(Some));
    assert_eq!(Aggregation::Mean.of(&[]), None);
}

#[test]
fn a_measure_is_read_and_typed_in_chosen_units_and_stored_in_its_own() {
    let weight = built("weight_kg").clone().in_units(Units::AMERICAN);
    let Ok(Some(Answer::Number(kg))) = weight.read("157.63") else { panic!("a weight in pounds") };
    assert!((kg - 71.5).abs() < 0.001, "{kg}");
    assert_eq!((weight.show(&Answer::Number(kg)), weight.write(&Answer::Number(kg))), ("158\u{a0}lb".to_owned(), "157.63".to_owned()));
    assert_eq!(weight.read("9000"), Err("Weight: a number from 44.1 to 882 lb.".to_owned()));
    assert_eq!(weight.input().expect("an input").more, "2.2\u{a0}lb more weight");
    assert_eq!(built("wake_time").clone().in_units(Units::AMERICAN).show_number(990.0), "4:30\u{a0}pm");
    // What has no unit that can be chosen is as it was, and so is everything in metric units.
    for measure in built_in() {
        let metric = measure.clone().in_units(Units::default());
        assert_eq!(&metric, measure);
    }
    let form = [("weight_kg", "157.63"), ("units", "lb")];
    let changes = Answers::parse(built_in(), form).expect("valid");
    assert!(matches!(&changes["weight_kg"], Some(Answer::Number(stored)) if (stored - 71.5).abs() < 0.001));
}
