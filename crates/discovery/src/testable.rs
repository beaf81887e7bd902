//! What could be tested, and how far each is: for whoever has just begun.

use std::collections::HashMap;

use domain::discovery::{Input, StoredReport, Testable, TestableGroup, Tier};
use inference::MIN_DAYS;
use platform::feature::Features;
use platform::feature::daily::Logged;
use platform::{Error, Tx};

use crate::variables::EFFICIENCY;

/// What a feature offers, with how many of its inputs the athlete made: they are the last.
pub(crate) struct Offered {
    logged: Logged,
    inputs: Vec<Input>,
    own: usize,
    /// Where single ones are logged.
    questions: HashMap<String, String>,
}

#[cfg(test)]
impl Offered {
    /// Inputs that an athlete made.
    pub(crate) fn own(inputs: Vec<Input>) -> Self {
        Self {
            logged: Logged { title: "Your day", href: "/journal", step: "Answer in the journal" },
            own: inputs.len(),
            inputs,
            questions: HashMap::new(),
        }
    }
}

/// What every feature offers to the viewer.
pub(crate) async fn offered(tx: &mut Tx, features: Features) -> Result<Vec<Offered>, Error> {
    let mut all = Vec::new();
    for feature in features.iter() {
        let (mut inputs, own) = ((feature.daily.inputs)(), (feature.daily.own_inputs)(tx).await?);
        let count = own.len();
        inputs.extend(own);
        if !inputs.is_empty() {
            let questions = (feature.daily.questions)(tx).await?.into_iter().collect();
            all.push(Offered { logged: feature.daily.logged, inputs, own: count, questions });
        }
    }
    Ok(all)
}

/// The inputs of all features.
pub(crate) fn inputs(offered: &[Offered]) -> Vec<Input> {
    offered.iter().flat_map(|offered| offered.inputs.iter().cloned()).collect()
}

/// Of how many run days each input is known, and how many more it needs, by the report: it has compared all that has a value at all.
pub(crate) fn testable(offered: &[Offered], report: Option<&StoredReport>) -> Vec<TestableGroup> {
    let findings = report.map(|report| report.findings.as_slice()).unwrap_or_default();
    let with_runs = findings.iter().filter(|finding| finding.outcome == EFFICIENCY).map(|finding| (finding.input.as_str(), finding));
    let with_runs: HashMap<&str, _> = with_runs.collect();
    let days = |input: &Input| match with_runs.get(input.key.as_str()) {
        Some(finding) if finding.tier == Tier::NotEnoughData => (finding.n, finding.days_needed.unwrap_or(1)),
        Some(finding) => (finding.n, 0),
        None => (0, u32::try_from(MIN_DAYS).unwrap_or(u32::MAX)),
    };
    let group = |offered: &Offered| {
        let first_own = offered.inputs.len() - offered.own;
        let testable = |(at, input): (usize, &Input)| {
            let (known, needed) = days(input);
            let href = offered.questions.get(&input.key).map_or_else(|| offered.logged.href.to_owned(), Clone::clone);
            Testable { key: input.key.clone(), href, label: input.label.clone(), own: at >= first_own, known, needed }
        };
        let mut inputs: Vec<Testable> = offered.inputs.iter().enumerate().map(testable).collect();
        inputs.sort_by_key(|testable| !testable.own);
        let Logged { title, href, step } = offered.logged;
        TestableGroup { title: title.into(), href: href.into(), step: step.into(), inputs }
    };
    offered.iter().map(group).collect()
}
